from __future__ import annotations

from typing import Any

import pytest

from keymock.reshaping import BadPath, reshaped

VALUE: dict[str, Any] = {"a": {"b": 1, "c": [1, 2, 3]}, "list": [{"x": 1}, {"x": 2}]}


@pytest.mark.parametrize(
    ("laid", "remove", "expected"),
    [
        ({"$.a.b": 2}, [], {"a": {"b": 2, "c": [1, 2, 3]}, "list": [{"x": 1}, {"x": 2}]}),
        ({"$.new.deep[0].er": 1}, ["$.a", "$.list"], {"new": {"deep": [{"er": 1}]}}),
        ({"$.list[*].x": 0}, ["$.a"], {"list": [{"x": 0}, {"x": 0}]}),
        ({}, ["$.a.c[0]", "$.list[?@.x > 1]"], {"a": {"b": 1, "c": [2, 3]}, "list": [{"x": 1}]}),
        ({}, ["$.list[*]", "$.gone"], {"a": {"b": 1, "c": [1, 2, 3]}, "list": []}),
        ({"$": 3}, [], 3),
        ({"$['a']": None}, ["$.list"], {"a": None}),
    ],
)
def test_places_are_set_and_removed(laid: dict[str, Any], remove: list[str], expected: Any) -> None:
    assert reshaped(VALUE, laid, remove) == expected
    assert VALUE["a"]["b"] == 1


@pytest.mark.parametrize(
    ("laid", "remove", "said"),
    [
        ({"$[": 1}, [], "no JSONPath"),
        ({"$..nothing": 1}, [], "finds nothing"),
        ({"$.a.b.c": 1}, [], "does not fit"),
        ({"$.list[9]": 1}, [], "does not fit"),
        ({}, ["$..["], "no JSONPath"),
    ],
)
def test_paths_that_lead_nowhere_are_told(laid: dict[str, Any], remove: list[str], said: str) -> None:
    with pytest.raises(BadPath, match=said):
        reshaped(VALUE, laid, remove)
