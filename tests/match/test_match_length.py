"""`length`."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from asking import ask, wrong

from keymock import match


@pytest.mark.parametrize(
    ("matcher", "body", "holds"),
    [
        (2, '"ab"', True),
        (2, '"größe"', False),
        (2, "[1, 2]", True),
        (1, '{"a": 1}', True),
        (0, "{}", True),
        (1, "5", False),
        (4, "null", False),
        ({"gt": 1}, "[1, 2]", True),
        ({"gt": 2}, "[1, 2]", False),
        ({"gte": 2, "lt": 3}, "[1, 2]", True),
        ({"lte": 1}, "[1, 2]", False),
    ],
)
def test_json(matcher: Any, body: str, holds: bool) -> None:
    assert ask({"body": {"jsonpath": {"$": {"length": matcher}}}}, body=body) is holds


def test_text_counts_characters() -> None:
    assert ask({"query": {"q": {"length": 2}}}, "q=%C3%BC%C3%9F")


def test_faults() -> None:
    assert wrong({"query": {"q": {"length": {}}}}).path == ("query", "q", "length")
    assert wrong({"query": {"q": {"length": {"gt": 3, "lt": 4}}}}).path == ("query", "q", "length")
    with pytest.raises(msgspec.ValidationError, match=">= 0"):
        msgspec.convert({"query": {"q": {"length": -1}}}, match.Conditions)
