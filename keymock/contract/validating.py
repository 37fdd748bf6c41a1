"""A request held against its operation: credentials, content type, parameters, body; all that is wrong at once."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from keymock.contract import bodies
from keymock.contract.document import Contract
from keymock.contract.misread import Misread
from keymock.contract.model import Media, Operation, Parameter, Scheme
from keymock.contract.paths import as_they_came
from keymock.contract.schemas import Direction, Schema
from keymock.contract.styles import MISSING, Misspelt, given
from keymock.contract.types import fits
from keymock.exchange import Request

Part = Literal["security", "path", "query", "header", "cookie", "body", "response"]
PARTS: tuple[Part, ...] = ("security", "path", "query", "header", "cookie", "body", "response")

MOST = 20
"""Violations of one request that are told."""


class Violation(NamedTuple):
    """What is wrong: in which part, where in it (`query.limit`, `body/items/0`), and what. `status` would answer it."""

    part: Part
    where: str
    message: str
    status: int = 422

    @property
    def text(self) -> str:
        """One line."""
        return f"{self.where}: {self.message}"


def violations(
    contract: Contract, operation: Operation, request: Request, params: Mapping[str, str], wanted: Callable[[str], bool]
) -> list[Violation]:
    """What is wrong with a request. `params` are those of the path, `wanted(part)` which parts are looked at.

    A body that was not read is no body.
    """
    found: list[Violation] = []
    for each in _all(contract, operation, request, params, wanted):
        found.append(each)
        if len(found) >= MOST:
            break
    return found


def _all(
    contract: Contract, operation: Operation, request: Request, params: Mapping[str, str], wanted: Callable[[str], bool]
) -> Iterator[Violation]:
    if wanted("security") and operation.security:
        yield from _credentials(operation, request)
    escaped = as_they_came(operation.path, request.raw_path) if b"%" in request.raw_path else {}
    for parameter in operation.parameters:
        part: Part = "query" if parameter.place == "querystring" else parameter.place
        if wanted(part):
            yield from _parameter(contract, parameter, part, request, params, escaped)
    if wanted("body"):
        yield from _body(contract, operation, request)


# ---- credentials ---------------------------------------------------------------------------------------------------


def _credentials(operation: Operation, request: Request) -> Iterator[Violation]:
    if any(_all_brought(every, request) for every in operation.security):
        return
    ways = " or ".join(" and ".join(map(_said, every)) for every in operation.security if every)
    yield Violation("security", "security", f"the request brings no {ways}", 401)


def _all_brought(every: Sequence[Scheme], request: Request) -> bool:
    """Whether a request brings what belongs together. It has one Authorization, so one of those that use it will do."""
    shared = [scheme for scheme in every if scheme.kind in ("basic", "bearer")]
    others = [scheme for scheme in every if scheme not in shared]
    return all(_brought(each, request) for each in others) and (
        not shared or any(_brought(each, request) for each in shared)
    )


def _brought(scheme: Scheme, request: Request) -> bool:
    if scheme.kind == "none":
        return True
    if scheme.kind == "key":
        if scheme.place == "query":
            return any(request.query.get(scheme.name, ()))
        if scheme.place == "cookie":
            return any(request.cookies.get(scheme.name, ()))
        return bool(request.header(scheme.name.lower()))
    kind, _, rest = request.header("authorization").partition(" ")
    if kind.lower() != scheme.kind or not rest.strip():
        return False
    if scheme.kind == "bearer":
        return True
    try:
        return b":" in base64.b64decode(rest.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False


def _said(scheme: Scheme) -> str:
    if scheme.kind == "key":
        return f"{scheme.place} `{scheme.name}`"
    return {"basic": "basic credentials", "bearer": "bearer token"}.get(scheme.kind, scheme.title)


# ---- parameters ----------------------------------------------------------------------------------------------------


def _parameter(
    contract: Contract,
    parameter: Parameter,
    part: Part,
    request: Request,
    params: Mapping[str, str],
    escaped: Mapping[str, str],
) -> Iterator[Violation]:
    schema = schema_of(contract, parameter.schema, "request") if parameter.schema is not None else {}
    where = f"{part}.{parameter.name}"
    try:
        value = given(parameter, schema, request, params, escaped)
    except Misspelt as fault:
        yield Violation(part, where, str(fault))
        return
    if value is MISSING:
        if parameter.required:
            yield Violation(part, where, "it is required, and not there")
        return
    if parameter.may_be_empty and value in ("", []):
        return
    for path, message in contract.objections(parameter.schema, "request", value):
        yield Violation(part, where + path, message)


def schema_of(contract: Contract, spot: Any, direction: Direction) -> Schema:
    """A schema, self-contained."""
    return contract.schemas.bundle(spot, direction)


# ---- bodies --------------------------------------------------------------------------------------------------------


def _body(contract: Contract, operation: Operation, request: Request) -> Iterator[Violation]:
    body = request.body or b""
    if not operation.body:
        return
    if not body:
        if operation.body_required:
            yield Violation("body", "body", "it is required, and not there")
        return
    media = media_for(operation, request.content_type)
    if media is None:
        kinds = ", ".join(each.type for each in operation.body)
        came = f"`{request.content_type}`" if request.content_type else "nothing said"
        yield Violation("body", "header.content-type", f"{came} is none of {kinds}", 415)
        return
    schema = schema_of(contract, media.schema, "request") if media.schema is not None else {}
    try:
        read = bodies.read(media, schema, request.content_type, body, request)
    except (Misread, Misspelt) as fault:
        yield Violation("body", "body", str(fault), 400)
        return
    for where, message in read.wrong:
        yield Violation("body", f"body{where}", message)
    for where, value in read.values if media.schema is not None else ():
        for path, message in contract.objections(media.schema, "request", value):
            yield Violation("body", f"body{where}{path}", message)


def media_for(operation: Operation, content_type: str) -> Media | None:
    """The declared body of a content type: the exact one before a range."""
    fitting = [media for media in operation.body if fits(content_type, media.type)] if content_type else []
    if not content_type:
        return operation.body[0] if len(operation.body) == 1 else None
    return min(fitting, key=lambda media: "*" in media.type, default=None)
