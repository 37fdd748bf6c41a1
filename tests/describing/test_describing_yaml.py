from __future__ import annotations

from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as some

from keymock.contract.reading import read
from keymock.describing.yaml import dumps

TEXT = some.text(max_size=12) | some.sampled_from(
    ["yes", "No", "on", "null", "~", "2026-01-01", "12:30:45", "1e5", "0x1f", "- a", "a: b", "a #b", "#", "{a}", "'",
     '"', "a\nb\n", " a ", "é", "\U0001f600", "*", "&a", "!x", "%", "@", "`", "|", ">", "=", "/users/{id}",
     "$ref"]
)  # fmt: skip
TREE = some.recursive(
    some.none() | some.booleans() | some.integers(-(2**53), 2**53) | TEXT,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(TEXT, inner, max_size=4),
    max_leaves=15,
)


def plain(value: Any) -> bool:
    """Whether both readers have all of it: PyYAML refuses some characters, and ours takes `<<` for a merge."""
    if isinstance(value, str):
        return value != "<<" and all(char.isprintable() or char in "\n\t" for char in value)
    if isinstance(value, dict):
        return all(plain(key) and plain(inner) for key, inner in value.items())
    return all(plain(inner) for inner in value) if isinstance(value, list) else True


@given(TREE.filter(plain))
def test_every_reader_takes_it_for_the_same(tree: Any) -> None:
    text = dumps(tree)
    assert yaml.safe_load(text) == tree  # YAML 1.1
    assert read(text.encode(), "a.yaml") == tree  # YAML 1.2


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        ({"a": [{"b": 1, "c": []}, ["x"]], "200": {}}, 'a:\n  - b: 1\n    c: []\n  - - x\n"200": {}\n'),
        ({"/users/{id}": {"$ref": "#/a"}}, '/users/{id}:\n  $ref: "#/a"\n'),
        ("yes", '"yes"\n'),
    ],
)
def test_how_it_looks(tree: Any, text: str) -> None:
    assert dumps(tree) == text
