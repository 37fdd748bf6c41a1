"""What mocks ask for, by conditions and guards → parameters, request bodies and credentials of an operation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from keymock import redaction
from keymock.describing.inferring import Schema, one_of
from keymock.describing.matchers import sample_of, takes
from keymock.index import Route
from keymock.match import Condition

PLACES = {"query": "query", "headers": "header", "cookies": "cookie"}
_SAID_ELSEWHERE = frozenset({"accept", "content-type", "authorization", "host", "content-length"})
"""Headers that OpenAPI has other words for."""
_KEYS = ("api-key", "apikey", "api_key", "token", "session", "auth")
"""What names of headers, parameters and cookies that are credentials have in them."""


class Asked(NamedTuple):
    """One thing that one mock asks for. `needed`: the mock answers nothing without it."""

    place: str
    name: str
    schema: Schema
    example: Any
    needed: bool


def asked_by(route: Route) -> Iterator[Asked]:
    """The parameters that a mock looks at, of its request and of its variants; path parameters too."""
    for condition in route.conditions:
        yield from _asked(condition, needed=True)
    for answer in route.answers:
        for condition in answer.conditions:
            yield from _asked(condition, needed=False)
    for condition in guards_of(route):
        if not _credential(condition):
            yield from _asked(condition, needed=True)


def _asked(condition: Condition, *, needed: bool) -> Iterator[Asked]:
    place = "path" if condition.where == "params" else PLACES.get(condition.where, "")
    name = condition.name
    if not place or condition.matcher.get("present") is False or (place == "header" and name in _SAID_ELSEWHERE):
        return
    secret = redaction.is_secret(name)
    schema = without_values(takes(condition.matcher)) if secret else takes(condition.matcher)
    yield Asked(place, titled(name) if place == "header" else name, schema,
                None if secret else sample_of(condition.matcher), needed)  # fmt: skip


def without_values(schema: Schema) -> Schema:
    """A schema that names no values: those of a secret are nobody's business."""
    return {key: value for key, value in schema.items() if key not in ("enum", "examples", "pattern")}


_TITLES = {"etag": "ETag", "www-authenticate": "WWW-Authenticate", "x-request-id": "X-Request-ID"}


def titled(header: str) -> str:
    """`x-api-version` → `X-Api-Version`, as headers are written."""
    return _TITLES.get(header.lower()) or "-".join(word.capitalize() for word in header.split("-"))


def guards_of(route: Route) -> tuple[Condition, ...]:
    """The conditions of a mock's guard; of one with templates, those that its tables spell."""
    barrier = route.barrier
    if barrier is None:
        return ()
    if not barrier.live:
        return barrier.conditions
    tables = msgspec.msgpack.decode(barrier.live)
    found = [
        Condition(where, name.lower() if where == "headers" else name, {"present": True})
        for where in ("headers", "query", "cookies")
        for name in tables.get(where, {})
    ]
    found += [Condition(f"auth.{kind}", "", {}) for kind in tables.get("auth", {})]
    return tuple(found)


# ---- credentials ---------------------------------------------------------------------------------------------------


class Scheme(NamedTuple):
    """A security scheme, and what it is called."""

    name: str
    definition: Mapping[str, str]


def schemes_of(route: Route) -> list[Scheme]:
    """The credentials that a mock wants, all of them together; none if it is open."""
    conditions = [*guards_of(route), *(each for each in route.conditions if each.where.startswith("auth."))]
    found = [made for each in conditions if (made := _credential(each)) is not None]
    return list({each.name: each for each in found}.values())


def _credential(condition: Condition) -> Scheme | None:
    where, name = condition.where, condition.name
    if where == "auth.basic":
        return Scheme("basic", {"type": "http", "scheme": "basic"})
    if where == "auth.bearer" or (where == "headers" and name == "authorization"):
        return Scheme("bearer", {"type": "http", "scheme": "bearer"})
    if where == "auth.jwt":
        return Scheme("jwt", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    if where in PLACES and any(key in name.lower() for key in _KEYS):
        shown = titled(name) if where == "headers" else name
        plain = "".join(char if char.isalnum() or char in "-_." else "-" for char in shown)
        return Scheme(f"{PLACES[where]}-{plain}", {"type": "apiKey", "in": PLACES[where], "name": shown})
    return None


# ---- bodies --------------------------------------------------------------------------------------------------------

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
_KINDS = {
    "body.jsonpath": JSON, "body.pointer": JSON, "body.jsonrpc": JSON, "body.graphql": JSON,
    "body.xml": "application/xml", "body.xpath": "application/xml", "body.text": "text/plain",
}  # fmt: skip


def bodies_of(route: Route) -> tuple[dict[str, Schema], bool]:
    """The schemas of the request bodies that a mock looks at, by content type; and whether it needs one."""
    needed = [each for each in route.conditions if each.where == "form" or each.where.startswith("body.")]
    variants = [
        [each for each in answer.conditions if each.where == "form" or each.where.startswith("body.")]
        for answer in route.answers
    ]
    found: dict[str, list[Schema]] = {}
    for kind, schema in _bodies(needed):
        found.setdefault(kind, []).append(schema)
    for conditions in variants:
        for kind, schema in _bodies(conditions):
            found.setdefault(kind, []).append(_optional(schema))
    if not needed and not any(variants):
        return {}, False
    made = {kind: _together(schemas) for kind, schemas in found.items()}
    return made, bool(needed)


def _optional(schema: Schema) -> Schema:
    """What one variant asks for: without it, another one answers."""
    made = {key: value for key, value in schema.items() if key != "required"}
    if "properties" in made:
        made["properties"] = {name: _optional(each) for name, each in made["properties"].items()}
    return made


def _together(schemas: list[Schema]) -> Schema:
    """Objects that several conditions speak of as one with all their members; only what all name is needed."""
    tables = [
        each for each in schemas if each.get("type") == "object" and each.keys() <= {"type", "properties", "required"}
    ]
    if len(tables) < len(schemas) or len(tables) == 1:
        return one_of(schemas)
    names = list(dict.fromkeys(name for each in tables for name in each.get("properties", {})))
    properties = {
        name: one_of(each["properties"][name] for each in tables if name in each.get("properties", {}))
        for name in names
    }
    always = [name for name in names if all(name in each.get("required", ()) for each in tables)]
    return {"type": "object", "properties": properties, **({"required": always} if always else {})}


def _bodies(conditions: Iterable[Condition]) -> Iterator[tuple[str, Schema]]:
    """The bodies that conditions speak of, which hold together."""
    table: Schema = {}
    fields: dict[str, Schema] = {}
    parts: dict[str, Schema] = {}
    for each in conditions:
        if each.where == "body.json" and each.matcher.get("present") is False:
            table.setdefault("type", "object")
        elif each.where == "body.json":
            _put(table, each.path, _leaf(each.matcher, each.path[-1] if each.path else ""))
        elif each.where == "form":
            fields[each.name] = _open(each.name, takes(each.matcher)) or {"type": "string"}
        elif each.where == "body.parts":
            binary = "filename" in each.matcher or "sha256" in each.matcher
            parts[each.name] = {"type": "string", **({"format": "binary"} if binary else {})}
        elif each.where == "body.schema":
            yield JSON, _alone(each.matcher.get("schema"))
        elif each.where == "body.graphql":
            yield JSON, {"type": "object", "required": ["query"], "properties": {
                "query": {"type": "string"}, "operationName": {"type": ["string", "null"]},
                "variables": {"type": ["object", "null"]}}}  # fmt: skip
        elif each.where == "body.json_equals":
            yield JSON, _leaf(each.matcher)
        elif each.where in _KINDS:
            yield _KINDS[each.where], {"type": "string"} if _KINDS[each.where] == "text/plain" else {}
    for kind, found in ((FORM, fields), ("multipart/form-data", parts)):
        if found:
            yield kind, {"type": "object", "properties": found, "required": list(found)}
    if table:
        yield JSON, table


def _alone(schema: Any) -> Schema:
    """A schema as it can stand inside of a document; one that refers to its own parts cannot, and says nothing."""
    if not isinstance(schema, dict) or b'"$ref"' in msgspec.json.encode(schema):
        return {}
    return {key: value for key, value in schema.items() if key not in ("$schema", "$id")}


def _leaf(node: Mapping[str, Any], name: str = "") -> Schema:
    """The schema of a piece of JSON that a mock asks for; `name` is the member that it is."""
    node = node.get("shape", node)
    if "array" in node:
        return {"type": "array", "items": one_of(map(_leaf, node["array"]))}
    if "object" in node:
        made: Schema = {}
        for key, inner in node["object"].items():
            if inner.get("present") is not False:
                _put(made, (key,), _leaf(inner, key))
        return made or {"type": "object"}
    return _open(name, takes(node))


def _open(name: str, schema: Schema) -> Schema:
    """The values that a mock names are examples, for others fit others; those of secrets are none."""
    if redaction.is_secret(name):
        return without_values(schema)
    examples = {"examples": schema["enum"]} if "enum" in schema else {}
    return {key: value for key, value in schema.items() if key != "enum"} | examples


def _put(table: Schema, path: tuple[str, ...], leaf: Schema) -> None:
    """Puts a schema at the place that keys lead to, objects on the way there."""
    if not path:
        table.update(leaf)
        return
    table.setdefault("type", "object")
    properties = table.setdefault("properties", {})
    needed = table.setdefault("required", [])
    if path[0] not in needed:
        needed.append(path[0])
    _put(properties.setdefault(path[0], {}), path[1:], leaf)
