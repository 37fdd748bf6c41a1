"""`before`, `after`, `between`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from asking import ask, wrong

from keymock.match.dates import moment

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-06-01T12:00:00Z", "2026-06-01T12:00:00+00:00"),
        ("2026-06-01t12:00:00z", "2026-06-01T12:00:00+00:00"),
        ("2026-06-01 12:00", "2026-06-01T12:00:00+00:00"),
        ("2026-06-01T12:00:00+02:00", "2026-06-01T10:00:00+00:00"),
        ("2026-06-01T12:00:00.123456789Z", "2026-06-01T12:00:00.123456+00:00"),
        ("2026-06-01", "2026-06-01T00:00:00+00:00"),
        ("Mon, 01 Jun 2026 12:00:00 GMT", "2026-06-01T12:00:00+00:00"),
    ],
)
def test_moments(text: str, iso: str) -> None:
    assert moment(text) == datetime.fromisoformat(iso).timestamp()


@pytest.mark.parametrize(
    "text", ["", "today", "2026-02-30", "2026-W10", "20260601", "Mon, 01 Foo 2026 12:00:00 GMT", 5]
)
def test_no_moments(text: Any) -> None:
    assert moment(text) is None


@pytest.mark.parametrize(
    ("matcher", "value", "holds"),
    [
        ({"before": "2026-06-01"}, "2026-05-31T23:59:59Z", True),
        ({"before": "2026-06-01"}, "2026-06-01", False),
        ({"after": "2026-06-01"}, "2026-06-01T00:00:01Z", True),
        ({"after": "now"}, "2026-06-01T12:00:01Z", True),
        ({"after": "now"}, "2026-06-01T12:00:00Z", False),
        ({"after": "now - 2h"}, "2026-06-01T10:30:00Z", True),
        ({"before": "now+1w"}, "2026-06-07", True),
        ({"between": ["now-1d", "now"]}, "2026-06-01T12:00:00Z", True),
        ({"between": ["now-1d", "now"]}, "2026-05-31T11:59:59Z", False),
        ({"between": ["2026-01-01", "2026-12-31"]}, "2026-06-01", True),
        ({"between": [1, 5]}, "5", True),
        ({"between": [1, 5]}, "5.1", False),
        ({"between": [1, 5]}, "x", False),
        ({"not": {"after": "now"}}, "2026-06-01T12:00:01Z", False),
        ({"before": "now"}, "soon", False),
    ],
)
def test_matchers(matcher: dict[str, Any], value: str, holds: bool) -> None:
    assert ask({"headers": {"at": matcher}}, headers={"at": value}, now=NOON) is holds


def test_json_numbers_between() -> None:
    table = {"body": {"json": {"n": {"$between": [1, 5]}}}}
    assert ask(table, body='{"n": 5.0}')
    assert not ask(table, body='{"n": "3"}')
    assert not ask(table, body='{"n": true}')


@pytest.mark.parametrize(
    "matcher",
    [
        {"before": "tomorrow"},
        {"after": "now-1y"},
        {"between": ["2026-12-31", "2026-01-01"]},
        {"between": [5, 1]},
        {"between": [1, "now"]},
    ],
)
def test_faults(matcher: dict[str, Any]) -> None:
    assert wrong({"query": {"at": matcher}}).path[:2] == ("query", "at")
