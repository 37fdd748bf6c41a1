"""keymock/template/functions/time.py: moments moved, cut down and written; what docs/templates.md has no room for."""

from __future__ import annotations

import pytest
from filling import NOON, filled, refusal

from keymock.chance import Chance
from keymock.exchange import Request
from keymock.template import Values, compile
from keymock.template.errors import Refused
from keymock.template.functions.time import iso, shifted


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ now('2 weeks 1 day -3h') }}", "2026-06-16T09:00:00Z"),
        ("{{ now('-1y') }} {{ now('+1mo') }} {{ now('500ms', format='iso_ms') }}",
         "2025-06-01T12:00:00Z 2026-07-01T12:00:00Z 2026-06-01T12:00:00.500Z"),
        ("{{ '2026-01-31' | date('date', offset='1 month') }}", "2026-02-28"),
        ("{{ '2024-02-29' | date('date', offset='-1y') }}", "2023-02-28"),
        ("{{ '2026-03-29T00:30:00Z' | date(zone='Europe/Zurich', offset='1h') }}", "2026-03-29T03:30:00+02:00"),
        ("{{ '2026-03-28T01:30:00Z' | date(zone='Europe/Zurich', offset='1d') }}", "2026-03-29T03:30:00+02:00"),
        ("{{ now(zone='+05:30') }} {{ now(zone='-0800', format='%H %z') }}", "2026-06-01T17:30:00+05:30 04 -0800"),
        ("{{ now(truncate='week', format='%A %d') }}", "Monday 01"),
        ("{{ now(truncate='last_day', format='date') }} {{ now(truncate='year', format='date') }}",
         "2026-06-30 2026-01-01"),
        ("{{ now(format='%Y %y %m %d %e %H %I %M %S %L %f %p %a %A %b %B') }}",
         "2026 26 06 01  1 12 12 00 00 000 000000 PM Mon Monday Jun June"),
        ("{{ now(format='%j %u %w %V %G %Z %s %F %T %%') }}", "152 1 1 23 2026 UTC 1780315200 2026-06-01 12:00:00 %"),
        ("{{ now(format='unix') }} {{ now(format='unix_ms') }} {{ now(format='http') }}",
         "1780315200 1780315200000 Mon, 01 Jun 2026 12:00:00 GMT"),
        ("{{ 'Mon, 01 Jun 2026 12:00:00 GMT' | date }}", "2026-06-01T12:00:00Z"),
        ("{{ '01.02.2026 03:04' | date(read='%d.%m.%Y %H:%M') }}", "2026-02-01T03:04:00Z"),
        ("{{ 1780315200123 | date('iso_ms', read='unix_ms') }} {{ 1.5 | date('iso_ms') }}",
         "2026-06-01T12:00:00.123Z 1970-01-01T00:00:01.500Z"),
        ("{{ '2026-06-01T14:00:00+02:00' | date }} {{ '2026-06-01T14:00:00+02:00' | date(zone='UTC') }}",
         "2026-06-01T14:00:00+02:00 2026-06-01T12:00:00Z"),
    ],
)  # fmt: skip
def test_times(source: str, text: str) -> None:
    assert filled(source) == text


def test_moments_before_1970_and_beyond_2200() -> None:
    def at(seconds: float) -> str:
        return compile("{{ now() }}").render(Values(Request("GET", b"/"), chance=Chance(1), now=seconds))

    assert at(-86_400.0) == "1969-12-31T00:00:00Z"
    assert at(float(1 << 34)) == "2514-05-30T01:53:04Z"


@pytest.mark.parametrize(
    ("source", "column", "message"),
    [
        ("{{ 'soon' | date }}", 13, "`date`: `soon` is no date"),
        ("{{ true | date }}", 11, "`date`: this is no date"),
        ("{{ 1e300 | date }}", 12, "`date`: 1e+300 seconds lead beyond the calendar"),
        ("{{ now('9999 years') }}", 4, "`now`: `9999 years` leads beyond the calendar"),
        ("{{ '1.1.' | date(read='%d.%m.%Y') }}", 13, "`date`: `1.1.` does not read as `%d.%m.%Y`"),
    ],
)
def test_what_is_no_moment_is_refused(source: str, column: int, message: str) -> None:
    fault = refusal(source)
    assert (fault.column, fault.message, fault.code) == (column, message, "template-failed")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("'soon'", "`now`: `soon` is no span of time"),
        ("zone='Mars/Base'", "`now`: there is no time zone `Mars/Base`"),
        ("zone='../../etc/passwd'", "`now`: there is no time zone `../../etc/passwd`"),
        ("zone='+25:00'", "`now`: there is no time zone `+25:00`"),
        ("format='yyyy-MM-dd'", "`now`: `yyyy-MM-dd` is a format of Java"),
        ("format='%Q'", "`now`: there is no format code `%Q`"),
        ("format='plain'", "`now`: there is no format `plain`"),
        ("truncate='decade'", "`now`: `truncate` cannot be `decade`"),
    ],
)
def test_arguments_that_are_written_out_are_refused_at_load(arguments: str, message: str) -> None:
    fault = refusal("{% if false %}{{ now(" + arguments + ") }}{% endif %}")
    assert (fault.column, fault.message, fault.code) == (18, message, "invalid-template")


@pytest.mark.parametrize(
    ("offset", "moved"),
    [("1h", 3600), ("-1d 2h", -93_600), ("1 month", 30 * 86_400), ("250ms", 0.25), ("", 0)],
)
def test_seconds_are_shifted_by_a_span(offset: str, moved: float) -> None:
    assert shifted(NOON, offset) - NOON == moved


def test_seconds_are_not_shifted_out_of_the_calendar() -> None:
    with pytest.raises(Refused, match="`999999999d` leads beyond the calendar"):
        shifted(NOON, "999999999d")


def test_seconds_as_text() -> None:
    assert (iso(NOON), iso(-0.5)) == ("2026-06-01T12:00:00Z", "1969-12-31T23:59:59Z")
