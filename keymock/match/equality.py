"""`equals` and `one_of`: the same value. Text is compared as text, JSON as JSON."""

# ruff: noqa: SIM110  (flat loops: a generator costs more than the comparison in it)

from __future__ import annotations

from typing import Any

from keymock.match.member import Member, One, Samples, Style, Wrong, canonical, show


def same(left: Any, right: Any) -> bool:
    """Equality of JSON values: 1 equals 1.0, true is not 1, the order of keys means nothing."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list):
        return (
            isinstance(right, list)
            and len(left) == len(right)
            and all(same(one, other) for one, other in zip(left, right, strict=True))
        )
    if isinstance(left, dict):
        return (
            isinstance(right, dict)
            and left.keys() == right.keys()
            and all(same(value, right[key]) for key, value in left.items())
        )
    return bool(left == right)


def _clean(argument: Any, style: Style) -> Any:
    if style.json:
        return argument
    if isinstance(argument, str | int | float):
        return argument if isinstance(argument, str) else canonical(argument)
    kind = "a list" if isinstance(argument, list) else "a table" if isinstance(argument, dict) else "null"
    raise Wrong(f"{kind} cannot be equal to a text", "compare with a string, a number or true or false")


def _compile(argument: Any, style: Style) -> One:
    if isinstance(argument, str):
        if style.ignore_case:
            folded = argument.casefold()
            return lambda value, _now: isinstance(value, str) and value.casefold() == folded
        return lambda value, _now: bool(value == argument)
    if isinstance(argument, bool) or argument is None:
        return lambda value, _now: value is argument
    if isinstance(argument, int | float):
        return lambda value, _now: value == argument and value.__class__ is not bool
    return lambda value, _now: same(value, argument)


def _words(argument: Any, _style: Style) -> str:
    return show(argument)


def _samples(argument: Any, style: Style) -> Samples:
    return Samples((argument,), complete=not style.ignore_case)


def _clean_many(argument: list[Any], style: Style) -> list[Any]:
    if not argument:
        raise Wrong("`one_of` is empty, so nothing can match", "list the values that may come")
    return [_clean(item, style) for item in argument]


def _compile_many(argument: list[Any], style: Style) -> One:
    if not style.json and not style.ignore_case:
        wanted = frozenset(argument)
        return lambda value, _now: value in wanted
    tests = tuple(_compile(item, style) for item in argument)

    def one_of(value: Any, now: float) -> bool:
        for test in tests:
            if test(value, now):
                return True
        return False

    return one_of


def _words_many(argument: list[Any], _style: Style) -> str:
    return "one of " + ", ".join(show(item) for item in argument)


def _samples_many(argument: list[Any], style: Style) -> Samples:
    return Samples(tuple(argument), complete=not style.ignore_case)


EQUALS = Member(
    name="equals",
    spelling=Any,
    says="exactly this value; what a bare value means",
    compile=_compile,
    words=_words,
    clean=_clean,
    samples=_samples,
)
ONE_OF = Member(
    name="one_of",
    spelling=list[Any],
    says="one of these values",
    compile=_compile_many,
    words=_words_many,
    clean=_clean_many,
    samples=_samples_many,
)
