from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keymock.changes.json_paths import below, differences

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["a", "b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "x", "y z"]), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"a": 1}, {}, ["gone $.a"]),
        ({}, {"a": 1}, ["new $.a"]),
        ({"a": 1}, {"a": "1"}, ["type $.a"]),
        ({"a": 1}, {"a": 1.5}, ["value $.a"]),
        ({"a": None}, {"a": []}, ["type $.a"]),
        ({"a": {"b c": 1}}, {"a": {"b c": 2}}, ["value $.a['b c']"]),
        ([1, 2], [1], ["shorter $"]),
        ([1], [1, 2], ["longer $"]),
        ([{"id": 1, "v": 1}, {"id": 2, "v": 1}], [{"id": 2, "v": 1}, {"id": 1, "v": 1}], ["order $"]),
        ([{"id": 1, "v": 1}, {"id": 2, "v": 1}], [{"id": 1}, {"id": 2}], ["gone $[*].v"]),
        ([{"id": 1, "v": 1}, {"id": 2, "v": 1}], [{"id": 1, "v": 1}, {"id": 2}], ["gone $[1].v"]),
        ([[{"v": 1}, {"v": 2}]], [[{}, {}]], ["gone $[0][*].v"]),
        ({"a": "{{ uuid() }}"}, {"a": 7}, ["value $.a"]),
        (1, 1, []),
    ],
)
def test_what_is_different(before: Any, after: Any, found: list[str]) -> None:
    assert [f"{one.what} {one.path}" for one in differences(before, after)] == found


@given(JSON, JSON)
def test_nothing_is_different_exactly_if_all_is_the_same(one: Any, other: Any) -> None:
    assert list(differences(one, one)) == []
    if repr(one) != repr(other) and one != other:
        assert list(differences(one, other))


def test_a_name_that_is_no_word_is_quoted() -> None:
    assert below("$", "a") == "$.a"
    assert below("$", "it's") == "$['it\\'s']"
