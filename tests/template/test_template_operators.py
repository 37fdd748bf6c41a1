"""keymock/template/operators.py: what signs do with values, and how a value looks as text."""

from __future__ import annotations

from typing import Any

import pytest
from filling import filled, refusal, values

from keymock.template.errors import Refused
from keymock.template.operators import COMPUTATIONS, HIGHEST, LOWEST, checked, is_number, kind, to_json, to_text
from keymock.template.run import Run


@pytest.mark.parametrize(
    ("value", "told", "text"),
    [
        (None, "null", "null"),
        (True, "a boolean", "true"),
        (False, "a boolean", "false"),
        (7, "a number", "7"),
        (1.0, "a number", "1.0"),
        ("a\n", "a text", "a\n"),
        ([1, "a", None], "a list", '[1,"a",null]'),
        ({"a": "</é>"}, "an object", '{"a":"</é>"}'),
    ],
)
def test_values_in_words_and_as_text(value: Any, told: str, text: str) -> None:
    assert kind(value) == told
    assert is_number(value) is (told == "a number")
    assert to_text(value) == text


def test_json_that_cannot_be_written() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(Refused, match="nested too deeply"):
        to_json(deep)
    with pytest.raises(Refused, match="half a character"):
        to_json(["\ud800"])


@pytest.mark.parametrize("number", [LOWEST, HIGHEST, 0, -1.5, 1e308])
def test_numbers_that_json_can_say(number: float) -> None:
    assert checked(number) is number


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (HIGHEST + 1, "the result is too large a number"),
        (LOWEST - 1, "the result is too large a number"),
        (float("inf"), "the result is no number"),
        (float("nan"), "the result is no number"),
    ],
)
def test_numbers_that_it_cannot(number: float, message: str) -> None:
    with pytest.raises(Refused) as caught:
        checked(number)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ 1 + 2 * 3 - 4 / 2 }}", "5.0"),
        ("{{ 7 // 2 }} {{ 7 % 4 }} {{ 2 ** 10 }} {{ 7 / 2 }} {{ -7 // 2 }} {{ -7 % 3 }}", "3 3 1024 3.5 -4 2"),
        ("{{ 'a' + 'b' }} {{ [1] + [2] }} {{ 'ab' * 2 }} {{ 'a' * -1 }}|", "ab [1,2] abab |"),
        ("{{ 'a' ~ 1 ~ none ~ [1] ~ 1.5 }}", "a1null[1]1.5"),
        ("{{ 1 < 2 <= 2 != 3 }} {{ 'b' > 'a' }} {{ 1 >= 1.0 }} {{ 2 < 1 }}", "true true true false"),
        ("{{ 1 == 1.0 }} {{ [1] == [1] }} {{ 1 != '1' }} {{ {'a': 1} == {'a': 2} }}", "true true true false"),
        ("{{ 2 in [1, 2] }} {{ 'x' not in 'abc' }} {{ 'k' in {'k': 1} }} {{ 1 in {'k': 1} }}", "true true true false"),
        ("{{ 'X-REQUEST-ID' in request.headers }} {{ 'x-nope' in request.headers }}", "true false"),
    ],
)
def test_operators(source: str, text: str) -> None:
    assert filled(source) == text


@pytest.mark.parametrize(
    ("expression", "sign", "message"),
    [
        ("'b' + 1", 5, "`+` does not add a number to a text"),
        ("none + 1", 6, "`+` does not add a number to null"),
        ("true + 1", 6, "`+` does not add a number to a boolean"),
        ("'a' - 1", 5, "`-` needs two numbers, and this is a text"),
        ("2 * [1]", 3, "`*` needs two numbers, and this is a list"),
        ("1 / 0", 3, "a number cannot be divided by 0"),
        ("1 // 0", 3, "a number cannot be divided by 0"),
        ("1 % 0", 3, "a number cannot be divided by 0"),
        ("2 ** 100", 3, "the result is too large a number"),
        ("2 ** 2000", 3, "the result is too large a number"),
        ("1e308 * 10", 7, "the result is no number"),
        ("'a' < 1", 5, "`<` does not compare a text with a number"),
        ("true >= false", 6, "`>=` does not compare a boolean with a boolean"),
        ("1 in 'abc'", 3, "`in` looks for a text in a text, not for a number"),
        ("1 not in 5", 3, "nothing is in a number"),
    ],
)
def test_what_no_operator_does(expression: str, sign: int, message: str) -> None:
    fault = refusal("{{ " + expression + " }}")
    assert (fault.column, fault.message) == (3 + sign, message)


@pytest.mark.parametrize(
    ("sign", "left", "right", "size"), [("+", "abc", "de", 5), ("~", "abc", 1234, 7), ("*", "abc", 100, 300)]
)
def test_texts_are_paid_for(sign: str, left: Any, right: Any, size: int) -> None:
    run = Run(values())
    before = run.room
    made = COMPUTATIONS[sign][1](run, left, right)
    assert len(made) == size == before - run.room
