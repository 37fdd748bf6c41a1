from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from files import api, opened

from keymock.contract.revisions import revisions

BEFORE: dict[str, Any] = api(
    {"/users/{id}": {"post": {
        "parameters": [{"name": "q", "in": "query", "schema": {"type": "integer", "maximum": 5}}],
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/In"}}}},
        "responses": {"200": {"description": "", "headers": {"X-N": {"schema": {}}}, "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Out"}}}}, "404": {"description": ""}},
    }}},
    components={"schemas": {
        "In": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {"enum": [1, 2]}}},
        "Out": {"type": "object", "required": ["email"], "properties": {
            "email": {"type": "string"}, "tags": {"type": "array", "items": {"type": "integer"}}}},
    }},
)  # fmt: skip
POST = ("paths", "/users/{id}", "post")


def changed(way: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """The document with one place set; DROP takes it out."""
    document = deepcopy(BEFORE)
    here = document
    for step in way[:-1]:
        here = here[step]
    if value is DROP:
        del here[way[-1]]
    else:
        here[way[-1]] = value
    return document


DROP = object()
SCHEMAS = ("components", "schemas")


@pytest.mark.parametrize(
    ("way", "value", "expected"),
    [
        (("paths", "/users/{id}"), DROP, ["breaking the operation is gone"]),
        (("paths", "/new"), {"get": {"responses": {}}}, ["addition the operation is new"]),
        ((*POST, "parameters", 0, "required"), True, ["breaking the query parameter `q` is required now"]),
        ((*POST, "parameters"), [], ["change the query parameter `q` is gone"]),
        ((*POST, "parameters", 0, "schema", "maximum"), 4,
         ["breaking the query parameter `q` has maximum 4, no longer 5"]),
        ((*POST, "parameters", 0, "schema", "maximum"), 9,
         ["change the query parameter `q` has maximum 9, no longer 5"]),
        ((*POST, "requestBody", "required"), True, ["breaking a body is required now"]),
        ((*POST, "responses", "404"), DROP, ["change it answers no 404 any longer"]),
        ((*POST, "responses", "200", "headers"), {}, ["breaking the 200 lost its header `X-N`"]),
        ((*POST, "responses", "429"), {"description": ""}, ["addition it may answer 429 now"]),
        ((*SCHEMAS, "Out", "properties", "email"), DROP, ["breaking the 200 lost `email`"]),
        ((*SCHEMAS, "Out", "properties", "more"), {}, ["addition the 200 has `more` now"]),
        ((*SCHEMAS, "Out", "required"), [], ["breaking the 200 may lack `email` now"]),
        ((*SCHEMAS, "Out", "properties", "email", "type"), ["string", "null"],
         ["breaking the 200 at `email` is null or string, no longer string"]),
        ((*SCHEMAS, "Out", "properties", "tags", "items", "type"), "string",
         ["breaking the 200 at `tags[]` is string, no longer integer"]),
        ((*SCHEMAS, "In", "required"), ["a", "b"], ["breaking the body needs `b` now"]),
        ((*SCHEMAS, "In", "properties", "b", "enum"), [1], ["breaking the body at `b` has no value `2` any longer"]),
        ((*SCHEMAS, "In", "properties", "a", "type"), ["string", "integer"],
         ["change the body at `a` is integer or string, no longer string"]),
        (("security",), [{"k": []}], ["breaking credentials are needed now"]),
        (("info", "title"), "Other", []),
    ],
)  # fmt: skip
def test_each_difference_is_a_sentence(way: tuple[Any, ...], value: Any, expected: list[str]) -> None:
    after = changed(way, value)
    after["components"]["securitySchemes"] = {"k": {"type": "http", "scheme": "basic"}}
    found = revisions(opened(BEFORE), opened(after))
    assert [f"{each.severity} {each.says}" for each in found] == expected
    assert all(each.breaking == each.severity.startswith("breaking") for each in found)


def test_a_renamed_path_parameter_is_no_difference() -> None:
    after = deepcopy(BEFORE)
    after["paths"]["/users/{user}"] = after["paths"].pop("/users/{id}")
    assert revisions(opened(BEFORE), opened(after)) == []


def test_recursive_schemas_end() -> None:
    def document(kind: str) -> dict[str, Any]:
        return changed((*SCHEMAS, "Out"), {"type": "object", "properties": {
            "next": {"$ref": "#/components/schemas/Out"}, "x": {"type": kind}}})  # fmt: skip

    found = revisions(opened(document("string")), opened(document("integer")))
    assert 0 < len(found) < 50


@pytest.mark.parametrize(
    ("key", "value"), [("required", True), ("properties", ["a"]), ("allOf", {"a": 1}), ("minLength", "two")]
)
def test_a_schema_that_is_none_stops_no_comparison(key: str, value: Any) -> None:
    after = changed((*SCHEMAS, "Out", "properties", "email", key), value)
    assert [each for each in revisions(opened(BEFORE), opened(after)) if each.breaking] == []


def test_names_stand_between_backticks_that_they_cannot_end() -> None:
    after = changed((*SCHEMAS, "Out", "properties", "a`\n<b>"), {})
    assert "the 200 has `a' <b>` now" in [each.says for each in revisions(opened(BEFORE), opened(after))]
