from __future__ import annotations

from typing import Any

from files import OK, api, operation, reader

from keymock import contract


def test_parameters_of_path_and_operation_and_what_they_say_by_default() -> None:
    document = api({"/a/{id}": {
        "parameters": [{"name": "id", "in": "path", "schema": {"type": "string"}},
                       {"name": "q", "in": "query", "schema": {"type": "string"}}],
        "get": {"responses": OK, "parameters": [
            {"name": "q", "in": "query", "required": True, "style": "pipeDelimited", "schema": {"type": "array"}},
            {"name": "Accept", "in": "header"},
            {"name": "X-A", "in": "header", "content": {"application/json": {"schema": {"type": "object"}}}},
        ]},
    }})  # fmt: skip
    found = operation(document, "GET /a/{id}").parameters
    assert [(each.name, each.place, each.required, each.style, each.explode, each.content) for each in found] == [
        ("id", "path", True, "simple", False, ""),
        ("q", "query", True, "pipeDelimited", False, ""),
        ("X-A", "header", False, "simple", False, "application/json"),
    ]


def test_bodies_responses_headers_and_examples() -> None:
    document = api({"/a": {"post": {
        "requestBody": {"required": True, "content": {"application/json": {
            "schema": True, "examples": {"one": {"value": 1}}, "example": 2}}},
        "responses": {
            "2xx": {"description": "", "headers": {"X-N": {"required": True, "schema": {"type": "integer"}},
                                                   "Content-Type": {}}},
            "default": {"$ref": "#/components/responses/E"},
        },
    }}}, components={"responses": {"E": {"description": "", "content": {"text/plain": {}}}}})  # fmt: skip
    found = operation(document, "POST /a")
    assert found.body_required
    assert [(each.name, each.value) for each in found.body[0].examples] == [("one", 1), ("", 2)]
    assert [each.status for each in found.responses] == ["2XX", "default"]
    assert [(each.name, each.required) for each in found.responses[0].headers] == [("X-N", True)]
    assert found.responses[1].content[0].type == "text/plain"
    assert found.response(204) is found.responses[0]
    assert found.response(500) is found.responses[1]


def test_swagger_2_comes_to_the_same_shape() -> None:
    document: dict[str, Any] = {
        "swagger": "2.0", "consumes": ["application/json"], "produces": ["application/json", "text/csv"],
        "securityDefinitions": {"b": {"type": "basic"}, "k": {"type": "apiKey", "name": "X-K", "in": "header"}},
        "security": [{"b": []}, {"k": []}],
        "paths": {"/a": {
            "post": {"parameters": [{"name": "body", "in": "body", "required": True, "schema": {"type": "object"}},
                                    {"name": "tags", "in": "query", "type": "array", "collectionFormat": "multi"}],
                     "responses": {200: {"schema": {"type": "string"}, "examples": {"text/csv": "a,b"}}}},
            "put": {"parameters": [{"name": "f", "in": "formData", "type": "file", "required": True}],
                    "responses": OK},
        }},
    }  # fmt: skip
    document["paths"]["/a"]["post"]["responses"] = {"200": document["paths"]["/a"]["post"]["responses"][200]}
    post = operation(document, "POST /a")
    assert (post.body[0].type, post.body_required) == ("application/json", True)
    assert (post.parameters[0].style, post.parameters[0].explode) == ("form", True)
    assert [(each.type, len(each.examples)) for each in post.responses[0].content] == [
        ("application/json", 0), ("text/csv", 1),
    ]  # fmt: skip
    assert [[scheme.kind for scheme in each] for each in post.security] == [["basic"], ["key"]]
    put = operation(document, "PUT /a")
    assert put.body[0].type == "multipart/form-data"
    assert put.body[0].schema is not None
    assert put.body[0].schema.value["required"] == ["f"]


def test_faults_of_an_operation_leave_the_rest() -> None:
    document = api({"/a": {"get": {
        "parameters": [{"in": "query"}, {"name": "x", "in": "nowhere"}, {"$ref": "#/gone"}],
        "responses": {"600": {}, "200": {"$ref": "#/none"}},
        "security": [{"who": []}],
    }}})  # fmt: skip
    made, faults = contract.load("openapi.yaml", reader({"openapi.yaml": document}))
    assert made is not None
    found = made.operation("GET /a")
    assert [each.status for each in found.responses] == ["200"]
    said = " ".join(fault.message for fault in faults)
    for word in ("no name", "in: nowhere", "`600` is no status", "security scheme `who`", "#/gone", "#/none"):
        assert word in said
