"""`includes` and `exactly`."""

from __future__ import annotations

from typing import Any

import pytest
from asking import ask


@pytest.mark.parametrize(
    ("matcher", "query", "holds"),
    [
        ({"includes": ["a"]}, "t=b&t=a", True),
        ({"includes": ["a", "b"]}, "t=b&t=c&t=a", True),
        ({"includes": ["a", "b"]}, "t=a", False),
        ({"includes": [{"gt": 5}, "a"]}, "t=a&t=6", True),
        ({"includes": []}, "t=a", True),
        ({"includes": []}, "", False),
        (["a", "b"], "t=a&t=b", True),
        (["a", "b"], "t=b&t=a", False),
        (["a"], "t=a&t=a", False),
        ({"exactly": ["a", {"regex": "^b"}]}, "t=a&t=bb", True),
        ([], "", False),
    ],
)
def test_text(matcher: Any, query: str, holds: bool) -> None:
    assert ask({"query": {"t": matcher}}, query) is holds


@pytest.mark.parametrize(
    ("matcher", "body", "holds"),
    [
        ({"includes": ["a"]}, '{"t": ["b", "a"]}', True),
        ({"includes": [1]}, '{"t": [true]}', False),
        (["a", "b"], '{"t": ["a", "b"]}', True),
        (["a", "b"], '{"t": ["b", "a"]}', False),
        ([], '{"t": []}', True),
        ([], "{}", False),
        ({"includes": ["a"]}, '{"t": "a"}', True),
    ],
)
def test_json_looks_into_an_array(matcher: Any, body: str, holds: bool) -> None:
    assert ask({"body": {"jsonpath": {"$.t": matcher}}}, body=body) is holds


def test_the_values_that_a_selector_finds() -> None:
    table = {"body": {"jsonpath": {"$.items[*].id": [1, 2]}}}
    assert ask(table, body='{"items": [{"id": 1}, {"id": 2}]}')
    assert not ask(table, body='{"items": [{"id": 2}, {"id": 1}]}')
