"""JSON and TOML seeds: their shapes, and the lines of their mistakes."""

from __future__ import annotations

from typing import Any

import pytest

from keymock.store.entries import SeedError
from keymock.store.nested import from_json, from_toml


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("[]", []),
        ('[{"a": 1}, 2]', [({"a": 1}, None, 1), (2, None, 1)]),
        ('[\n {"a": "]"},\n\n {"b": [1]}\n]', [({"a": "]"}, None, 2), ({"b": [1]}, None, 4)]),
        ('{\n"7": {},\n"8": {"a": 1}}', [({}, "7", 2), ({"a": 1}, "8", 3)]),
        ('{"users": [],\n"orders": [{"a": 1},\n{}]}', [({"a": 1}, None, 2), ({}, None, 3)]),
        ('{"orders":\n{"x":\n{}}}', [({}, "x", 3)]),
    ],
)
def test_json_in_its_shapes(text: str, entries: list[tuple[Any, str | None, int]]) -> None:
    assert [(one.value, one.named, one.line()) for one in from_json(text.encode(), "orders")] == entries


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("[[orders]]\na = 1\n[[orders]]\na = 2020-01-01", [({"a": 1}, None, 1), ({"a": "2020-01-01"}, None, 3)]),
        ("[7]\na = 1\n[8]", [({"a": 1}, "7", 1), ({}, "8", 3)]),
        ("[orders.x]\n[orders.y]", [({}, "x", 1), ({}, "y", 2)]),
        ("", []),
    ],
)
def test_toml_in_its_shapes(text: str, entries: list[tuple[Any, str | None, int]]) -> None:
    assert [(one.value, one.named, one.line()) for one in from_toml(text.encode(), "o.toml", "orders")] == entries


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        (" ", "the file is empty", 0),
        ('[\n{"a": 1,\n}]', "this is not JSON: ", 3),
        ("[NaN]", "this is not JSON", 0),
        ("[" * 1000 + "]" * 1000, "128 levels", 0),
        ("7", "an array of records", 0),
        ('{"7": {}, "7": {}}', "`7` comes twice", 0),
        ('{"orders": {"a": {}, "a": {}}}', "`a` comes twice", 0),
    ],
)
def test_broken_json(text: str, message: str, line: int) -> None:
    with pytest.raises(SeedError, match=message) as told:
        from_json(text.encode(), "orders")
    assert told.value.line == line


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [("[[orders]]\na = ", "a", 2), ("[[orders]]\nb = 1\na = nan", "JSON cannot carry", 3), ("\xff", "UTF-8", 1)],
)
def test_broken_toml(text: str, message: str, line: int) -> None:
    with pytest.raises(SeedError, match=message) as told:
        from_toml(text.encode("latin-1"), "o.toml", "orders")
    assert told.value.line == line
