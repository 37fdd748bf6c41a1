"""`gt`, `gte`, `lt`, `lte`: numbers. A text is read as one; what is no number does not match."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

from keymock.match.member import Member, One, Samples, Style, show

Number = int | float

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
_DIGITS = 400  # beyond them an integer is compared as a float: int() of a long text is slow, and refused at 4300


def number(value: Any) -> Number | None:
    """The number that a JSON value is or a text spells, else None. true is no number; neither are nan and inf."""
    if isinstance(value, str):
        if _NUMBER.fullmatch(value) is None:
            return None
        return int(value) if len(value) < _DIGITS and value.lstrip("+-").isdigit() else float(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return None


def _member(name: str, sign: str, says: str, compare: Callable[[Any, Any], bool], steps: tuple[int, ...]) -> Member:
    def compile_(argument: Number, style: Style) -> One:
        if style.json:  # in JSON "5" is a text

            def json_one(value: Any, _now: float) -> bool:
                return isinstance(value, int | float) and value.__class__ is not bool and compare(value, argument)

            return json_one

        def text_one(value: Any, _now: float) -> bool:
            found = number(value)
            return found is not None and compare(found, argument)

        return text_one

    def samples(argument: Number, _style: Style) -> Samples:
        return Samples(tuple(argument + step for step in steps))

    return Member(
        name=name,
        spelling=Number,
        says=says,
        compile=compile_,
        words=lambda argument, _style: f"{sign} {show(argument)}",
        samples=samples,
    )


GT = _member("gt", ">", "a number greater than this", operator.gt, (1, 0.5))  # type: ignore[arg-type]
GTE = _member("gte", "≥", "a number greater than this, or equal", operator.ge, (0, 1))
LT = _member("lt", "<", "a number less than this", operator.lt, (-1, -0.5))  # type: ignore[arg-type]
LTE = _member("lte", "≤", "a number less than this, or equal", operator.le, (0, -1))
