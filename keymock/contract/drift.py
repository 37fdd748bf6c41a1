"""Hand-written mocks held against a contract: what they answer and ask for that the document does not declare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from keymock.contract.document import Contract
from keymock.contract.library import Spot
from keymock.contract.lines import Pointer
from keymock.contract.members import declares, schemas_at, spot_of
from keymock.contract.model import Operation, Parameter
from keymock.contract.replying import Served, wrong_with
from keymock.contract.schemas import Schema
from keymock.contract.styles import coerced, kinds_of
from keymock.contract.types import fits
from keymock.contract.validating import media_for
from keymock.contract.validator import Validator
from keymock.exchange import NOT_JSON, Request, read_json
from keymock.index import ANY, Answer, Route
from keymock.match import Condition
from keymock.pattern import Param, Pattern
from keymock.template import has_template

KeyPath = tuple[str | int, ...]

_SAMPLES = {"": "x", "int": "1", "uuid": "00000000-0000-4000-8000-000000000000"}


class Drift(NamedTuple):
    """One thing that a mock and the document say differently. `where` are the keys in the mock's file that say it."""

    route: Route
    where: KeyPath
    code: str
    message: str
    file: str
    """Of the document, and the way to the part that says otherwise."""
    pointer: Pointer


class Unmocked(NamedTuple):
    """An operation with declared statuses that no hand-written mock gives; `mocked`: whether any mock answers."""

    operation: Operation
    statuses: tuple[str, ...]
    mocked: bool


def drifts(served: Served, routes: Iterable[Route]) -> Iterator[Drift]:
    """Everything in which these mocks and their contract differ. What hangs on a template is not looked at."""
    contract = served.contract
    for route in routes:
        if route.contract or route.resource is not None or route.websocket is not None:
            continue
        found = operations_of(served, route)
        if not found:
            methods = " ".join(route.methods)
            paths = Spot(contract.file, ("paths",), None)
            yield _drift(route, ("request",), "drift-operation",
                         f"the contract has no operation {methods} of this path", paths)  # fmt: skip
            continue
        for operation in found:
            yield from _of_answers(contract, route, operation)
            yield from _of_request(contract, route, operation)


def operations_of(served: Served, route: Route) -> list[Operation]:
    """The operations that a mock answers: the one that it names, else those of its methods and paths."""
    if route.operation:
        return [served.contract.operation(route.operation)] if route.operation in served.contract.stubs else []
    found: dict[str, Operation] = {}
    methods = route.methods if ANY not in route.methods else ("GET", "POST", "PUT", "PATCH", "DELETE")
    for pattern in route.patterns:
        segments = _witness(pattern)
        for method in methods if segments else ():
            request = Request(method, b"/")
            spoken = served.found(request, segments)
            if spoken is not None:
                found[spoken[0].key] = spoken[0]
    return list(found.values())


def _witness(pattern: Pattern) -> tuple[str, ...]:
    """Segments that a pattern matches, as far as that can be told without trying."""
    if pattern.regex or pattern.rest:
        return ()
    return tuple(
        "".join(_SAMPLES.get(part.type, "x") if isinstance(part, Param) else part for part in segment)
        for segment in pattern.segments
    )


def _of_answers(contract: Contract, route: Route, operation: Operation) -> Iterator[Drift]:
    for number, answer in enumerate(route.answers):
        where: KeyPath = ("responses", number) if _several(route) else ("response",)
        yield from _of_answer(contract, route, operation, answer, where)


def _several(route: Route) -> bool:
    return len(route.answers) > 1 or bool(route.answers[0].conditions or route.answers[0].name)


def _of_answer(
    contract: Contract, route: Route, operation: Operation, answer: Answer, where: KeyPath
) -> Iterator[Drift]:
    texts = answer.play.texts
    if answer.play.start is not None:
        return  # the real API's answer, which nobody knows before it comes
    if texts is not None and texts.status:
        return
    body, live = _body(answer)
    live_headers = {name for name, _ in texts.headers} if texts is not None else set()
    headers = [pair for pair in answer.headers if pair[0] not in live_headers]
    for wrong in wrong_with(contract, operation, answer.status, headers, body):
        part, _, rest = wrong.where.removeprefix("response.").partition("/")
        key, _, name = part.partition(".")
        if key == "headers" and name.lower().encode("latin-1", "replace") in live_headers:
            continue
        inner = path_of(f"/{rest}", live) if rest and live is not None else tuple(rest.split("/")) if rest else ()
        if key == "body" and live is not None and _hangs_on_template(live, inner, wrong.message):
            continue
        said = f"{operation.key} {answer.status}: {f'/{rest}: ' if rest else ''}{wrong.message}"
        keys = {"status": ("status",), "headers": ("headers",), "content_type": ("content_type",), "body": ("body",)}
        yield _drift(route, (*where, *keys[key], *inner), _CODES[key], said,
                     _spot(contract, operation, answer, key, inner))  # fmt: skip


_CODES = {"status": "drift-status", "headers": "drift-header", "content_type": "drift-type", "body": "drift-body"}


def _body(answer: Answer) -> tuple[bytes | None, Any]:
    """The body as far as it is known before anybody asks, None if it is not; and the tree of one in JSON."""
    texts = answer.play.texts
    if answer.file is not None or answer.play.events is not None:
        return None, None
    if texts is not None and texts.json:
        tree = msgspec.msgpack.decode(texts.json)
        return msgspec.json.encode(tree), tree
    if texts is not None and (texts.body or texts.json_text):
        tree = read_json((texts.json_text or texts.body).encode())
        return (None, None) if tree is NOT_JSON else (msgspec.json.encode(tree), tree)
    tree = read_json(answer.body) if answer.body else NOT_JSON
    return answer.body, None if tree is NOT_JSON else tree


def path_of(where: str, value: Any) -> KeyPath:
    """`/items/0/name` as the steps that lead there in a value."""
    steps: list[str | int] = []
    for step in where.split("/")[1:]:
        at: str | int = int(step) if isinstance(value, list) and step.isdigit() else step
        steps.append(at)
        try:
            value = value[at]
        except (LookupError, TypeError):
            value = None
    return tuple(steps)


def _hangs_on_template(tree: Any, place: KeyPath, message: str) -> bool:
    """Whether what is said against a place may be otherwise once its templates are filled in."""
    if message.endswith("is a required property") or message.startswith("Additional properties are not allowed"):
        return False
    for step in place:
        try:
            tree = tree[step]
        except (LookupError, TypeError):
            return False
    return _is_live(tree)


def _is_live(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(_is_live, value.values() if isinstance(value, dict) else value))
    return isinstance(value, str) and has_template(value)


def _spot(contract: Contract, operation: Operation, answer: Answer, key: str, place: KeyPath) -> Spot:
    """The part of the document that says otherwise."""
    response = operation.response(answer.status)
    if response is None:
        return operation.spot.child("responses")
    kind = next((value.decode("latin-1") for name, value in answer.headers if name.lower() == b"content-type"), "")
    media = next((each for each in response.content if fits(kind, each.type)), None)
    if key != "body" or media is None or media.schema is None:
        return response.spot
    return spot_of(contract.library, media.schema, place)


# ---- requests ------------------------------------------------------------------------------------------------------


def _of_request(contract: Contract, route: Route, operation: Operation) -> Iterator[Drift]:
    """Parameters, fields and values that a mock asks for and no valid request has."""
    yield from _of_path(contract, route, operation)
    groups: list[tuple[KeyPath, Iterable[Condition]]] = [(("request",), route.conditions)]
    if _several(route):
        groups += [(("responses", number, "when"), each.conditions) for number, each in enumerate(route.answers)]
    for where, conditions in groups:
        for condition in conditions:
            if condition.matcher.get("present") is False:
                continue
            if condition.where == "body.json":
                yield from _of_field(contract, route, operation, condition, where)
            elif condition.where in _PLACES:
                yield from _of_parameter(contract, route, operation, condition, where)


_PLACES = {"query": "query", "headers": "header", "cookies": "cookie"}


def _of_parameter(
    contract: Contract, route: Route, operation: Operation, condition: Condition, where: KeyPath
) -> Iterator[Drift]:
    place, name = _PLACES[condition.where], condition.name
    known = next((each for each in operation.parameters if each.place == place and _called(each) == name), None)
    keys = (*where, condition.where, name)
    if known is not None:
        for message in _wrong_values(contract, known, condition.matcher):
            said = f"{place} `{known.name}` of {operation.key}: {message}"
            yield _drift(route, keys, "drift-request", said, known.spot)
    elif place == "query" and not _takes_any(operation, name):
        said = f"{operation.key} has no query parameter `{name}`"
        yield _drift(route, keys, "drift-request", said, operation.spot)


def _called(parameter: Parameter) -> str:
    return parameter.name.lower() if parameter.place == "header" else parameter.name


def _takes_any(operation: Operation, name: str) -> bool:
    """Whether a query parameter may be part of another one, or a credential."""
    credentials = {scheme.name for every in operation.security for scheme in every if scheme.kind == "key"}
    open_ones = any(
        each.place == "querystring" or each.style == "deepObject" or (each.place == "query" and each.explode)
        for each in operation.parameters
        if each.place == "querystring" or _is_table(each)
    )
    return open_ones or name.lower() in {each.lower() for each in credentials}


def _is_table(parameter: Parameter) -> bool:
    value = parameter.schema.value if parameter.schema is not None else None
    return isinstance(value, dict) and ("properties" in value or value.get("type") == "object" or "$ref" in value)


def _wrong_values(contract: Contract, parameter: Parameter, matcher: Mapping[str, Any]) -> Iterator[str]:
    """What the document says against the values that a mock names for a parameter."""
    if parameter.schema is None or parameter.content:
        return
    schema = contract.schemas.bundle(parameter.schema, "request")
    if kinds_of(schema) & {"array", "object"}:
        return
    for value in _named(matcher):
        wrong = contract.objections(parameter.schema, "request", coerced(value, schema, schema))
        if wrong:
            yield wrong[0][1]


def _named(matcher: Mapping[str, Any]) -> list[str]:
    """The texts that a matcher takes and nothing else, where it names them."""
    if matcher.keys() == {"equals"}:
        return [matcher["equals"]] if isinstance(matcher["equals"], str) else []
    if matcher.keys() == {"one_of"}:
        return [each for each in matcher["one_of"] if isinstance(each, str)]
    return []


def _of_path(contract: Contract, route: Route, operation: Operation) -> Iterator[Drift]:
    """Parts of a path that a mock spells, and conditions on its parameters, where the document has a parameter."""
    parameters = {each.name: each for each in operation.parameters if each.place == "path"}
    told: set[str] = set()
    declared = operation.path.split("/")[1:]
    for pattern in route.patterns:
        segments = pattern.segments[-len(declared) :]
        if pattern.regex or pattern.rest or len(segments) < len(declared):
            continue
        for segment, wanted in zip(segments, declared, strict=True):
            known = parameters.get(wanted[1:-1]) if wanted.startswith("{") and wanted.endswith("}") else None
            if known is None or len(segment) != 1:
                continue
            part = segment[0]
            matcher: Mapping[str, Any] = {"equals": part}
            keys: KeyPath = ("request", "path")
            if isinstance(part, Param):
                matcher = next((each.matcher for each in route.conditions
                                if each.where == "params" and each.name == part.name), {})  # fmt: skip
                keys = ("request", "params", part.name)
            for message in _wrong_values(contract, known, matcher):
                said = f"path `{known.name}` of {operation.key}: {message}"
                if said not in told:
                    told.add(said)
                    yield _drift(route, keys, "drift-request", said, known.spot)


def _of_field(
    contract: Contract, route: Route, operation: Operation, condition: Condition, where: KeyPath
) -> Iterator[Drift]:
    """A member of a JSON body that no valid request has, or not with that value."""
    media = media_for(operation, "application/json")
    if media is None or media.schema is None or not condition.path:
        return
    root = contract.schemas.bundle(media.schema, "request")
    keys = (*where, "body", "json", *condition.path)
    for depth in range(1, len(condition.path) + 1):
        if not declares(root, condition.path[:depth]):
            field = ".".join(condition.path[:depth])
            said = f"the body of {operation.key} has no field `{field}`"
            yield _drift(route, keys, "drift-request", said, spot_of(contract.library, media.schema, condition.path))
            return
    if condition.matcher.keys() != {"equals"}:
        return
    value = condition.matcher["equals"]
    wrong = [_objection(schema, root, value) for schema in schemas_at(root, condition.path)]
    if wrong and all(wrong):
        said = f"the field `{'.'.join(condition.path)}` of {operation.key}: {wrong[0]}"
        yield _drift(route, keys, "drift-request", said, spot_of(contract.library, media.schema, condition.path))


def _objection(schema: Any, root: Schema, value: Any) -> str:
    """The first thing that a part of a schema says against a value; empty if it allows it."""
    if not isinstance(schema, dict):
        return ""
    found = Validator({**schema, "$defs": root.get("$defs", {})}).objections(value)
    return found[0][1] if found else ""


def _drift(route: Route, where: KeyPath, code: str, message: str, spot: Spot) -> Drift:
    return Drift(route, where, code, message, spot.file, spot.pointer)


# ---- what has no mock ----------------------------------------------------------------------------------------------


def unmocked(served: Served, routes: Iterable[Route]) -> Iterator[Unmocked]:
    """What the contract declares and no hand-written mock gives, in the document's order."""
    given: dict[str, set[int]] = {}
    for route in routes:
        if not route.contract and route.resource is None:
            for operation in operations_of(served, route):
                given.setdefault(operation.key, set()).update(answer.status for answer in route.answers)
    for stub in served.contract.outline.stubs:
        operation = served.contract.operation(stub.key)
        statuses = given.get(stub.key, set())
        left = tuple(each.status for each in operation.responses if not _covers(each.status, statuses))
        if left:
            yield Unmocked(operation, left, bool(statuses))


def _covers(declared: str, statuses: set[int]) -> bool:
    if declared == "default":
        return bool(statuses)
    return any(str(status) == declared or f"{status // 100}XX" == declared for status in statuses)
