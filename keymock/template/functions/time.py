"""`now()` and the filter `date`. What time it is comes with the request's values; there is no clock here.

A date is RFC 3339, an HTTP date or a number of seconds since 1970; `read` tells how another spelling is read. Formats
are the codes of `strftime`, written out here: the C library's differ by platform and locale, and take a width that
fills the memory.
"""

from __future__ import annotations

import calendar
import functools
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from keymock.match.dates import moment
from keymock.template.errors import Refused
from keymock.template.functions.function import filter_, function, one_of, text
from keymock.template.operators import is_number
from keymock.template.run import Run

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def _offset_of(at: datetime, colon: str = "") -> str:
    minutes = int((at.utcoffset() or timedelta()).total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}{colon}{abs(minutes) % 60:02d}"


CODES: dict[str, Callable[[datetime], str]] = {
    "Y": lambda at: f"{at.year:04d}",
    "y": lambda at: f"{at.year % 100:02d}",
    "m": lambda at: f"{at.month:02d}",
    "d": lambda at: f"{at.day:02d}",
    "e": lambda at: f"{at.day:2d}",
    "H": lambda at: f"{at.hour:02d}",
    "I": lambda at: f"{(at.hour - 1) % 12 + 1:02d}",
    "M": lambda at: f"{at.minute:02d}",
    "S": lambda at: f"{at.second:02d}",
    "L": lambda at: f"{at.microsecond // 1000:03d}",
    "f": lambda at: f"{at.microsecond:06d}",
    "p": lambda at: "AM" if at.hour < 12 else "PM",
    "a": lambda at: _DAYS[at.weekday()][:3],
    "A": lambda at: _DAYS[at.weekday()],
    "b": lambda at: _MONTHS[at.month - 1][:3],
    "B": lambda at: _MONTHS[at.month - 1],
    "j": lambda at: f"{at.timetuple().tm_yday:03d}",
    "u": lambda at: str(at.isoweekday()),
    "w": lambda at: str(at.isoweekday() % 7),
    "V": lambda at: f"{at.isocalendar().week:02d}",
    "G": lambda at: f"{at.isocalendar().year:04d}",
    "z": _offset_of,
    "Z": lambda at: at.tzname() or "",
    "s": lambda at: str(int(at.timestamp())),
    "F": lambda at: f"{at.year:04d}-{at.month:02d}-{at.day:02d}",
    "T": lambda at: f"{at.hour:02d}:{at.minute:02d}:{at.second:02d}",
    "%": lambda _at: "%",
}


def _iso(at: datetime, fraction: str = "") -> str:
    zone = "Z" if not at.utcoffset() else _offset_of(at, ":")
    return f"{at.year:04d}-{at.month:02d}-{at.day:02d}T{at.hour:02d}:{at.minute:02d}:{at.second:02d}{fraction}{zone}"


def _http(at: datetime) -> str:
    utc = at.astimezone(UTC)
    return (
        f"{_DAYS[utc.weekday()][:3]}, {utc.day:02d} {_MONTHS[utc.month - 1][:3]} {utc.year:04d} {CODES['T'](utc)} GMT"
    )


FORMATS: dict[str, Callable[[datetime], Any]] = {
    "iso": _iso,
    "iso_ms": lambda at: _iso(at, f".{at.microsecond // 1000:03d}"),
    "date": CODES["F"],
    "time": CODES["T"],
    "http": _http,
    "unix": lambda at: int(at.timestamp()),
    "unix_ms": lambda at: round(at.timestamp() * 1000),
}
"""Formats by name. `unix` and `unix_ms` are numbers, all others texts."""

_UNITS = {
    "ms": "milliseconds", "millisecond": "milliseconds", "s": "seconds", "second": "seconds", "m": "minutes",
    "minute": "minutes", "h": "hours", "hour": "hours", "d": "days", "day": "days", "w": "weeks", "week": "weeks",
    "mo": "months", "month": "months", "y": "years", "year": "years",
}  # fmt: skip
_SPAN = re.compile(r"\s*([+-]?)\s*([0-9]{1,9})\s*([a-z]+)")
_SAY_SPAN = 'write it as "-1d", "+2h30m", "3 months" (ms, s, m, h, d, w, mo, y)'


@functools.lru_cache(maxsize=512)
def _span(offset: str) -> tuple[int, timedelta, timedelta]:
    """`"-1d 3h"` → months, days and a time. A part without a sign has that of the part before it."""
    months, days, time, sign = 0, timedelta(), timedelta(), 1
    position = 0
    while position < len(offset.rstrip()):
        part = _SPAN.match(offset, position)
        unit = _UNITS.get(part[3]) or _UNITS.get(part[3].removesuffix("s")) if part else None
        if part is None or unit is None:
            raise Refused(f"`{offset[:40]}` is no span of time", _SAY_SPAN)
        sign = -1 if part[1] == "-" else 1 if part[1] == "+" else sign
        amount = sign * int(part[2])
        try:
            if unit in ("months", "years"):
                months += amount * (12 if unit == "years" else 1)
            elif unit in ("days", "weeks"):
                days += timedelta(**{unit: amount})
            else:
                time += timedelta(**{unit: amount})
        except OverflowError:
            raise Refused(f"`{offset}` is beyond the calendar") from None
        position = part.end()
    return months, days, time


def _shift(at: datetime, offset: Any) -> datetime:
    """Later by so many months and days of the calendar, then by so much time: a day may have 23 hours."""
    months, days, time = _span(text(offset, "`offset`"))
    try:
        if months:
            count = at.year * 12 + at.month - 1 + months
            year, month = count // 12, count % 12 + 1
            at = at.replace(year=year, month=month, day=min(at.day, calendar.monthrange(year, month)[1]))
        return ((at + days).astimezone(UTC) + time).astimezone(at.tzinfo)
    except (ValueError, OverflowError, calendar.IllegalMonthError):
        raise Refused(f"`{offset}` leads beyond the calendar") from None


def shifted(now: float, offset: Any) -> float:
    """Epoch seconds, a span of time later. Raises Refused."""
    return _shift(_at(now, UTC), offset).timestamp()


def iso(seconds: float) -> str:
    """Epoch seconds as RFC 3339, in UTC."""
    return _iso(_at(seconds, UTC))


@functools.lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo:
    fixed = re.fullmatch(r"([+-])([0-9]{2}):?([0-9]{2})", name)
    if name.upper() in ("UTC", "Z"):
        return UTC
    try:
        if fixed:
            minutes = int(fixed[2]) * 60 + int(fixed[3])
            return timezone(timedelta(minutes=-minutes if fixed[1] == "-" else minutes))
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; a path; a folder of the zone database
        raise Refused(
            f"there is no time zone `{name[:60]}`", 'write it as "Europe/Zurich", "UTC" or "+02:00"'
        ) from None


_FAR = 1 << 33
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _at(seconds: Any, zone: tzinfo) -> datetime:
    try:
        if 0 <= seconds < _FAR:
            return datetime.fromtimestamp(seconds, zone)
        return (_EPOCH + timedelta(seconds=seconds)).astimezone(zone)  # Windows knows no time before 1970
    except (OverflowError, ValueError):
        raise Refused(f"{seconds} seconds lead beyond the calendar") from None


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


_TRUNCATIONS: dict[str, Callable[[datetime], datetime]] = {
    "second": lambda at: at.replace(microsecond=0),
    "minute": lambda at: at.replace(second=0, microsecond=0),
    "hour": lambda at: at.replace(minute=0, second=0, microsecond=0),
    "day": _midnight,
    "week": lambda at: _midnight(at) - timedelta(days=at.weekday()),
    "month": lambda at: _midnight(at).replace(day=1),
    "last_day": lambda at: _midnight(at).replace(day=calendar.monthrange(at.year, at.month)[1]),
    "year": lambda at: _midnight(at).replace(month=1, day=1),
}
"""What `truncate` cuts a moment down to: the start of it."""


def _written(at: datetime, format: Any) -> Any:
    name = text(format, "`format`")
    if name in FORMATS:
        return FORMATS[name](at)
    _check_format(name)
    return _CODE.sub(lambda code: CODES[code[1]](at), name)


_CODE = re.compile(r"%(.?)", re.DOTALL)


def _check_format(format: Any) -> None:
    name = text(format, "`format`")
    if name in FORMATS:
        return
    if len(name) > 200:
        raise Refused("a format of more than 200 characters")
    for code in _CODE.findall(name):
        if code not in CODES:
            raise Refused(f"there is no format code `%{code}`", "there are " + " ".join(f"%{known}" for known in CODES))
    if "%" not in name and re.search(r"yyyy|MM|dd|HH|mm", name):
        raise Refused(f"`{name}` is a format of Java", "write its codes with `%`: `%Y-%m-%d %H:%M:%S`")
    if "%" not in name:
        raise Refused(f"there is no format `{name}`", "one of " + ", ".join(FORMATS) + ", or codes such as `%Y-%m-%d`")


def _shaped(at: datetime, offset: Any, format: Any, truncate: Any) -> Any:
    if truncate is not None:
        at = _TRUNCATIONS[one_of(truncate, "`truncate`", _TRUNCATIONS)](at)
    if offset is not None:
        at = _shift(at, offset)
    return _written(at, format)


_ALMOST = 0.999999
"""Of a second; what is more may round up to the next."""


@functools.lru_cache(maxsize=16)
def _second(seconds: int) -> str:
    """What `now()` says for a second; most requests of one are told the same."""
    return _iso(_at(seconds, UTC))


def _now(run: Run, offset: Any = None, zone: Any = "UTC", format: Any = "iso", truncate: Any = None) -> Any:
    if offset is None and truncate is None and format == "iso" and zone == "UTC":
        whole = int(run.values.now)
        if whole >= 0 and run.values.now - whole < _ALMOST:
            return _second(whole)
    return _shaped(_at(run.values.now, _zone(text(zone, "`zone`"))), offset, format, truncate)


def _check(offset: Any = None, zone: Any = "UTC", format: Any = "iso", truncate: Any = None) -> None:
    if offset is not None:
        _span(text(offset, "`offset`"))
    if zone is not None:
        _zone(text(zone, "`zone`"))
    _check_format(format)
    if truncate is not None:
        one_of(truncate, "`truncate`", _TRUNCATIONS)


def _date(
    _run: Run,
    value: Any,
    format: Any = "iso",
    offset: Any = None,
    zone: Any = None,
    truncate: Any = None,
    read: Any = None,
) -> Any:
    """A date written in another way, moved, cut down. Without `zone` it stays in its own."""
    at = _understood(value, read)
    if zone is not None:
        at = at.astimezone(_zone(text(zone, "`zone`")))
    return _shaped(at, offset, format, truncate)


def _check_date(
    format: Any = "iso",
    offset: Any = None,
    zone: Any = None,
    truncate: Any = None,
    read: Any = None,
) -> None:
    _check(offset, zone, format, truncate)
    if read is not None:
        _check_format(read)


def _understood(value: Any, read: Any) -> datetime:
    if read is not None and read not in FORMATS:
        return _parsed(text(value), text(read, "`read`"))
    if is_number(value):
        return _at(value / 1000 if read == "unix_ms" else value, UTC)
    seconds = moment(value)
    if seconds is None:
        hint = 'it is read as RFC 3339 or as an HTTP date; `read="%d.%m.%Y"` tells another way'
        raise Refused(f"`{value[:40]}` is no date" if isinstance(value, str) else "this is no date", hint)
    return _at(seconds, _own_zone(value))


def _own_zone(value: str) -> tzinfo:
    found = re.search(r"T.*([+-][0-9]{2}:[0-9]{2})$", value.upper())
    return _zone(found[1]) if found else UTC


def _parsed(value: str, read: str) -> datetime:
    if len(value) > 100 or len(read) > 100:
        raise Refused("a date of more than 100 characters")
    try:
        found = datetime.strptime(value, read)
    except ValueError:
        raise Refused(f"`{value}` does not read as `{read}`") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


FUNCTIONS = (function("now", _now, _check),)
FILTERS = (filter_("date", _date, _check_date),)
