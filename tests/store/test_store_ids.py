"""Ids: read from a path and from a body, and made."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from keymock.store import ids
from keymock.store.ids import Key, Kind

UUID = "550e8400-e29b-41d4-a716-446655440000"


@pytest.mark.parametrize(
    ("kind", "text", "key"),
    [
        ("integer", "7", 7),
        ("integer", "0", 0),
        ("integer", "-3", -3),
        ("integer", "07", None),
        ("integer", "-0", None),
        ("integer", "7.0", None),
        ("integer", "٧", None),
        ("integer", "9" * 19, None),
        ("uuid", UUID, UUID),
        ("uuid", UUID.upper(), UUID),
        ("uuid", UUID[:-1], None),
        ("uuid", UUID.replace("-", ""), None),
        ("string", "7", "7"),
        ("string", "Ink Blue/é", "Ink Blue/é"),
        ("string", "", None),
        ("string", "..", None),
        ("string", "a\nb", None),
        ("string", "a" * 256, None),
    ],
)
def test_a_path_is_read_by_the_kind(kind: Kind, text: str, key: Key | None) -> None:
    assert ids.from_text(kind, text) == key


@pytest.mark.parametrize(
    ("kind", "value", "key"),
    [
        ("integer", 7, 7),
        ("integer", "7", None),
        ("integer", 7.0, None),
        ("integer", True, None),
        ("integer", None, None),
        ("integer", 10**18, None),
        ("uuid", UUID.upper(), UUID),
        ("uuid", 7, None),
        ("string", "a", "a"),
        ("string", 7, None),
    ],
)
def test_a_value_is_no_id_of_another_type(kind: Kind, value: Any, key: Key | None) -> None:
    assert ids.from_value(kind, value) == key


@pytest.mark.parametrize(
    ("record", "taken", "key", "last"),
    [
        ({"title": "Ink is Blue!"}, set[str](), "ink-is-blue", 0),
        ({"name": "Zoë", "title": "x"}, set[str](), "zoe", 0),
        ({"slug": "a", "name": "b"}, {"a", "a-2"}, "a-3", 0),
        ({"name": 7}, set[str](), "orders-1", 1),
        ({"name": "…"}, {"orders-1"}, "orders-2", 2),
    ],
)
def test_a_text_is_made_of_the_record_or_numbered(record: dict[str, Any], taken: set[str], key: str, last: int) -> None:
    assert ids.fresh("string", taken, 0, resource="orders", record=record, new_uuid=str) == (key, last)


def test_a_uuid_that_is_taken_is_drawn_again() -> None:
    other = ids.uuid_of("other")
    drawn = iter([UUID, UUID, other])
    assert ids.fresh("uuid", {UUID}, 0, resource="", record={}, new_uuid=drawn.__next__) == (other, 0)


def test_draws_that_never_end_are_given_up() -> None:
    with pytest.raises(ValueError, match="100 draws"):
        ids.fresh("uuid", {UUID}, 0, resource="", record={}, new_uuid=itertools.repeat(UUID).__next__)


def test_a_uuid_of_a_text_is_one_and_stays_the_same() -> None:
    made = {ids.uuid_of(str(number)) for number in range(500)}
    assert len(made) == 500
    assert {ids.from_value("uuid", one) for one in made} == made
    assert {(one[14], one[19] in "89ab") for one in made} == {("4", True)}
    assert ids.uuid_of("7") == ids.uuid_of("7")
