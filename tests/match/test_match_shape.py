"""JSON held against JSON."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keymock.match import shape
from keymock.match.member import Wrong
from keymock.match.shape import Rules

SUBSET, WHOLE = Rules(), Rules(whole=True)
LOOSE, EXTRA, BOTH = Rules(any_order=True), Rules(extra=True), Rules(any_order=True, extra=True)


def fits(wanted: Any, came: Any, rules: Rules = SUBSET) -> bool:
    node = shape.clean(wanted)
    answer = shape.compile(node, rules)((came,), 0.0)
    assert answer is (shape.difference(node, rules, (came,), 0.0) is None)
    return answer


@pytest.mark.parametrize(
    ("wanted", "came", "rules", "holds"),
    [
        ({"a": 1}, {"a": 1.0, "b": 2}, SUBSET, True),
        ({"a": 1}, {"a": 1, "b": 2}, WHOLE, False),
        ({"a": 1}, {"a": 1, "b": 2}, Rules(whole=True, extra=True), True),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, SUBSET, True),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, WHOLE, False),
        ({}, {"a": 1}, SUBSET, True),
        ({}, {"a": 1}, WHOLE, False),
        ({}, [], SUBSET, False),
        ({"a": {"$present": False}}, {}, SUBSET, True),
        ({"a": {"b": {"$present": False}}}, {}, SUBSET, True),
        ({"a": {"b": {"$present": False}}}, {}, WHOLE, False),
        ({"a": {"$present": False}}, {"a": None}, SUBSET, False),
        ([1, 2], [1, 2], SUBSET, True),
        ([1, 2], [2, 1], SUBSET, False),
        ([1, 2], [1, 2, 3], SUBSET, False),
        ([1, 2], [2, 1], LOOSE, True),
        ([1, 2], [2, 1, 3], LOOSE, False),
        ([1, 3], [1, 2, 3], EXTRA, True),
        ([3, 1], [1, 2, 3], EXTRA, False),
        ([3, 1], [1, 2, 3], BOTH, True),
        ([1, 1], [1, 2], BOTH, False),
        ([{"a": 1}], [{"a": 1, "b": 2}], SUBSET, True),
        ([{"$gt": 1}, {"$gt": 5}], [9, 2], LOOSE, True),
        ([{"$gt": 5}, {"$gt": 1}], [2, 9], LOOSE, True),
        ([{"$gt": 5}, {"$gt": 1}, 9], [9, 2, 7], LOOSE, True),
        ([], [], WHOLE, True),
        ([], [1], WHOLE, False),
        ([1], {"0": 1}, SUBSET, False),
        (None, None, WHOLE, True),
        (True, 1, WHOLE, False),
        ({"$equals": {"$gt": 1}}, {"$gt": 1}, WHOLE, True),
    ],
)
def test_fits(wanted: Any, came: Any, rules: Rules, holds: bool) -> None:
    assert fits(wanted, came, rules) is holds


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 4), max_size=5), st.lists(st.integers(0, 6), max_size=5))
def test_any_order_is_some_permutation(bounds: list[int], came: list[int]) -> None:
    wanted: list[Any] = [{"$gte": bound} for bound in bounds]
    expected = any(fits(wanted, list(order)) for order in permutations(came))
    assert fits(wanted, came, LOOSE) is expected


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 3), max_size=3), st.lists(st.integers(0, 3), max_size=5))
def test_extra_in_order_is_a_subsequence(wanted: list[int], came: list[int]) -> None:
    left = iter(came)
    assert fits(wanted, came, EXTRA) is all(item in left for item in wanted)


def test_long_arrays_in_any_order_are_refused() -> None:
    assert fits([1], [1] * shape.MAX_UNORDERED, BOTH)
    assert not fits([1], [1] * (shape.MAX_UNORDERED + 1), BOTH)


@pytest.mark.parametrize(
    ("wanted", "came", "difference"),
    [
        ({"a": {"b c": 1}}, {"a": {"b c": 2}}, ("$.a['b c']", "1", "2")),
        ({"a": [1, 2]}, {"a": [1, 3]}, ("$.a[1]", "2", "3")),
        ({"a": [1, 2]}, {"a": [1]}, ("$.a", "an array of 2", "an array of 1")),
        ({"a": {"$gt": 1}}, {}, ("$.a", "> 1", "absent")),
        ({"a": 1}, [], ("$", "an object", "[]")),
    ],
)
def test_differences(wanted: Any, came: Any, difference: tuple[str, str, str]) -> None:
    found = shape.difference(shape.clean(wanted), SUBSET, (came,), 0.0)
    assert found is not None
    assert (found.path, found.expected, found.actual) == difference


@pytest.mark.parametrize(
    ("value", "count"), [(1, 1), ({}, 1), ([], 1), ({"a": 1, "b": [1, {"$gt": 2}, {}]}, 4), ({"a": {"b": {"c": 1}}}, 1)]
)
def test_leaves(value: Any, count: int) -> None:
    assert shape.leaves(shape.clean(value)) == count


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": [{"$gt": 1, "b": 2}]}, ("a", 0, "$gt")),
        ({"a": {"$gtt": 1}}, ("a", "$gtt")),
        ({"a": float("nan")}, ("a",)),
    ],
)
def test_faults_say_where(value: Any, path: tuple[str | int, ...]) -> None:
    with pytest.raises(Wrong) as caught:
        shape.clean(value)
    assert caught.value.path == path
