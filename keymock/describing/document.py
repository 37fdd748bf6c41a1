"""Mocks → an OpenAPI 3.1 document: paths, parameters, bodies, responses with examples, credentials.

Mocks of one method and one path are one operation, whatever tells them apart. The order of everything follows from
the mocks alone, so that the same mocks make the same document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from keymock.describing.answering import NOTHING, Answered, answers_of, of_resource, reason
from keymock.describing.asking import JSON, Asked, Scheme, asked_by, bodies_of, schemes_of, titled
from keymock.describing.exchanges import Exchange, template_of, text_schema
from keymock.describing.inferring import Schema, Unknown, one_of, schema_of
from keymock.describing.paths import PathParameter, Template, Untold, template
from keymock.exchange import NOT_JSON
from keymock.index import ANY, Route
from keymock.index.resource import prototype

VERSION = "3.1.0"
METHODS = ("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE")
"""The methods that OpenAPI 3.1 has words for, in its own order."""
_ALL = ("GET", "POST", "PUT", "PATCH", "DELETE")
MOST_EXAMPLES = 10
"""Examples of one content type of one response."""


class Described(NamedTuple):
    """A document, and the mocks of which it says nothing, or not all, each with why."""

    document: dict[str, Any]
    notes: tuple[tuple[str, str], ...]


class Mounted(NamedTuple):
    """A mock, and where the mocks of its project begin."""

    route: Route
    mount: str = ""


def described(
    mocks: Iterable[Mounted], title: str, servers: Sequence[Mapping[str, str]], seen: Iterable[Exchange] = ()
) -> Described:
    """The document of mocks, with what was `seen` of them, and of the real API behind them, laid in."""
    describing = _Describing()
    for mock in sorted(mocks, key=lambda each: each.route.id):
        describing.add(mock)
    for exchange in seen:
        describing.learn(exchange)
    return Described(describing.document(title, servers), tuple(describing.notes))


class _Operation:
    """What is gathered of one operation until it is written down."""

    def __init__(self, path: Template, method: str) -> None:
        self.path = path
        self.method = method
        self.routes: list[Route] = []
        self.path_schemas: list[list[Schema]] = [[] for _ in path.parameters]
        self.asked: list[tuple[int, Asked]] = []
        """With the number of the mock that asks."""
        self.bodies: dict[str, list[Schema]] = {}
        self.needs_body: list[bool] = []
        self.values: list[Any] = []
        self.credentials: list[list[Scheme]] = []
        self.answers: list[tuple[str, Answered]] = []
        """With the name of whoever answers."""
        self.seen: dict[str, list[str]] = {}


class _Describing:
    def __init__(self) -> None:
        self.operations: dict[tuple[str, str], _Operation] = {}
        self.paths: dict[str, Template] = {}
        self.notes: list[tuple[str, str]] = []
        self.of_mock: dict[str, list[_Operation]] = {}

    # ---- gathering -----------------------------------------------------------------------------------------------

    def add(self, mock: Mounted) -> None:
        route = mock.route
        why = _untold(route)
        if why:
            self.notes.append((route.id, why))
            return
        for each in route.conditions:
            if each.where in ("host", "scheme", "client", "state", "query_only"):
                self.notes.append((route.id, f"that it asks for {_SAID[each.where]} is not said"))
        for pattern in route.patterns:
            try:
                path = template(pattern, mock.mount)
            except Untold as no:
                self.notes.append((route.id, str(no)))
                continue
            for method in self._methods(route):
                self._take(self._operation(path, method), path, route, method)

    def _methods(self, route: Route) -> list[str]:
        given = _ALL if ANY in route.methods else route.methods
        for method in given:
            if method not in METHODS:
                self.notes.append((route.id, f"OpenAPI has no method {method}"))
        known = [method for method in given if method in METHODS]
        if route.resource is not None:
            return [method for method in known if method in _ALL]
        return known

    def _operation(self, path: Template, method: str) -> _Operation:
        shown = self.paths.setdefault(path.shape, path)
        key = (shown.path, method)
        if key not in self.operations:
            self.operations[key] = _Operation(shown, method)
        return self.operations[key]

    def _take(self, operation: _Operation, path: Template, route: Route, method: str) -> None:
        number = len(operation.routes)
        operation.routes.append(route)
        self.of_mock.setdefault(route.id, []).append(operation)
        for schemas, parameter in zip(operation.path_schemas, path.parameters, strict=True):
            schemas.append(parameter.schema)
        own = {
            parameter.name: shown.name
            for parameter, shown in zip(path.parameters, operation.path.parameters, strict=True)
        }
        for asked in asked_by(route):
            operation.asked.append((number, asked._replace(name=own.get(asked.name, asked.name))
                                    if asked.place == "path" else asked))  # fmt: skip
        bodies, needed = bodies_of(route)
        for kind, schema in bodies.items():
            operation.bodies.setdefault(kind, []).append(schema)
        operation.needs_body.append(needed)
        operation.credentials.append(schemes_of(route))
        name = route.id.rpartition("/mocks/")[2] or route.id
        if route.resource is None:
            operation.answers += [(name, answer) for answer in answers_of(route)]
            return
        records = list(prototype(route.resource))
        operation.answers += [(name, answer) for answer in of_resource(route.resource, method, records)]
        if method in ("POST", "PUT", "PATCH"):
            operation.values += records
            operation.needs_body[-1] = True

    def learn(self, exchange: Exchange) -> None:
        """What an exchange says: of the operation of its mock, else of one of its own."""
        if exchange.method not in METHODS:
            return
        found = [each for each in self.of_mock.get(exchange.mock, ()) if each.method == exchange.method]
        if exchange.mock and not found:
            return
        if not found:
            path, names = template_of(exchange.path)
            found = [self._operation(Template(path, tuple(PathParameter(name, {"type": "string"}) for name in names)),
                                     exchange.method)]  # fmt: skip
        operation = found[0]
        operation.answers.append(("", exchange.answer))
        for name, value in exchange.query.items():
            operation.seen.setdefault(name, []).append(value)
        if exchange.body is not NOT_JSON:
            operation.values.append(exchange.body)

    # ---- writing -------------------------------------------------------------------------------------------------

    def document(self, title: str, servers: Sequence[Mapping[str, str]]) -> dict[str, Any]:
        paths: dict[str, Any] = {}
        schemes: dict[str, Mapping[str, str]] = {}
        names: set[str] = set()
        for path, method in sorted(self.operations, key=lambda key: (key[0], METHODS.index(key[1]))):
            operation = self.operations[path, method]
            if not operation.answers:
                continue
            paths.setdefault(path, {})[method.lower()] = _written(operation, names)
            schemes |= {each.name: each.definition for every in operation.credentials for each in every}
        made: dict[str, Any] = {"openapi": VERSION, "info": {"title": title, "version": "1.0.0"}}
        if servers:
            made["servers"] = [dict(server) for server in servers]
        made["paths"] = paths
        if schemes:
            made["components"] = {"securitySchemes": {name: dict(schemes[name]) for name in sorted(schemes)}}
        return made


_SAID = {"host": "a host", "scheme": "http or https", "client": "the caller's address", "state": "a state",
         "query_only": "no other parameters"}  # fmt: skip


def _untold(route: Route) -> str:
    """Why there are no words for a mock at all; empty if there are."""
    if route.websocket is not None:
        return "a WebSocket is no operation of OpenAPI"
    if any(answer.folder is not None for answer in route.answers):
        return "it serves a folder, whose files are no operations"
    return ""


def _written(operation: _Operation, names: set[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"operationId": _name(operation, names)}
    title = next((route.name for route in operation.routes if route.name), "")
    if title:
        made["summary"] = title
    tags = list(dict.fromkeys(tag for route in operation.routes for tag in route.tags))
    if tags:
        made["tags"] = tags
    parameters = [*_path_parameters(operation), *_parameters(operation)]
    if parameters:
        made["parameters"] = parameters
    body = _body(operation)
    if body:
        made["requestBody"] = body
    made["responses"] = _responses(operation.answers)
    if any(operation.credentials):
        required: list[dict[str, list[str]]] = [{each.name: [] for each in every} for every in operation.credentials]
        made["security"] = [each for number, each in enumerate(required) if each not in required[:number]]
    return made


def _name(operation: _Operation, taken: set[str]) -> str:
    """What the operation is called: as its mock is, with as many of its folders as it takes to be the only one."""
    route = operation.routes[0] if operation.routes else None
    if route is None:
        parts = [f"{operation.method} {operation.path.path}"]
    else:
        parts = (route.id.rpartition("/mocks/")[2] or route.id).split("/")
        if route.resource is not None or len(route.methods) > 1 or ANY in route.methods:
            parts[-1] = f"{operation.method} {parts[-1]}"
    names = [_camel(" ".join(parts[at:])) for at in reversed(range(len(parts)))]
    name = next((each for each in names if each not in taken), "")
    number = 2
    while not name or name in taken:
        name, number = f"{names[-1]}{number}", number + 1
    taken.add(name)
    return name


def _camel(text: str) -> str:
    """`users/get-user` → `usersGetUser`."""
    words = [word for word in re.split(r"[^A-Za-z0-9]+", text) if word]
    if not words:
        return "operation"
    head = words[0].lower() if words[0].isupper() else words[0][:1].lower() + words[0][1:]
    return "".join([head, *(word[:1].upper() + word[1:] for word in words[1:])])


def _path_parameters(operation: _Operation) -> list[dict[str, Any]]:
    made = []
    for parameter, schemas in zip(operation.path.parameters, operation.path_schemas, strict=True):
        asked = [each for _, each in operation.asked if each.place == "path" and each.name == parameter.name]
        schema = one_of(schemas or [parameter.schema])
        example = next((each.example for each in asked if each.example is not None), None)
        made.append({
            "name": parameter.name, "in": "path", "required": True, "schema": schema or {"type": "string"},
            **({"example": _fitting(example, schema)} if example is not None else {}),
        })  # fmt: skip
    return made


def _fitting(example: Any, schema: Schema) -> Any:
    """A text as the number that a schema wants."""
    if schema.get("type") == "integer" and isinstance(example, str) and example.lstrip("-").isdecimal():
        return int(example)
    return example


_PLACES = ("query", "header", "cookie")


def _parameters(operation: _Operation) -> list[dict[str, Any]]:
    """What mocks ask for besides the path, and what was seen in queries. Needed is what every mock needs."""
    by_name: dict[tuple[str, str], list[tuple[int, Asked]]] = {}
    for number, asked in operation.asked:
        if asked.place != "path":
            name = asked.name.lower() if asked.place == "header" else asked.name
            by_name.setdefault((asked.place, name), []).append((number, asked))
    made: dict[tuple[str, str], dict[str, Any]] = {}
    for (place, key), every in by_name.items():
        needed = {number for number, asked in every if asked.needed}
        required = len(needed) == len(operation.routes)
        schema = one_of(asked.schema for _, asked in every) or {"type": "string"}
        values = schema.get("enum")
        if not required and isinstance(values, list):
            schema = {name: value for name, value in schema.items() if name != "enum"} | {"examples": values}
        shown = every[0][1].name
        made[place, key] = {"name": shown, "in": place, **({"required": True} if required else {}), "schema": schema}
    for name, texts in operation.seen.items():
        known = made.get(("query", name))
        if known is None:
            made["query", name] = {"name": name, "in": "query", "schema": text_schema(texts)}
    return [made[key] for key in sorted(made, key=lambda key: (_PLACES.index(key[0]), key[1]))]


def _body(operation: _Operation) -> dict[str, Any]:
    content: dict[str, Any] = {kind: {"schema": one_of(schemas)} for kind, schemas in operation.bodies.items()}
    if operation.values:
        inferred = schema_of(operation.values)
        known = content.get(JSON, {}).get("schema")
        content[JSON] = {"schema": _wider(known, inferred) if known else inferred}
    if not content:
        return {}
    needed = bool(operation.needs_body) and all(operation.needs_body)
    return {**({"required": True} if needed else {}), "content": {kind: content[kind] for kind in sorted(content)}}


def _wider(asked: Schema, seen: Schema) -> Schema:
    """What mocks ask for, with the members that requests brought besides."""
    if asked.get("type") != "object" or seen.get("type") != "object":
        return asked
    properties = {**seen.get("properties", {}), **asked.get("properties", {})}
    return {**asked, "properties": properties}


# ---- responses -----------------------------------------------------------------------------------------------------


def _responses(answers: Sequence[tuple[str, Answered]]) -> dict[str, Any]:
    by_status: dict[str, list[tuple[str, Answered]]] = {}
    for name, answer in answers:
        by_status.setdefault(answer.status, []).append((name, answer))
    return {status: _response(status, by_status[status]) for status in sorted(by_status)}


def _response(status: str, answers: Sequence[tuple[str, Answered]]) -> dict[str, Any]:
    made: dict[str, Any] = {"description": reason(status)}
    headers = _headers([answer for _, answer in answers])
    if headers:
        made["headers"] = headers
    content: dict[str, list[tuple[str, Answered]]] = {}
    for name, answer in answers:
        if answer.kind and answer.value is not NOTHING:
            content.setdefault(answer.kind, []).append((name, answer))
    if content:
        made["content"] = {kind: _media(content[kind]) for kind in sorted(content)}
    return made


def _headers(answers: Sequence[Answered]) -> dict[str, Any]:
    names: dict[str, str] = {}
    for answer in answers:
        for name in answer.headers:
            names.setdefault(name.lower(), name)
    made: dict[str, Any] = {}
    for key in sorted(names):
        values = [value for answer in answers for name, value in answer.headers.items() if name.lower() == key]
        texts = [value for value in values if isinstance(value, str)]
        schema = text_schema(texts) if len(texts) == len(values) else {"type": "string"}
        always = all(any(name.lower() == key for name in answer.headers) for answer in answers)
        example: dict[str, Any] = {"example": _fitting(texts[0], schema)} if texts else {}
        if schema == {"type": "boolean"}:
            example = {"example": texts[0] == "true"}
        made[titled(key)] = {**({"required": True} if always else {}), "schema": schema, **example}
    return made


def _media(answers: Sequence[tuple[str, Answered]]) -> dict[str, Any]:
    values = [answer.value for _, answer in answers if answer.value is not NOT_JSON]
    made: dict[str, Any] = {}
    if answers[0][1].json:
        made["schema"] = schema_of(values)
    else:
        unknown = [value.schema for value in values if isinstance(value, Unknown)]
        made["schema"] = one_of([*unknown, *([{"type": "string"}] if len(unknown) < len(values) else [])])
    examples: dict[str, Any] = {}
    for name, answer in answers:
        if not answer.shown or len(examples) >= MOST_EXAMPLES:
            continue
        if any(_same(answer.value, each["value"]) for each in examples.values()):
            continue
        title = answer.name or name.rpartition("/")[2] or "example"
        key = re.sub(r"[^A-Za-z0-9_.-]+", "-", title).strip("-") or "example"
        number, free = 2, key
        while free in examples:
            free, number = f"{key}-{number}", number + 1
        examples[free] = {"value": answer.value}
    if examples:
        made["examples"] = examples
    return made


def _same(one: Any, other: Any) -> bool:
    return msgspec.json.encode(one) == msgspec.json.encode(other)
