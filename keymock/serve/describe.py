"""The control plane's description of itself (OpenAPI 3.1), made of its table of routes and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import msgspec

import keymock
from keymock import units
from keymock.serve.shapes import Trouble

_REF = "#/components/schemas/{name}"

ANYWHERE = (400, 401, 403, 408, 413, 415)
"""What the guard and the reading of a request refuse with on every route: a body may be sent to each."""

_REFUSALS = {
    400: "Something of the request is not as it is described, or names what cannot be",
    401: "The token is missing, or another one",
    403: "The Host, the Origin or Sec-Fetch-Site is not one of the control plane's own",
    404: "What the path names is not there",
    408: "The body did not come within its time",
    409: "The server remembers nothing (--no-journal), not enough of it, or something is there already",
    413: "The body is too large",
    415: "The body is not called JSON",
    503: "There are too many sessions already",
    504: "It takes longer than the caller wants to wait",
    507: "There are too many snapshots already",
}

_IN_PATH: Mapping[str, Mapping[str, Any]] = {
    "id": {"type": "integer", "minimum": 0, "maximum": 2**59},
    "name": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
}
"""Path parameters that are more than any text."""


class Described(Protocol):
    """What a row of the table says of itself."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def doc(self) -> str: ...
    @property
    def query(self) -> type[msgspec.Struct]: ...
    @property
    def body(self) -> type[msgspec.Struct] | None: ...
    @property
    def answer(self) -> type[msgspec.Struct] | type[str] | None: ...
    @property
    def bare(self) -> bool: ...
    @property
    def refuses(self) -> tuple[int, ...]: ...


def openapi(routes: Iterable[Described]) -> dict[str, Any]:
    """The document, as JSON values."""
    table = tuple(routes)
    named = (shape for route in table for shape in (route.body, route.answer) if shape is not None)
    shapes = {shape for shape in named if issubclass(shape, msgspec.Struct)} | {Trouble}
    ordered = sorted(shapes, key=lambda shape: shape.__name__)
    _, schemas = msgspec.json.schema_components(ordered, ref_template=_REF, schema_hook=units.schema_hook)
    paths: dict[str, dict[str, Any]] = {}
    for route in table:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "keymock control plane", "version": keymock.__version__},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {str(status): _refusal(status, says) for status, says in _REFUSALS.items()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _operation(route: Described) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": route.doc,
        "operationId": f"{route.method.lower()}{re.sub('[^A-Za-z]', '', route.path.title())}",
        "parameters": [*_in_path(route.path), *_parameters(route.query)],
        "responses": {"200": _answer(route.answer), **_refusals((*ANYWHERE, *route.refuses))},
    }
    if route.body is not None:
        operation["requestBody"] = {"content": {"application/json": _schema(route.body)}, "required": not route.bare}
    return operation


def _in_path(path: str) -> list[dict[str, Any]]:
    names = re.findall(r"\{(\w+)\}", path)
    text = {"type": "string", "minLength": 1}
    return [{"name": name, "in": "path", "required": True, "schema": _IN_PATH.get(name, text)} for name in names]


def _parameters(query: type[msgspec.Struct]) -> list[dict[str, Any]]:
    _, schemas = msgspec.json.schema_components([query], ref_template=_REF)
    shape = schemas[query.__name__]
    required = shape.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": schema}
        for name, schema in shape["properties"].items()
    ]


def _refusals(statuses: Iterable[int]) -> dict[str, Any]:
    return {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)}


def _refusal(status: int, says: str) -> dict[str, Any]:
    told: dict[str, Any] = {"description": says, "content": {"application/problem+json": _schema(Trouble)}}
    if status == 401:
        told["headers"] = {"WWW-Authenticate": {"required": True, "schema": {"const": "Bearer"}}}
    return told


def _answer(shape: type[msgspec.Struct] | type[str] | None) -> dict[str, Any]:
    if shape is None:
        content = {"text/event-stream": {"schema": {"type": "string"}}}
        return {"description": "Events without an end: `event: NAME` and `data: JSON`", "content": content}
    if not issubclass(shape, msgspec.Struct):
        return {"description": "Plain text", "content": {"text/plain": {"schema": {"type": "string"}}}}
    return _json((shape.__doc__ or "").strip(), shape)


def _json(description: str, shape: type[msgspec.Struct]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": _schema(shape)}}


def _schema(shape: type[msgspec.Struct]) -> dict[str, Any]:
    return {"schema": {"$ref": _REF.format(name=shape.__name__)}}
