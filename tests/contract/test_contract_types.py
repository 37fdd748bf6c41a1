from __future__ import annotations

import pytest

from keymock.contract.types import accepted, bare, choose, fits, kind_of, sent

OFFERED = ("application/json", "text/csv; charset=utf-8", "image/*")


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("", 0), ("*/*", 0), ("text/csv", 1), ("text/*", 1), ("image/png", 2), ("application/xml", None),
        ("text/csv;q=0.1, application/json;q=0.9", 0), ("application/json;q=0, */*;q=0.5", 1),
        ("text/html, */*;q=0.1", 0), ("text/csv;q=x", None), ("APPLICATION/JSON", 0),
    ],
)  # fmt: skip
def test_a_caller_gets_what_it_wants_most(header: str, chosen: int | None) -> None:
    assert choose(OFFERED, header) == chosen


def test_kinds_of_bodies() -> None:
    kinds = {
        "application/problem+json": "json", "text/json": "json", "application/atom+xml": "xml", "text/event-stream":
        "events", "application/x-ndjson": "lines", "text/plain": "text", "image/png": "binary", "multipart/mixed":
        "multipart", "application/x-www-form-urlencoded": "form", "*/*": "json",
    }  # fmt: skip
    assert {kind: kind_of(kind) for kind in kinds} == kinds


def test_what_came_fits_what_is_declared() -> None:
    assert fits("application/json; charset=utf-8", "application/json")
    assert fits("image/png", "image/*")
    assert fits("a/b", "*/*")
    assert not fits("text/plain", "image/*")
    assert bare("Text/HTML; a=b") == "text/html"


def test_a_range_is_sent_as_one_of_its_types() -> None:
    assert [sent(kind, structured=True) for kind in ("*/*", "text/*", "image/*", "a/b; c=d")] == [
        "application/json", "text/plain", "image/png", "a/b; c=d",
    ]  # fmt: skip
    assert sent("*/*", structured=False) == "text/plain"
    assert [one.type for one in accepted("a/b;q=0.1, c/d")] == ["c/d", "a/b"]
