"""`contains`, `starts_with`, `ends_with`: a part of a text. In JSON an array contains its elements."""

from __future__ import annotations

from typing import Any

from keymock.match.equality import EQUALS
from keymock.match.member import Member, One, Samples, Style, canonical, show

Scalar = str | int | float | bool


def _clean_contains(argument: Scalar, style: Style) -> Scalar:
    return argument if style.json or isinstance(argument, str) else canonical(argument)


def _clean(argument: Scalar, _style: Style) -> str:
    return argument if isinstance(argument, str) else canonical(argument)


def _contains(argument: Scalar, style: Style) -> One:
    element: One = EQUALS.compile(argument, style)
    part = style.fold(argument) if isinstance(argument, str) else None
    fold = style.fold if style.ignore_case else None

    def contains(value: Any, now: float) -> bool:
        if isinstance(value, str):
            return part is not None and part in (value if fold is None else fold(value))
        if isinstance(value, list):
            for item in value:
                if element(item, now):
                    return True
        return False

    return contains


def _starts(argument: str, style: Style) -> One:
    start, fold = style.fold(argument), style.fold
    if not style.ignore_case:
        return lambda value, _now: isinstance(value, str) and value.startswith(start)
    return lambda value, _now: isinstance(value, str) and fold(value).startswith(start)


def _ends(argument: str, style: Style) -> One:
    end, fold = style.fold(argument), style.fold
    if not style.ignore_case:
        return lambda value, _now: isinstance(value, str) and value.endswith(end)
    return lambda value, _now: isinstance(value, str) and fold(value).endswith(end)


def _samples(argument: Scalar, _style: Style) -> Samples:
    if not isinstance(argument, str):
        return Samples(([argument],))
    return Samples((argument, argument + "x", "x" + argument, "x" + argument + "x", [argument]))


CONTAINS = Member(
    name="contains",
    spelling=Scalar,
    says="a text with this part; in JSON also an array with this element",
    compile=_contains,
    words=lambda argument, _style: f"contains {show(argument)}",
    clean=_clean_contains,
    samples=_samples,
)
STARTS_WITH = Member(
    name="starts_with",
    spelling=Scalar,
    says="a text that begins with this",
    compile=_starts,
    words=lambda argument, _style: f"starts with {show(argument)}",
    clean=_clean,
    samples=_samples,
)
ENDS_WITH = Member(
    name="ends_with",
    spelling=Scalar,
    says="a text that ends with this",
    compile=_ends,
    words=lambda argument, _style: f"ends with {show(argument)}",
    clean=_clean,
    samples=_samples,
)
