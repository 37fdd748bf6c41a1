"""`equals` and `one_of`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asking import ask, wrong

from keymock.match.equality import same


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (1, 1.0, True),
        (True, 1, False),
        (False, 0, False),
        (0, None, False),
        (None, None, True),
        ("1", 1, False),
        ([1, [True]], [1.0, [True]], True),
        ([1], [True], False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": 1}, {"a": True}, False),
        ([], {}, False),
        (10**30, 10**30, True),
    ],
)
def test_json_equality(left: Any, right: Any, equal: bool) -> None:
    assert same(left, right) is equal
    assert same(right, left) is equal


def test_text_is_compared_as_text() -> None:
    assert ask({"query": {"n": 1}}, "n=1")
    assert not ask({"query": {"n": 1}}, "n=1.0")
    assert ask({"query": {"b": True}}, "b=true")
    assert not ask({"query": {"b": True}}, "b=True")


def test_any_of_several_values() -> None:
    assert ask({"query": {"q": "b"}}, "q=a&q=b")


def test_one_of() -> None:
    assert ask({"query": {"q": {"one_of": ["a", 2]}}}, "q=2")
    assert not ask({"query": {"q": {"one_of": ["a", 2]}}}, "q=b")
    assert ask({"query": {"q": {"one_of": ["STRASSE"], "ignore_case": True}}}, "q=straße")
    assert wrong({"query": {"q": {"one_of": []}}}).path == ("query", "q", "one_of")


def test_json_literals_of_every_kind() -> None:
    for value in (None, True, 0, 1.5, "x", [1, {"a": None}], {"$x": {"y": 1}}):
        body = {"jsonpath": {"$.a": {"equals": value}}}
        text = json.dumps({"a": value})
        assert ask({"body": body}, body=text)
        assert not ask({"body": body}, body='{"a": "other"}')
