"""`generate.sample`: a valid value for any schema that has one, the same for the same seed."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from keymock import generate
from keymock.chance import Chance

SCHEMAS: dict[str, Any] = {
    "anything": {},
    "true": True,
    "text": {"type": "string", "minLength": 3, "maxLength": 5},
    "long text": {"type": "string", "minLength": 300},
    "pattern": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"},
    "pattern with length": {"type": "string", "pattern": "^[a-z]+$", "minLength": 12, "maxLength": 14},
    "two patterns": {"allOf": [{"type": "string", "pattern": "^a"}, {"pattern": "b$"}]},
    "look-ahead": {"type": "string", "pattern": "^(?=.*[0-9])[a-z0-9]{6}$"},
    "date-time": {"type": "string", "format": "date-time"},
    "integer": {"type": "integer", "exclusiveMinimum": 4, "maximum": 5},
    "small steps": {"type": "number", "multipleOf": 0.01, "minimum": 0.5, "exclusiveMaximum": 0.52},
    "two steps": {"type": "integer", "allOf": [{"multipleOf": 4}, {"multipleOf": 6}], "minimum": 1},
    "between": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.001},
    "enum": {"enum": ["a", None, 3]},
    "const": {"const": {"a": [1, {}]}},
    "object": {"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "integer"}}},
    "closed": {
        "type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False, "required": ["a"],
    },
    "map": {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 2},
    "patterned names": {
        "type": "object", "patternProperties": {"^x-[a-z]+$": {"type": "boolean"}}, "additionalProperties": False,
        "minProperties": 2,
    },
    "names": {"type": "object", "propertyNames": {"pattern": "^[a-z]{4}$"}, "minProperties": 3},
    "few properties": {
        "type": "object", "properties": {"a": {}, "b": {}, "c": {}}, "required": ["c"], "maxProperties": 1,
    },
    "dependent": {
        "type": "object", "properties": {"card": {"type": "string"}},
        "dependentRequired": {"card": ["address"]},
        "dependentSchemas": {"card": {"properties": {"address": {"type": "integer"}}}},
        "required": ["card"],
    },
    "tuple": {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "items": False, "minItems": 2},
    "contains": {"type": "array", "contains": {"const": 7}, "minContains": 2, "items": {"type": "integer"}},
    "unique": {"type": "array", "uniqueItems": True, "minItems": 3, "items": {"enum": [1, 2, 3]}},
    "unique booleans": {"type": "array", "uniqueItems": True, "minItems": 2, "items": {"type": "boolean"}},
    "allOf": {
        "allOf": [
            {"type": "object", "properties": {"a": {"type": "integer", "minimum": 3}}, "required": ["a"]},
            {"properties": {"a": {"maximum": 3}, "b": {"type": "string"}}, "required": ["b"]},
        ]
    },
    "oneOf overlaps": {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 2}]},
    "oneOf required": {"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}], "properties": {
        "a": {}, "b": {}}},
    "not": {"type": "string", "not": {"enum": ["", "a"]}},
    "not a type": {"not": {"type": ["string", "integer", "object"]}},
    "not in a property": {"type": "object", "properties": {"foo": {"not": {"type": "string"}}}, "required": ["foo"]},
    "if then": {
        "type": "object", "properties": {"kind": {"enum": ["a", "b"]}}, "required": ["kind"],
        "if": {"properties": {"kind": {"const": "a"}}}, "then": {"required": ["x"]}, "else": {"required": ["y"]},
    },
    "unevaluated": {
        "type": "object", "allOf": [{"properties": {"a": {"type": "integer"}}}], "unevaluatedProperties": False,
    },
    "recursion": {
        "$ref": "#/$defs/node",
        "$defs": {
            "node": {
                "type": "object", "required": ["name"],
                "properties": {"name": {"type": "string"}, "children": {"type": "array", "items": {
                    "$ref": "#/$defs/node"}}},
            }
        },
    },
    "needed recursion": {
        "$ref": "#/$defs/list",
        "$defs": {"list": {"type": "object", "required": ["next"], "properties": {"next": {"anyOf": [
            {"$ref": "#/$defs/list"}, {"type": "null"}]}}}},
    },
    "a wrong example": {"type": "object", "properties": {"n": {"type": "integer", "examples": ["no"]}}},
    "a wrong default": {"type": "string", "default": 3, "minLength": 2},
    "anchor": {"$ref": "#here", "$defs": {"a": {"$anchor": "here", "type": "null"}}},
}  # fmt: skip


@pytest.mark.parametrize("name", SCHEMAS)
@pytest.mark.parametrize("seed", range(4))
def test_what_is_made_is_valid(name: str, seed: int) -> None:
    schema = SCHEMAS[name]
    made = generate.sample(schema, Chance(seed).stream)
    assert jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(made), made


@pytest.mark.parametrize(
    "schema",
    [
        False,
        {"type": "string", "minLength": 3, "maxLength": 2},
        {"allOf": [{"type": "string"}, {"type": "integer"}]},
        {"type": "integer", "minimum": 2, "exclusiveMaximum": 2},
        {"type": "array", "items": {"type": "boolean"}, "uniqueItems": True, "minItems": 3},
        {"$ref": "#/$defs/loop", "$defs": {"loop": {"required": ["a"], "type": "object", "properties": {
            "a": {"$ref": "#/$defs/loop"}}}}},
        {"$ref": "other.json"},
    ],
)  # fmt: skip
def test_what_nothing_fulfils_is_refused_with_a_reason(schema: Any) -> None:
    with pytest.raises(generate.Refused) as refused:
        generate.sample(schema, Chance(0).stream)
    assert str(refused.value)


def test_the_same_seed_says_the_same_and_another_something_else() -> None:
    schema = {"type": "object", "properties": {"id": {"type": "string", "format": "uuid"}, "city": {"type": "string"}}}
    assert generate.sample(schema, Chance(1).stream) == generate.sample(schema, Chance(1).stream)
    assert generate.sample(schema, Chance(1).stream) != generate.sample(schema, Chance(2).stream)


def test_examples_are_used_where_they_are_valid() -> None:
    schema = {"type": "object", "properties": {
        "a": {"type": "string", "examples": ["mine"]}, "b": {"type": "integer", "examples": ["wrong"]}}}  # fmt: skip
    made = generate.sample(schema, Chance(1).stream)
    assert made["a"] == "mine"
    assert isinstance(made["b"], int)
    assert generate.sample(schema, Chance(1).stream, examples=False)["a"] != "mine"


def test_fields_look_like_what_they_are_called() -> None:
    names = {name: {"type": "string"} for name in ("email", "firstName", "city", "created_at", "website")}
    made = generate.sample({"type": "object", "properties": names}, Chance(3).stream)
    assert made["email"].endswith("@example.com")
    assert made["created_at"].startswith("202")
    assert made["website"].startswith("https://")


def test_a_discriminator_names_the_branch_that_was_taken() -> None:
    schema = {
        "oneOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}],
        "discriminator": {"propertyName": "kind", "mapping": {"meow": "#/$defs/Cat"}},
        "$defs": {
            "Cat": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}},
            "Dog": {"type": "object", "required": ["kind", "bark"], "properties": {"kind": {"type": "string"}}},
        },
    }
    schema["oneOf"] = [{"$ref": "#/$defs/Cat"}]
    assert generate.sample(schema, Chance(1).stream)["kind"] == "meow"


def test_other_documents_are_those_that_are_handed_in() -> None:
    schema = {"$ref": "urn:other#/$defs/n"}
    others: dict[str, Any] = {"urn:other": {"$defs": {"n": {"type": "integer", "minimum": 5}}}}
    assert generate.sample(schema, Chance(1).stream, others=others) >= 5


def test_it_stays_small() -> None:
    wide = {"type": "object", "properties": {f"p{n}": {"$ref": "#/$defs/w"} for n in range(9)}}
    made = generate.sample({**wide, "$defs": {"w": wide}}, Chance(1).stream)
    assert len(str(made)) < 60_000
