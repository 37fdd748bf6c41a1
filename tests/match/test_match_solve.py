"""Values that several matchers take at once."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from keymock.match import values
from keymock.match.solve import solve, want


def solved(*spelled: Any, json: bool = False) -> tuple[Any, ...] | bool | None:
    """Values that were found, False for a proof that there are none, None for neither."""
    matchers = [values.clean(msgspec.convert(matcher, values.Value), json=json) for matcher in spelled]
    solution = solve([want(matcher, json=json) for matcher in matchers])
    if solution.found is None:
        return False if solution.impossible else None
    assert all(values.holds(matcher, solution.found, json=json) for matcher in matchers)
    return solution.found


@pytest.mark.parametrize(
    ("spelled", "found"),
    [
        (["a"], ("a",)),
        ([{"present": False}], ()),
        ([{"present": False}, {"not": "a"}], ()),
        ([{"contains": "a"}, {"contains": "b"}], ("ab",)),
        ([{"starts_with": "a"}, {"ends_with": "b"}], ("ab",)),
        ([{"gt": 5}, {"lt": 7}], ("6",)),
        ([["a", "b"], {"includes": ["b"]}], ("a", "b")),
        ([{"regex": "^ab$"}], ("ab",)),
        ([{"any_of": ["a", "b"]}, {"not": "a"}], ("b",)),
    ],
)
def test_found(spelled: list[Any], found: tuple[str, ...]) -> None:
    assert solved(*spelled) == found


@pytest.mark.parametrize(
    "spelled",
    [
        ["a", "b"],
        ["a", {"present": False}],
        [{"one_of": ["a", "b"]}, {"not": {"one_of": ["a", "b"]}}],
        [{"gt": 5}, {"lt": 5}],
        [{"gte": 5}, {"lt": 5}],
        [{"ends_with": "a"}, {"ends_with": "b"}],
    ],
)
def test_impossible(spelled: list[Any]) -> None:
    assert solved(*spelled) is False


def test_neither() -> None:
    assert solved({"regex": "^q{17}$"}) is None
    assert solved({"equals": "A", "ignore_case": True}, {"regex": "^[a]b$"}) is None


def test_json_keeps_types() -> None:
    assert solved(1, "1", json=True) is False
    assert solved(1, True, json=True) is False
    assert solved(1, {"type": "integer"}, json=True) == (1,)
    assert solved({"type": "string"}, {"type": "null"}, json=True) is False
