"""Whether two sets of conditions can hold for one request, and a request that proves it.

Nothing here is clever: conditions that look at the same thing are solved together from the values they name
themselves, the parts are put into one request, and the conditions are asked whether it will do.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec

from keymock.exchange import NOT_JSON, Request
from keymock.match import jsonpath, pointer, shape
from keymock.match.condition import Condition
from keymock.match.member import Samples
from keymock.match.places import compile
from keymock.match.shape import Node, Rules
from keymock.match.solve import Solution, Want, solve, want

Slot = tuple[str, Any]
"""What a condition looks at: conditions with one slot look at the same value."""

_TEXTS = ("params", "query", "headers", "cookies", "form", "host", "scheme", "client", "auth.bearer", "body.text")
_OF_JSON = ("body.json", "body.json_equals", "body.jsonpath", "body.pointer", "body.schema", "body.jsonrpc")
_BOUNDARY = "keymock"


def witness(conditions: Sequence[Condition], now: float = 0.0) -> dict[str, Any] | None:
    """Parts of a request that fulfil all the conditions, or None if none was found.

    Keys, only where needed: `params`, `cookies` (a text by name), `query`, `headers` (a list of texts by name),
    `host`, `scheme`, `client` (texts), `body` (bytes).
    """
    slots = _solved(conditions, now)
    if slots is None:
        return None
    parts = _parts(slots)
    for body, content_type in _bodies(conditions, slots, now):
        tried = {**parts, **({"body": body} if body else {})}
        if content_type and "content-type" not in parts.get("headers", {}):
            tried["headers"] = {**parts.get("headers", {}), "content-type": [content_type]}
        request = request_of(tried, now)
        if all(compile(condition)(request) for condition in conditions):
            return tried
    return None


def overlap(left: Sequence[Condition], right: Sequence[Condition], now: float = 0.0) -> bool | None:
    """True if one request fulfils both (`witness` of the two together shows it), False if none can, None if unknown.

    A request in which one name comes twice, once for each side, does not count.
    """
    both = (*left, *right)
    if impossible(both, now):
        return False
    return True if witness(both, now) is not None else None


def impossible(conditions: Sequence[Condition], now: float = 0.0) -> bool:
    """Whether it is proven that no request fulfils all the conditions."""
    return (
        any(solve(wants, now).impossible for wants in _slots(conditions).values())
        or _scalar_with_keys(conditions)
        or _query_only(conditions)
        or _two_kinds_of_body(conditions)
        or _fixed_body(conditions, now)
    )


def request_of(parts: dict[str, Any], now: float = 0.0, method: str = "POST", path: bytes = b"/") -> Request:
    """The request that a witness describes, for a method and path of the caller's choice."""
    headers = [(name.encode(), text.encode()) for name, texts in parts.get("headers", {}).items() for text in texts]
    if "cookies" in parts:
        line = "; ".join(f"{name}={value}" for name, value in parts["cookies"].items())
        headers.append((b"cookie", line.encode()))
    request = Request(
        method,
        path,
        urlencode(parts.get("query", {}), doseq=True).encode(),
        headers,
        parts.get("body", b""),
        scheme=parts.get("scheme", "http"),
        host=parts.get("host", "localhost"),
        client=parts.get("client", "127.0.0.1"),
    )
    request.params = parts.get("params", {})
    vars(request)["now"] = now
    return request


def _slots(conditions: Sequence[Condition]) -> dict[Slot, list[Want]]:
    found: dict[Slot, list[Want]] = {}
    for condition in conditions:
        for slot, wanted in _wants(condition):
            found.setdefault(slot, []).append(wanted)
    return found


def _wants(condition: Condition) -> Iterator[tuple[Slot, Want]]:
    """What a condition asks of the values it looks at."""
    where, name, matcher = condition.where, condition.name, condition.matcher
    if where in _TEXTS or where == "body.xpath":
        yield (where, name), want(matcher)
    elif where == "body.json":
        yield ("json", condition.path), _json_want(matcher)
    elif where == "body.pointer":
        yield ("json", pointer.tokens(name)), want(matcher, json=True)
    elif where == "body.jsonpath":
        steps = jsonpath.plain(name)
        yield (where, name) if steps is None else ("json", steps), want(matcher, json=True)
    elif where == "auth.basic":
        for key, inner in matcher.items():
            yield (where, key), want(inner)
    elif where == "auth.jwt":
        for claim, inner in matcher.items():
            yield (where, claim), want(inner, json=True)
    elif where == "body.jsonrpc" and "method" in matcher:
        yield (where, "method"), want(matcher["method"], json=True)
    elif where == "body.graphql" and "operation" in matcher:
        yield (where, "operation"), want(matcher["operation"])
    literal = {"body.sha256": "sha256", "body.xml": "tree", "body.graphql": "query"}.get(where)
    if literal in matcher:
        yield (where, literal), want({"equals": matcher[literal]}, json=True)


def _json_want(matcher: dict[str, Any]) -> Want:
    if "shape" not in matcher:
        return want(matcher, json=True)
    rules = Rules(any_order=matcher.get("any_order", False), extra=matcher.get("extra", False))
    example = example_of(matcher["shape"])
    found = () if example is None else (example,)
    return Want(shape.compile(matcher["shape"], rules), Samples(found, _only_one(matcher)), {"type": "array"}, True)


def _only_one(matcher: dict[str, Any]) -> bool:
    """Whether an array is all literals, so that no other array will do."""
    items = matcher["shape"].get("array", ({},))
    literal = all(item.keys() == {"equals"} for item in items)
    return literal and not matcher.get("any_order") and not matcher.get("extra")


def example_of(node: Node, now: float = 0.0) -> tuple[Any, ...] | None:
    """JSON of a shape, `()` if it wants nothing there, or None if no example was found."""
    if "object" in node:
        inside = {key: example_of(field, now) for key, field in node["object"].items()}
        if any(value is None for value in inside.values()):
            return None
        return ({key: value[0] for key, value in inside.items() if value},)
    if "array" in node:
        items = [example_of(item, now) for item in node["array"]]
        return ([item[0] for item in items if item],) if all(items) else None
    return solve([want(node, json=True)], now).found


def _solved(conditions: Sequence[Condition], now: float) -> dict[Slot, tuple[Any, ...]] | None:
    solutions: dict[Slot, Solution] = {slot: solve(wants, now) for slot, wants in _slots(conditions).items()}
    if any(solution.impossible for solution in solutions.values()):
        return None
    return {slot: solution.found for slot, solution in solutions.items() if solution.found is not None}


def _parts(slots: dict[Slot, tuple[Any, ...]]) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    for (where, name), found in slots.items():
        if not found:
            continue
        if where in ("params", "cookies"):
            parts.setdefault(where, {})[name] = found[0]
        elif where in ("query", "headers"):
            parts.setdefault(where, {})[name] = list(found)
        elif where in ("host", "scheme", "client"):
            parts[where] = found[0]
    authorization = _authorization(slots)
    if authorization and "authorization" not in parts.get("headers", {}):
        parts.setdefault("headers", {})["authorization"] = [authorization]
    return parts


def _authorization(slots: dict[Slot, tuple[Any, ...]]) -> str:
    claims = {name: found[0] for (where, name), found in slots.items() if where == "auth.jwt" and found}
    if claims:
        plain = {name: value for name, value in claims.items() if not name.startswith("$")}
        for name, value in claims.items():
            steps = jsonpath.plain(name) if name.startswith("$") else None
            if steps:
                plain = _put(plain, steps, value)
        token = base64.urlsafe_b64encode(msgspec.json.encode(plain)).rstrip(b"=").decode()
        return f"Bearer e30.{token}."
    bearer = slots.get(("auth.bearer", ""))
    if bearer:
        return f"Bearer {bearer[0]}"
    user, password = (slots.get(("auth.basic", key)) for key in ("user", "password"))
    if user or password:
        credentials = f"{user[0] if user else 'user'}:{password[0] if password else ''}"
        return "Basic " + base64.b64encode(credentials.encode()).decode()
    return ""


def _bodies(
    conditions: Sequence[Condition], slots: dict[Slot, tuple[Any, ...]], now: float
) -> Iterator[tuple[bytes, str]]:
    """Bodies that may do, with their content types."""
    by_place = {condition.where: condition for condition in conditions}
    if ("body.text", "") in slots:
        yield "".join(slots["body.text", ""]).encode(), "text/plain"
    if "body.xml" in by_place:
        yield by_place["body.xml"].matcher["text"].encode(), "application/xml"
    fields = {name: found for (where, name), found in slots.items() if where == "form"}
    if fields:
        yield urlencode(fields, doseq=True).encode(), "application/x-www-form-urlencoded"
    if "body.parts" in by_place:
        yield _multipart([condition for condition in conditions if condition.where == "body.parts"], now)
    for value in _json_bodies(by_place, slots, now):
        yield msgspec.json.encode(value), "application/json"
    if not any(condition.where.startswith("body.") for condition in conditions):
        yield b"", ""


def _json_bodies(by_place: dict[str, Condition], slots: dict[Slot, tuple[Any, ...]], now: float) -> Iterator[Any]:
    """JSON that the conditions on it describe: what one of them wants whole, and that with what the others add."""
    value: Any = NOT_JSON
    for make, where in ((_of_equals, "body.json_equals"), (_of_rpc, "body.jsonrpc"), (_of_graphql, "body.graphql")):
        if where in by_place and value is NOT_JSON:
            value = make(by_place[where], slots, now)
    if value is not NOT_JSON:
        yield value
    for (where, path), found in slots.items():
        if where == "json" and found:
            value = _put(value, path, found[0])
    if value is not NOT_JSON:
        yield value
    elif any(where in by_place for where in _OF_JSON):
        yield {}


def _of_equals(condition: Condition, _slots: object, now: float) -> Any:
    example = example_of(condition.matcher["shape"], now)
    return example[0] if example else NOT_JSON


def _of_rpc(condition: Condition, slots: dict[Slot, tuple[Any, ...]], now: float) -> Any:
    method = slots.get(("body.jsonrpc", "method")) or ("method",)
    params = example_of(condition.matcher["params"], now) if "params" in condition.matcher else ()
    return {"jsonrpc": "2.0", "id": 1, "method": method[0], **({"params": params[0]} if params else {})}


def _of_graphql(condition: Condition, slots: dict[Slot, tuple[Any, ...]], now: float) -> Any:
    operation = slots.get(("body.graphql", "operation"))
    query = condition.matcher.get("query") or f"query {operation[0] if operation else ''} {{ __typename }}"
    variables = example_of(condition.matcher["variables"], now) if "variables" in condition.matcher else ()
    named = {"operationName": operation[0]} if operation else {}
    return {"query": query, **named, **({"variables": variables[0]} if variables else {})}


def _multipart(conditions: Sequence[Condition], now: float) -> tuple[bytes, str]:
    pieces = []
    for condition in conditions:
        matcher = condition.matcher
        if not matcher["present"]:
            continue
        filename = _example(matcher.get("filename"), now)
        lines = [f'Content-Disposition: form-data; name="{condition.name}"']
        lines[0] += f'; filename="{filename}"' if filename else ""
        if "content_type" in matcher:
            lines.append(f"Content-Type: {_example(matcher['content_type'], now)}")
        lines.extend(f"{name}: {_example(inner, now)}" for name, inner in matcher.get("headers", {}).items())
        example = example_of(matcher["json"], now) if "json" in matcher else None
        content = msgspec.json.encode(example[0]).decode() if example else _example(matcher.get("text"), now)
        pieces.append("\r\n".join([f"--{_BOUNDARY}", *lines, "", content, ""]))
    return f"{''.join(pieces)}--{_BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={_BOUNDARY}"


def _example(matcher: dict[str, Any] | None, now: float) -> str:
    found = solve([want(matcher)], now).found if matcher else ()
    return str(found[0]) if found else ""


def _put(value: Any, path: tuple[str | int, ...], wanted: Any) -> Any:
    """`value` with `wanted` at a path, objects and arrays made on the way."""
    if not path:
        return wanted
    key, *rest = path
    if isinstance(key, int):
        items = list(value) if isinstance(value, list) else []
        if not 0 <= key <= 100:
            return items
        items.extend([None] * (key + 1 - len(items)))
        items[key] = _put(items[key], tuple(rest), wanted)
        return items
    fields = dict(value) if isinstance(value, dict) else {}
    fields[key] = _put(fields.get(key, NOT_JSON), tuple(rest), wanted)
    return fields


def _scalar_with_keys(conditions: Sequence[Condition]) -> bool:
    """A JSON leaf that is a literal on one side, and an object with keys on the other."""
    leaves = [condition for condition in conditions if condition.where == "body.json"]
    literals = {leaf.path for leaf in leaves if leaf.matcher.keys() == {"equals"}}
    return any(leaf.path[:depth] in literals for leaf in leaves for depth in range(len(leaf.path)))


def _query_only(conditions: Sequence[Condition]) -> bool:
    """A parameter that one side must have and the other does not allow."""
    allowed = [set(c.matcher["names"]) for c in conditions if c.where == "query_only"]
    needed = {c.name for c in conditions if c.where == "query" and not want(c.matcher).test((), 0.0)}
    return any(not needed <= names for names in allowed)


def _two_kinds_of_body(conditions: Sequence[Condition]) -> bool:
    """A form, a multipart body, XML and JSON exclude one another; so do the kinds of credentials."""
    places = {condition.where for condition in conditions}
    bodies = [
        "body.parts" in places,
        "form" in places,
        bool(places & {"body.xml", "body.xpath"}),
        bool(places & set(_OF_JSON)),
    ]
    credentials = ["auth.basic" in places, bool(places & {"auth.bearer", "auth.jwt"})]
    # a body whose content type says form may still be JSON, since JSON is read whatever the type says
    return sum(bodies[:2]) > 1 or sum(bodies[2:]) > 1 or sum(credentials) > 1


def _fixed_body(conditions: Sequence[Condition], now: float) -> bool:
    """One side names the whole body, and the other does not take it."""
    return any(
        not compile(other)(request)
        for condition in conditions
        for request, reads in _fixed(condition, now)
        for other in conditions
        if reads(other)
    )


def _fixed(condition: Condition, now: float) -> Iterator[tuple[Request, Callable[[Condition], bool]]]:
    """The only body that a condition takes, and who can be asked about it."""
    matcher = condition.matcher
    if condition.where == "body.text" and matcher.keys() == {"equals"}:
        whole = request_of({"body": matcher["equals"].encode()}, now)
        yield whole, lambda other: other.where.startswith("body.") and other.where not in ("body.parts", "body.graphql")
    if condition.where == "body.json_equals" and not matcher.get("extra") and not matcher.get("any_order"):
        value = _literal_of(matcher["shape"])
        if value is not NOT_JSON:
            same = request_of({"body": msgspec.json.encode(value)}, now)
            yield same, lambda other: other.where in _OF_JSON


def _literal_of(node: Node) -> Any:
    """The JSON that a shape without matchers is, else NOT_JSON."""
    if "object" in node:
        fields = {key: _literal_of(field) for key, field in node["object"].items()}
        return NOT_JSON if any(value is NOT_JSON for value in fields.values()) else fields
    if "array" in node:
        items = [_literal_of(item) for item in node["array"]]
        return NOT_JSON if any(value is NOT_JSON for value in items) else items
    return node["equals"] if node.keys() == {"equals"} else NOT_JSON
