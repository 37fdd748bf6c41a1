from __future__ import annotations

import pytest
from files import OK, api, opened

from keymock.contract.asking import asked
from keymock.contract.paths import by_name
from keymock.contract.validating import violations


def test_a_request_that_was_made_up_is_valid() -> None:
    document = api({"/a/{id}": {"post": {
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
            {"name": "q", "in": "query", "required": True, "schema": {"type": "array", "items": {"enum": ["a b"]}}},
            {"name": "X-A", "in": "header", "required": True, "schema": {"type": "string", "format": "uuid"}},
            {"name": "c", "in": "cookie", "required": True, "example": "d"},
            {"name": "o", "in": "query", "schema": {"type": "string"}},
        ],
        "requestBody": {"content": {"application/json": {"schema": {"type": "object", "required": ["n"],
                        "properties": {"n": {"type": "integer"}}}}}},
        "security": [{"b": [], "k": []}],
        "responses": OK,
    }}}, components={"securitySchemes": {"b": {"type": "http", "scheme": "basic"},
                                         "k": {"type": "apiKey", "in": "query", "name": "key"}}})  # fmt: skip
    contract = opened(document)
    operation = contract.operation("POST /a/{id}")
    request = asked(contract, operation)
    params = by_name(operation.path, {"id": request.segments[1]})
    assert violations(contract, operation, request, params, lambda _: True) == []
    assert request.query["q"] == ["a b"] * len(request.query["q"])
    assert "o" not in request.query


def test_nothing_valid_is_said_so() -> None:
    parameter = {
        "name": "q",
        "in": "query",
        "required": True,
        "schema": {"type": "integer", "minimum": 3, "maximum": 2},
    }
    contract = opened(api({"/a": {"get": {"parameters": [parameter], "responses": OK}}}))
    with pytest.raises(ValueError, match=r".+"):
        asked(contract, contract.operation("GET /a"))
