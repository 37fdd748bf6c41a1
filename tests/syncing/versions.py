"""Two versions of a small document, for the tests of what is brought from one to the other."""

from __future__ import annotations

import json
from typing import Any

from keymock import contract

Document = dict[str, Any]


def opened(document: Document) -> contract.Contract:
    made, faults = contract.load("openapi.yaml", lambda _: json.dumps(document).encode())
    assert made is not None
    assert faults == []
    return made


def pets(
    schema: Any,
    example: Any = None,
    *,
    path: str = "/pets/{id}",
    name: str = "getPet",
    status: str = "200",
    **more: Any,
) -> Document:
    """One operation that answers with one schema, and one example if it is given."""
    media: Document = {"schema": schema} if example is None else {"schema": schema, "example": example}
    operation: Document = {
        "operationId": name, "responses": {status: {"description": "", "content": {"application/json": media}}}, **more,
    }  # fmt: skip
    if not name:
        del operation["operationId"]
    parameters = [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]
    return {"openapi": "3.1.0", "info": {"title": "t", "version": "1"},
            "paths": {path: {"parameters": parameters if "{id}" in path else [], "get": operation}}}  # fmt: skip
