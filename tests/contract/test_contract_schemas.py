from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from files import OK, api, opened

from keymock.contract.schemas import Direction, whole
from keymock.generate import UNSENT


def bundle(schema: Any, version: str = "3.0.3", direction: Direction = "response", **components: Any) -> dict[str, Any]:
    document = api({"/a": {"get": {"responses": {"200": {"description": "", "content": {
        "application/json": {"schema": schema}}}}}}}, version, components={"schemas": components})  # fmt: skip
    made = opened(document)
    spot = made.operation("GET /a").responses[0].content[0].schema
    assert spot is not None
    found = made.schemas.bundle(spot, direction)
    jsonschema_rs.validator_for(found)
    return found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"enum": ["a"], "nullable": True}, {"enum": ["a", None]}),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, {"type": "integer", "exclusiveMinimum": 1}),
        ({"type": "string", "example": "x"}, {"type": "string", "examples": ["x"]}),
        ({"type": "nonsense", "required": True, "enum": []}, {}),
        ({"minLength": 2.0, "multipleOf": 0}, {"minLength": 2}),
        (
            {"type": "integer", "format": "int32", "minimum": 1},
            {"type": "integer", "format": "int32", "minimum": 1, "maximum": 2147483647},
        ),
    ],
)
def test_what_3_0_says_otherwise_is_said_anew(old: Any, new: Any) -> None:
    assert bundle(old) == new


def test_what_3_1_says_stays() -> None:
    schema = {"type": ["string", "null"], "const": None, "examples": [None], "prefixItems": [True], "minContains": 0}
    assert bundle(schema, "3.1.0") == schema


def test_references_are_gathered_and_cycles_end() -> None:
    found = bundle(
        {"$ref": "#/components/schemas/A"},
        A={"type": "object", "properties": {"b": {"$ref": "#/components/schemas/B"}}},
        B={"type": "array", "items": {"$ref": "#/components/schemas/A"}},
    )
    assert found["$ref"] == "#/$defs/A"
    assert set(found["$defs"]) == {"A", "B"}
    assert found["$defs"]["B"]["items"] == {"$ref": "#/$defs/A"}


def test_read_only_and_write_only_by_direction() -> None:
    schema = {
        "type": "object", "required": ["id", "secret", "name"],
        "properties": {"id": {"type": "integer", "readOnly": True}, "secret": {"$ref": "#/components/schemas/S"},
                       "name": {"type": "string"}},
    }  # fmt: skip
    secret = {"type": "string", "writeOnly": True}
    answer = bundle(schema, S=secret)
    assert answer["required"] == ["id", "name"]
    assert UNSENT in answer["properties"]["secret"]
    asked = bundle(schema, direction="request", S=secret)
    assert asked["required"] == ["secret", "name"]
    assert set(asked["properties"]) == {"id", "secret", "name"}


def test_a_discriminator_keeps_its_mapping() -> None:
    found = bundle(
        {"oneOf": [{"$ref": "#/components/schemas/Cat"}],
         "discriminator": {"propertyName": "kind", "mapping": {"c": "#/components/schemas/Cat", "d": "Cat"}}},
        Cat={"type": "object"},
    )  # fmt: skip
    assert found["discriminator"] == {"propertyName": "kind", "mapping": {"c": "#/$defs/Cat", "d": "#/$defs/Cat"}}


def test_two_schemas_of_one_name_in_two_files_stay_apart() -> None:
    document = api({"/a": {"get": {"responses": {"200": {"description": "", "content": {"application/json": {
        "schema": {"allOf": [{"$ref": "one.yaml#/S"}, {"$ref": "two.yaml#/S"}]}}}}}}}})  # fmt: skip
    made = opened(document, **{"one.yaml": {"S": {"minimum": 1}}, "two.yaml": {"S": {"maximum": 2}}})
    spot = made.operation("GET /a").responses[0].content[0].schema
    assert spot is not None
    found = made.schemas.bundle(spot, "response")
    assert [found["$defs"][each["$ref"].rpartition("/")[2]] for each in found["allOf"]] == [
        {"minimum": 1}, {"maximum": 2},
    ]  # fmt: skip


def test_a_schema_of_a_thousand_others_stays_usable() -> None:
    components: dict[str, Any] = {
        f"S{n}": {"type": "object", "properties": {"next": {"$ref": f"#/components/schemas/S{n + 1}"}}}
        for n in range(900)
    }
    components["S900"] = {"type": "string"}
    found = bundle({"$ref": "#/components/schemas/S0"}, **components)
    assert found["$defs"]["S399"]["properties"]["next"] == {"$ref": "#/$defs/S400"}
    assert found["$defs"]["S400"] is True


def test_a_plain_yes_and_no() -> None:
    assert bundle(True, "3.1.0") == {}
    assert bundle(False, "3.1.0") == {"not": {}}
    assert OK


def test_a_schema_is_whole_with_all_that_it_consists_of_and_what_stands_nearest_counts() -> None:
    root = {"$defs": {"Base": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}}}
    schema = {"allOf": [{"$ref": "#/$defs/Base"}, {"required": ["name"], "title": "inner"}], "title": "outer",
              "properties": {"id": {"const": 7}, "name": {}}}  # fmt: skip
    found = whole(schema, root)
    assert (found["title"], found["type"], found["required"]) == ("outer", "object", ["name", "id"])
    assert found["properties"] == {"id": {"const": 7}, "name": {}}


@pytest.mark.parametrize("odd", [None, True, [], "x", {"$ref": 5}, {"$ref": "#/$defs/none"}, {"allOf": {"a": 1}}])
def test_what_is_no_schema_says_nothing(odd: Any) -> None:
    assert whole(odd, {}).keys() <= {"$ref", "allOf"}


def test_odd_parts_of_a_schema_leave_the_rest() -> None:
    odd = {
        "properties": ["a"],
        "required": {"a": 1},
        "xml": "name",
        "type": "object",
        "allOf": [{"xml": {"name": "b"}}],
    }
    assert whole(odd, {}) | {"allOf": None} == {
        "properties": {}, "required": [], "type": "object", "xml": {"name": "b"}, "allOf": None,
    }  # fmt: skip


def test_a_schema_that_consists_of_itself_ends() -> None:
    root = {"$defs": {"A": {"allOf": [{"$ref": "#/$defs/A"}, {"type": "object"}]}}}
    assert whole({"$ref": "#/$defs/A"}, root)["type"] == "object"
