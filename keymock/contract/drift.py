"""Hand-written mocks held against a contract: what they answer and ask for that the document does not declare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from keymock.contract.document import Contract
from keymock.contract.library import Spot
from keymock.contract.lines import Pointer
from keymock.contract.model import Operation
from keymock.contract.replying import Served, wrong_with
from keymock.contract.styles import properties_of
from keymock.contract.validating import media_for
from keymock.exchange import Request
from keymock.index import ANY, Answer, Route
from keymock.pattern import Param, Pattern

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
    """Everything in which these mocks and their contract differ. Bodies that are templates are not looked at."""
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
    several = len(route.answers) > 1 or bool(route.answers[0].conditions or route.answers[0].name)
    for number, answer in enumerate(route.answers):
        where: KeyPath = ("responses", number) if several else ("response",)
        yield from _of_answer(contract, route, operation, answer, where)


def _of_answer(
    contract: Contract, route: Route, operation: Operation, answer: Answer, where: KeyPath
) -> Iterator[Drift]:
    texts = answer.play.texts
    made = texts is not None and bool(texts.body or texts.json or texts.json_text)
    if answer.play.start is not None:
        return  # the real API's answer, which nobody knows before it comes
    body = None if made or answer.file is not None or answer.play.events is not None else answer.body
    if texts is not None and texts.status:
        return
    response = operation.response(answer.status)
    spot = response.spot if response is not None else operation.spot.child("responses")
    for wrong in wrong_with(contract, operation, answer.status, list(answer.headers), body):
        part = wrong.where.removeprefix("response.").partition("/")[0]
        inner = wrong.where.removeprefix("response.").removeprefix(part)
        key = part.partition(".")[0]
        code = {"status": "drift-status", "headers": "drift-header", "content_type": "drift-type"}.get(
            key, "drift-body"
        )
        said = f"{operation.key} {answer.status}: {inner + ': ' if inner else ''}{wrong.message}"
        yield _drift(route, (*where, *_keys(key)), code, said, spot)


def _keys(key: str) -> KeyPath:
    return {"status": ("status",), "headers": ("headers",), "content_type": ("headers",)}.get(key, ())


def _of_request(contract: Contract, route: Route, operation: Operation) -> Iterator[Drift]:
    """Parameters and fields that a mock asks for and no valid request has."""
    known = {(each.place, each.name.lower() if each.place == "header" else each.name) for each in operation.parameters}
    keys = {scheme.name.lower() for every in operation.security for scheme in every if scheme.kind == "key"}
    whole = any(each.place == "querystring" or each.style == "deepObject" for each in operation.parameters)
    for condition in route.conditions:
        name = condition.name
        if condition.where == "query" and not whole and ("query", name) not in known and name.lower() not in keys:
            message = f"{operation.key} has no query parameter `{name}`"
            yield _drift(route, ("request", "query", name), "drift-request", message, operation.spot)
        elif condition.where == "body.json" and condition.path:
            media = media_for(operation, "application/json")
            if media is None or media.schema is None:
                continue
            schema = contract.schemas.bundle(media.schema, "request")
            properties = properties_of(schema)
            if properties and condition.path[0] not in properties:
                message = f"the body of {operation.key} has no field `{condition.path[0]}`"
                yield _drift(route, ("request", "body", "json", condition.path[0]), "drift-request", message,
                             media.schema)  # fmt: skip


def _drift(route: Route, where: KeyPath, code: str, message: str, spot: Spot) -> Drift:
    return Drift(route, where, code, message, spot.file, spot.pointer)


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
