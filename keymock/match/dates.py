"""`before`, `after`, `between`: moments. `between` takes two numbers as well.

A moment is written as RFC 3339 (`2026-03-01T12:00:00Z`, or a date alone: midnight in UTC) or from now:
`now`, `now-1d`, `now+90m` (s, m, h, d, w). A value is read as RFC 3339, or as the date of an HTTP header.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from keymock.match.member import Member, One, Samples, Style, Wrong, show
from keymock.match.numbers import number

_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?)?"
)
_RELATIVE = re.compile(r"now\s*(?:([+-])\s*([0-9]{1,9})\s*([smhdw]))?")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_HTTP_DATE = re.compile(r"[A-Z][a-z]{2}, ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}:[0-9]{2}:[0-9]{2}) GMT")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def moment(text: Any) -> float | None:
    """Epoch seconds of an RFC 3339 or HTTP date, without an offset in UTC; None for what is no date."""
    if not isinstance(text, str) or len(text) > 48:
        return None
    try:
        if _RFC_3339.fullmatch(text):
            found = datetime.fromisoformat(_micros(text.upper()))
        elif http := _HTTP_DATE.fullmatch(text):
            day, month, year, time = http.groups()
            found = datetime.fromisoformat(f"{year}-{_MONTHS.index(month) + 1:02d}-{day}T{time}+00:00")
        else:
            return None
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _micros(text: str) -> str:
    """Fractions of a second cut at six digits: Python reads no more, Go and Java write nine."""
    return re.sub(r"(\.[0-9]{6})[0-9]+", r"\1", text)


def _when(text: str) -> Callable[[float], float]:
    """The moment that an argument names, given now. Raises Wrong."""
    relative = _RELATIVE.fullmatch(text.strip())
    if relative:
        sign, amount, unit = relative.groups()
        seconds = (int(amount) * _SECONDS[unit] if unit else 0) * (-1 if sign == "-" else 1)
        return lambda now: now + seconds
    fixed = moment(text)
    if fixed is None:
        raise Wrong(
            f"{show(text)} is no date",
            'write it as "2026-03-01T12:00:00Z", "2026-03-01", "now" or "now-1d" (s, m, h, d, w)',
            code="invalid-date",
        )
    return lambda _now: fixed


def _clean(argument: str, _style: Style) -> str:
    _when(argument)
    return argument


def _before(argument: str, _style: Style) -> One:
    when = _when(argument)

    def before(value: Any, now: float) -> bool:
        found = moment(value)
        return found is not None and found < when(now)

    return before


def _after(argument: str, _style: Style) -> One:
    when = _when(argument)

    def after(value: Any, now: float) -> bool:
        found = moment(value)
        return found is not None and found > when(now)

    return after


def _clean_between(argument: list[Any], _style: Style) -> list[Any]:
    first, last = argument
    if isinstance(first, str) is not isinstance(last, str):
        raise Wrong("`between` takes two dates or two numbers", "write both bounds the same way")
    if not isinstance(first, str):
        if first > last:
            raise Wrong(f"nothing is between {show(first)} and {show(last)}", "put the lower bound first")
    elif _when(first)(0.0) > _when(last)(0.0) and first.startswith("now") is last.startswith("now"):
        raise Wrong(f"nothing is between {show(first)} and {show(last)}", "put the earlier date first")
    return argument


def _between(argument: list[Any], style: Style) -> One:
    first, last = argument
    if not isinstance(first, str):

        def number_between(value: Any, _now: float) -> bool:
            if style.json and isinstance(value, str):
                return False
            found = number(value)
            return found is not None and first <= found <= last

        return number_between
    start, end = _when(first), _when(last)

    def date_between(value: Any, now: float) -> bool:
        found = moment(value)
        return found is not None and start(now) <= found <= end(now)

    return date_between


def _samples_between(argument: list[Any], _style: Style) -> Samples:
    return Samples(tuple(argument))


def uses_now(matcher: Any) -> bool:
    """Whether the answer of a cleaned matcher can change with the clock."""
    if isinstance(matcher, dict):
        return any(
            uses_now(value) or (key in ("before", "after", "between") and "now" in str(value))
            for key, value in matcher.items()
        )
    return isinstance(matcher, list) and any(uses_now(item) for item in matcher)


BEFORE = Member(
    name="before",
    spelling=str,
    says='a date before this one: RFC 3339, or "now", "now-1d"',
    compile=_before,
    words=lambda argument, _style: f"before {argument}",
    clean=_clean,
    samples=lambda _argument, _style: Samples(("1970-01-02T00:00:00Z",)),
)
AFTER = Member(
    name="after",
    spelling=str,
    says='a date after this one: RFC 3339, or "now", "now-1d"',
    compile=_after,
    words=lambda argument, _style: f"after {argument}",
    clean=_clean,
    samples=lambda _argument, _style: Samples(("9998-12-31T00:00:00Z",)),
)
BETWEEN = Member(
    name="between",
    spelling=Annotated[list[str | int | float], msgspec.Meta(min_length=2, max_length=2)],
    says="from the first to the second, both included: two dates, or two numbers",
    compile=_between,
    words=lambda argument, _style: f"between {show(argument[0])} and {show(argument[1])}",
    clean=_clean_between,
    samples=_samples_between,
)
