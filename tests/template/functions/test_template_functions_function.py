"""keymock/template/functions/function.py: which arguments fit, and what an argument has to be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from keymock.template.errors import Refused
from keymock.template.functions.function import Function, filter_, function, items, number, one_of, table, text, whole


def _three(_run: Any, first: Any, second: Any, third: Any = 3) -> tuple[Any, ...]:
    return first, second, third


def _endless(_run: Any, *each: Any) -> tuple[Any, ...]:
    return each


def _nothing(_run: Any) -> None:
    return None


CALLED, PIPED = Function("f", _three), Function("f", _three, 1)


@pytest.mark.parametrize(
    ("of", "count", "named"),
    [
        (CALLED, 2, []), (CALLED, 3, []), (CALLED, 0, ["second", "first"]), (CALLED, 1, ["second", "third"]),
        (PIPED, 2, []), (PIPED, 1, ["second"]), (Function("f", _endless), 0, []), (Function("f", _endless), 99, []),
        (Function("f", _nothing), 0, []),
    ],
)  # fmt: skip
def test_arguments_that_fit(of: Function, count: int, named: list[str]) -> None:
    of.accept(count, named)


@pytest.mark.parametrize(
    ("of", "count", "named", "message", "hint"),
    [
        (CALLED, 1, [], "the argument `second` is missing", "in this order: first, second, third"),
        (CALLED, 0, ["second"], "the argument `first` is missing", "in this order: first, second, third"),
        (CALLED, 4, [], "too many arguments: it takes at most 3", "in this order: first, second, third"),
        (CALLED, 1, ["first"], "the argument `first` is given twice", ""),
        (CALLED, 2, ["thrd"], "there is no argument `thrd`", "did you mean `third`?"),
        (CALLED, 2, ["x"], "there is no argument `x`", "it has first, second, third"),
        (PIPED, 1, [], "the argument `second` is missing", "in this order: second, third"),
        (PIPED, 4, [], "too many arguments: it takes at most 2", "in this order: second, third"),
        (PIPED, 2, ["first"], "there is no argument `first`", None),
        (Function("f", _nothing), 1, [], "too many arguments: it takes none", ""),
        (Function("f", _nothing), 0, ["x"], "there is no argument `x`", "it has none"),
    ],
)
def test_arguments_that_do_not(of: Function, count: int, named: list[str], message: str, hint: str | None) -> None:
    with pytest.raises(Refused) as caught:
        of.accept(count, named)
    assert caught.value.message == message
    assert caught.value.hint == hint or hint is None


def test_rows_of_the_tables() -> None:
    assert function("f", _three) == ("f", CALLED)
    assert filter_("f", _three) == ("f", PIPED)
    CALLED.check(1, anything=2)  # without a check of its own, whatever is written passes


@pytest.mark.parametrize(
    ("asked", "good", "bad", "message"),
    [
        (text, "a", 5, "it has to be a text, and is a number"),
        (lambda given: text(given, "the key"), "", None, "the key has to be a text, and is null"),
        (number, 1.5, True, "it has to be a number, and is a boolean"),
        (number, -2, "2", "it has to be a number, and is a text"),
        (items, [1], {"a": 1}, "it has to be a list, and is an object"),
        (table, {"a": 1}, [1], "it has to be an object, and is a list"),
        (lambda given: whole(given, "`n`"), 7, 7.0, "`n` has to be a whole number, and is a number"),
        (lambda given: whole(given, "`n`"), 0, False, "`n` has to be a whole number, and is a boolean"),
        (lambda given: whole(given, "`n`", 1, 3), 3, 4, "`n` has to be from 1 to 3, and is 4"),
        (lambda given: whole(given, "`n`", 1, 3), 1, 0, "`n` has to be from 1 to 3, and is 0"),
        (lambda given: one_of(given, "`way`", ("up", "down")), "up", "sideways", "`way` cannot be `sideways`"),
        (lambda given: one_of(given, "`way`", ("up", "down")), "down", [], "`way` cannot be a list"),
    ],
)
def test_what_an_argument_has_to_be(asked: Callable[[Any], Any], good: Any, bad: Any, message: str) -> None:
    assert asked(good) is good or asked(good) == good
    with pytest.raises(Refused) as caught:
        asked(bad)
    assert caught.value.message == message


def test_the_nearest_word_is_the_hint() -> None:
    with pytest.raises(Refused) as caught:
        one_of("flor", "`way`", ("ceil", "floor"))
    assert caught.value.hint == "did you mean `floor`?"
    with pytest.raises(Refused) as caught:
        one_of(None, "`way`", ("ceil", "floor"))
    assert caught.value.hint == "one of ceil, floor"
