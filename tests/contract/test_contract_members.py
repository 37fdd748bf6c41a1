from __future__ import annotations

import json
from typing import Any

import pytest

from keymock.contract.library import Library
from keymock.contract.members import declares, needs, said_of, schemas_at, spot_of

ROOT: dict[str, Any] = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "rows": {"type": "array", "items": {"$ref": "#/$defs/Row"}},
        "any": {},
        "kind": {"enum": ["cat", "dog"]},
        "one": {"const": 1},
        "open": {"type": "object"},
        "numbers": {"additionalProperties": {"type": "number"}},
        "closed": {"additionalProperties": False},
        "choice": {"oneOf": [{"$ref": "#/$defs/Row"}, {"type": "object", "properties": {"b": {"type": "null"}}}]},
    },
    "$defs": {"Row": {"allOf": [{"properties": {"a": {"type": ["integer", "null"]}}, "required": ["a"]}]}},
}


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ((), "an object"),
        (("id",), "text (uuid), required"),
        (("rows",), "a list, optional"),
        (("rows", 0), "an object"),
        (("rows", 7, "a"), "a whole number or null, required"),
        (("any",), "anything, optional"),
        (("any", "deep", "er"), "anything, optional"),
        (("kind",), 'one of "cat", "dog", optional'),
        (("one",), "1, optional"),
        (("open", "x"), "anything, optional"),
        (("numbers", "x"), "a number, optional"),
        (("closed", "x"), "not declared"),
        (("choice", "a"), "a whole number or null, optional"),
        (("choice", "b"), "null, optional"),
        (("choice", "c"), "not declared"),
        (("nothing",), "not declared"),
        (("nothing", "below"), "not declared"),
    ],
)
def test_what_a_schema_says_of_a_place(place: tuple[str | int, ...], said: str) -> None:
    assert said_of(ROOT, place) == said


def test_what_is_declared_and_needed() -> None:
    assert declares(ROOT, ("rows", 0, "a"))
    assert not declares(ROOT, ("rows", 0, "b"))
    assert needs(ROOT, ())
    assert [needs(ROOT, (name,)) for name in ("id", "rows", "nothing")] == [True, False, False]
    assert schemas_at(ROOT, ("id",)) == [ROOT["properties"]["id"]]


def test_a_schema_that_contains_itself_has_an_end_where_the_place_has_one() -> None:
    root = {
        "$ref": "#/$defs/T",
        "$defs": {"T": {"properties": {"next": {"$ref": "#/$defs/T"}, "n": {"type": "number"}}}},
    }
    assert said_of(root, ("next",) * 20 + ("n",)) == "a number, optional"


def test_the_part_of_a_document_that_speaks_of_a_place() -> None:
    item = {"allOf": [{"$ref": "#/Base"}, {"properties": {"b": {"type": "string"}}}]}
    document = {"Row": {"type": "array", "items": item}, "Base": {"properties": {"a": {"type": "string"}}}}
    library = Library(lambda _: json.dumps(document).encode())
    schema = library.root("a.json").child("Row")
    assert spot_of(library, schema, (0, "a")).pointer == ("Base", "properties", "a")
    assert spot_of(library, schema, (0, "b")).pointer == ("Row", "items", "allOf", "1", "properties", "b")
    assert spot_of(library, schema, (3, "c")).pointer == ("Row", "items")
    assert spot_of(library, schema, ()).pointer == ("Row",)


def test_long_lists_of_values_are_cut() -> None:
    assert said_of({"enum": list(range(9))}, ()) == "one of 0, 1, 2, 3, 4, …"
