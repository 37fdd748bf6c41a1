"""Filters of numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from keymock.match.numbers import number as read_number
from keymock.template.errors import Refused
from keymock.template.functions.function import filter_, items, number, one_of, whole
from keymock.template.operators import add, checked, is_number, kind
from keymock.template.run import Run

_SHORT = 18
"""Digits of a number that is none too large."""


def _int(_run: Run, value: Any, default: Any = None, base: Any = 10) -> Any:
    """A whole number of a text or a number; what is behind the point is cut off."""
    if (
        value.__class__ is str
        and base.__class__ is int
        and base == 10
        and len(value) <= _SHORT
        and value.isascii()
        and value.isdigit()
    ):
        return int(value)
    if isinstance(value, bool):
        return int(value)
    if is_number(value):
        return checked(int(value))
    if isinstance(value, str) and len(value) <= 40 and "_" not in value:
        try:
            return checked(int(value.strip(), whole(base, "`base`", 2, 36)))
        except ValueError:
            found = read_number(value.strip())
            if found is not None and base == 10 and math.isfinite(found):
                return checked(int(found))
    return _instead(value, default, "whole number")


def _float(_run: Run, value: Any, default: Any = None) -> Any:
    if is_number(value):
        return float(value)
    found = read_number(value.strip()) if isinstance(value, str) and len(value) <= 340 else None
    if found is None or not math.isfinite(float(found)):
        return _instead(value, default, "number")
    return float(found)


def _instead(value: Any, default: Any, what: str) -> Any:
    if default is not None:
        return default
    shown = f"`{value[:40]}`" if isinstance(value, str) else kind(value)
    raise Refused(f"{shown} is no {what}", "a default stands in brackets: `| int(0)`")


def _bool(_run: Run, value: Any) -> bool:
    """What a text says (`true yes on 1`, `false no off 0` or nothing); of other values, whether they are anything."""
    if isinstance(value, str):
        said = value.strip().lower()
        if said in ("true", "yes", "on", "1"):
            return True
        if said in ("false", "no", "off", "0", ""):
            return False
        raise Refused(f"`{value[:40]}` says neither true nor false")
    return bool(value)


_ROUNDINGS: dict[str, Callable[[float], float]] = {"ceil": math.ceil, "floor": math.floor}


def _round(_run: Run, value: Any, digits: Any = 0, method: Any = "common") -> Any:
    """A whole number, or one with so many digits behind the point. Halves go away from zero."""
    given, places = number(value), whole(digits, "`digits`", 0, 15)
    way = one_of(method, "`method`", ["common", *_ROUNDINGS])
    factor = 10**places
    if isinstance(given, int):
        return given
    scaled = given * factor
    if not math.isfinite(scaled):  # so large a number has nothing behind the point
        return given
    if way == "common":
        nearest = math.floor(abs(scaled) + 0.5) * (-1 if scaled < 0 else 1)
    else:
        nearest = int(_ROUNDINGS[way](scaled))
    return checked(nearest if not places else nearest / factor)


def _way(method: str) -> Callable[[Run, Any], Any]:
    return lambda run, value: _round(run, value, 0, method)


def _abs(_run: Run, value: Any) -> Any:
    return abs(number(value))


def _fixed(_run: Run, value: Any, digits: Any = 2, thousands: Any = "", point: Any = ".") -> str:
    """A text with exactly so many digits behind the point."""
    if not isinstance(thousands, str) or not isinstance(point, str) or len(thousands) > 4 or len(point) > 4:
        raise Refused("`thousands` and `point` are signs of a character or so")
    shown = f"{number(value):,.{whole(digits, '`digits`', 0, 15)}f}"
    return shown.replace(",", "\0").replace(".", point).replace("\0", thousands)


def _extreme(pick: Callable[[list[Any]], Any]) -> Callable[..., Any]:
    def extreme(run: Run, value: Any) -> Any:
        given = items(value)
        run.walk(given)
        if not given:
            raise Refused("an empty list has neither")
        if not (all(is_number(item) for item in given) or all(isinstance(item, str) for item in given)):
            raise Refused("all have to be numbers, or all texts")
        return pick(given)

    return extreme


def _sum(run: Run, value: Any) -> Any:
    total: Any = 0
    run.step(len(items(value)) // 64)
    for item in value:
        total = add(run, total, number(item, "each of them"))
    return total


FILTERS = (
    filter_("int", _int),
    filter_("float", _float),
    filter_("bool", _bool),
    filter_("round", _round),
    filter_("ceil", _way("ceil")),
    filter_("floor", _way("floor")),
    filter_("abs", _abs),
    filter_("fixed", _fixed),
    filter_("min", _extreme(min)),
    filter_("max", _extreme(max)),
    filter_("sum", _sum),
)


def _divisible(_run: Run, value: Any, by: Any) -> bool:
    if not whole(by, "the divisor"):
        raise Refused("a number cannot be divided by 0")
    return whole(value, "it") % int(by) == 0


TESTS = (
    filter_("even", lambda _run, value: whole(value, "it") % 2 == 0),
    filter_("odd", lambda _run, value: whole(value, "it") % 2 == 1),
    filter_("divisibleby", _divisible),
)
