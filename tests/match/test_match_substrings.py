"""`contains`, `starts_with`, `ends_with`."""

from __future__ import annotations

from typing import Any

import pytest
from asking import ask


@pytest.mark.parametrize(
    ("matcher", "text", "holds"),
    [
        ({"contains": "b"}, "abc", True),
        ({"contains": "B"}, "abc", False),
        ({"contains": "B", "ignore_case": True}, "abc", True),
        ({"contains": 5}, "x5y", True),
        ({"contains": ""}, "", True),
        ({"starts_with": "ab"}, "abc", True),
        ({"starts_with": "bc"}, "abc", False),
        ({"starts_with": "AB", "ignore_case": True}, "abc", True),
        ({"ends_with": "bc"}, "abc", True),
        ({"ends_with": "ab"}, "abc", False),
        ({"ends_with": "BC", "ignore_case": True}, "abc", True),
    ],
)
def test_text(matcher: dict[str, Any], text: str, holds: bool) -> None:
    assert ask({"query": {"q": matcher}}, f"q={text}") is holds


@pytest.mark.parametrize(
    ("matcher", "body", "holds"),
    [
        ({"contains": "admin"}, '["user", "admin"]', True),
        ({"contains": "adm"}, '["user", "admin"]', False),
        ({"contains": "adm"}, '"admin"', True),
        ({"contains": 1}, "[1.0]", True),
        ({"contains": 1}, "[true]", False),
        ({"contains": 1}, '"1"', False),
        ({"contains": "a"}, '{"a": 1}', False),
        ({"starts_with": "1"}, "12", False),
        ({"ends_with": "A", "ignore_case": True}, "null", False),
    ],
)
def test_json(matcher: dict[str, Any], body: str, holds: bool) -> None:
    assert ask({"body": {"jsonpath": {"$": matcher}}}, body=body) is holds
