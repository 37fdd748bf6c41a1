"""`includes` and `exactly`: values that come more than once. In JSON they look into an array."""

# ruff: noqa: SIM110  (flat loops: a generator costs more than the comparison in it)

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ForwardRef

from keymock.match.member import Matcher, Member, Samples, Style, Test, clean_each

_VALUE = ForwardRef("Value")


def _elements(values: Sequence[Any]) -> Sequence[Any]:
    """A single JSON array stands for its elements. A text value never is a list."""
    if len(values) == 1 and isinstance(values[0], list):
        return values[0]
    return values


def _includes(argument: list[Matcher], style: Style) -> Test:
    tests = tuple(style.compile(item) for item in argument)

    def includes(values: Sequence[Any], now: float) -> bool:
        found = _elements(values)
        for test in tests:
            for value in found:
                if test((value,), now):
                    break
            else:
                return False
        return len(values) > 0

    return includes


def _exactly(argument: list[Matcher], style: Style) -> Test:
    tests = tuple(style.compile(item) for item in argument)

    def exactly(values: Sequence[Any], now: float) -> bool:
        found = _elements(values)
        if len(found) != len(tests) or not values:
            return False
        for test, value in zip(tests, found, strict=True):
            if not test((value,), now):
                return False
        return True

    return exactly


def _list(argument: list[Matcher], style: Style) -> str:
    return "[" + ", ".join(style.words(item) for item in argument) + "]"


def _samples(argument: list[Matcher], style: Style) -> Samples:
    literals = [item["equals"] for item in argument if item.keys() == {"equals"}]
    if len(literals) != len(argument):
        return Samples(())
    return Samples((([*literals],),) if style.json else (tuple(literals),))


INCLUDES = Member(
    name="includes",
    spelling=list[_VALUE],  # type: ignore[valid-type]  # a forward reference, for msgspec
    says="each of these is among the values, in any order, others beside them",
    compile=_includes,
    words=lambda argument, style: f"includes {_list(argument, style)}",
    clean=clean_each,
    samples=_samples,
    whole=True,
)
EXACTLY = Member(
    name="exactly",
    spelling=list[_VALUE],  # type: ignore[valid-type]  # a forward reference, for msgspec
    says="these values and no others, in this order; what a bare list means",
    compile=_exactly,
    words=lambda argument, style: f"exactly {_list(argument, style)}",
    clean=clean_each,
    samples=_samples,
    whole=True,
)
