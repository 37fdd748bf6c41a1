from __future__ import annotations

from typing import Any

import pytest

from keymock.overlay import is_removal, merge, without_removals

REMOVE = {"remove": True}


@pytest.mark.parametrize(
    ("base", "over", "merged"),
    [
        pytest.param({"a": 1}, {"b": 2}, {"a": 1, "b": 2}, id="keys of both"),
        pytest.param({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}}, {"a": {"b": 1, "c": 3}}, id="tables key by key"),
        pytest.param({"a": {"b": {"c": 1}}}, {"a": {"b": {"d": 2}}}, {"a": {"b": {"c": 1, "d": 2}}}, id="deep"),
        pytest.param({"a": [1, 2]}, {"a": [3]}, {"a": [3]}, id="other arrays whole"),
        pytest.param({"a": {"b": 1}}, {"a": 2}, {"a": 2}, id="a table by a value"),
        pytest.param({"a": 2}, {"a": {"b": 1}}, {"a": {"b": 1}}, id="a value by a table"),
        pytest.param({"a": 1, "b": 2}, {"a": REMOVE}, {"b": 2}, id="a key taken away"),
        pytest.param({"a": {"b": 1}}, {"a": REMOVE}, {}, id="a table taken away"),
        pytest.param({}, {"a": REMOVE}, {}, id="what is not there taken away"),
        pytest.param({"json": {"a": 1}}, {"body": "x"}, {"body": "x"}, id="any body for any other"),
        pytest.param({"body_file": "x"}, {"json": {"a": 1}}, {"json": {"a": 1}}, id="a body of another kind"),
        pytest.param({"json": {"a": 1}}, {"json": {"b": 2}}, {"json": {"b": 2}}, id="a body of one kind is whole too"),
        pytest.param(
            {"response": {"delay": {"uniform": [1, 2]}, "headers": {"A": "1"}}}, {"response": {"delay": {"normal": 3}}},
            {"response": {"delay": {"normal": 3}, "headers": {"A": "1"}}}, id="a delay is one value",
        ),
        pytest.param({"throttle": {"chunks": 2, "over": 1}}, {"throttle": {"bytes_per_second": 5}},
                     {"throttle": {"bytes_per_second": 5}}, id="a throttle too, in defaults"),
        pytest.param({"responses": [{"name": "a", "fault": {"kind": "reset", "first": 1}}]},
                     {"responses": [{"name": "a", "fault": {"kind": "empty"}}]},
                     {"responses": [{"name": "a", "fault": {"kind": "empty"}}]}, id="and a fault, in a variant"),
        pytest.param({"request": {"query": {"delay": {"gt": 1}}}}, {"request": {"query": {"delay": {"lt": 5}}}},
                     {"request": {"query": {"delay": {"gt": 1, "lt": 5}}}}, id="a parameter of that name is none"),
        pytest.param({"json": 1, "status": 2}, {"json": REMOVE}, {"status": 2}, id="a body taken away"),
    ],
)  # fmt: skip
def test_merging(base: dict[str, Any], over: dict[str, Any], merged: dict[str, Any]) -> None:
    assert merge(base, over) == merged


@pytest.mark.parametrize(
    ("over", "merged"),
    [
        ([{"name": "a", "status": 2}], [{"name": "a", "status": 2, "n": 1}, {"name": "b"}]),
        ([{"name": "c"}], [{"name": "c"}, {"name": "a", "status": 1, "n": 1}, {"name": "b"}]),
        ([{"status": 9}], [{"status": 9}, {"name": "a", "status": 1, "n": 1}, {"name": "b"}]),
        ([{"name": "a", "remove": True}], [{"name": "b"}]),
        ([], [{"name": "a", "status": 1, "n": 1}, {"name": "b"}]),
    ],
)
def test_variants_by_name_new_ones_first(over: list[Any], merged: list[Any]) -> None:
    base = [{"name": "a", "status": 1, "n": 1}, {"name": "b"}]
    assert merge({"responses": base}, {"responses": over}) == {"responses": merged}


def test_nothing_is_changed_in_place() -> None:
    base, over = {"a": {"b": 1}}, {"a": {"b": 2, "c": REMOVE}}
    merge(base, over)
    assert (base, over) == ({"a": {"b": 1}}, {"a": {"b": 2, "c": REMOVE}})


@pytest.mark.parametrize(
    ("value", "is_one"), [(REMOVE, True), ({"remove": False}, False), ({"remove": True, "a": 1}, False), (True, False)]
)
def test_what_takes_away(value: Any, is_one: bool) -> None:
    assert is_removal(value) is is_one


def test_what_is_left_to_check_without_removals() -> None:
    over = {
        "a": REMOVE,
        "b": {"c": REMOVE, "d": 1},
        "responses": [{"name": "x", "remove": True}, {"e": REMOVE, "f": 2}],
        "l": [1],
    }
    assert without_removals(over) == {"b": {"d": 1}, "responses": [{"f": 2}], "l": [1]}
