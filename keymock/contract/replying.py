"""A request to an operation → the reply of its contract, or what is wrong with the request; and what is wrong with a
mock's own answer to it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Protocol

import msgspec

from keymock.contract import bodies
from keymock.contract.answering import (
    Answering,
    Made,
    NotAcceptable,
    Streams,
    has_pairs,
    paired,
    pairs_by_body,
    refusal,
    usual,
)
from keymock.contract.callbacks import Callback, by_body, callbacks, calls
from keymock.contract.document import Contract
from keymock.contract.expressions import Told
from keymock.contract.links import Links
from keymock.contract.misread import Misread
from keymock.contract.model import Header, Operation
from keymock.contract.paths import bases_of, by_name, patterns
from keymock.contract.rules import Rules
from keymock.contract.styles import MISSING, Misspelt, coerced, given, kinds_of
from keymock.contract.types import bare, fits
from keymock.contract.validating import Part, Violation, violations
from keymock.contract.validator import Objection
from keymock.exchange import NOT_JSON, Call, Headers, Reply, Request, problem_reply
from keymock.index import Cors, Route, Table

_BLANK = Route("", "", 0, "", "", "project", (), (), 0, (), 0, (), Cors())

HEADER = b"x-keymock-violations"
LONGEST = 1_000
"""Characters of the header that tells of violations."""

_OF_LINE: frozenset[Part] = frozenset({"path", "query"})
"""Parts of a request that its first line holds."""


class Wanted(Protocol):
    """What a caller asked for by `Prefer`; `preference.Wish` is one."""

    @property
    def code(self) -> int | None: ...
    @property
    def example(self) -> str: ...
    @property
    def dynamic(self) -> bool: ...


class Checked(msgspec.Struct, frozen=True):
    """An operation that a request is for, and what is wrong with the request: what is told, and what is refused."""

    operation: Operation
    told: tuple[Violation, ...] = ()
    refused: tuple[Violation, ...] = ()


class Served:
    """A contract in a project: its rules, and its operations by path. `open` gives it, when the first request comes."""

    def __init__(
        self, open_now: Callable[[], Contract | None], rules: Rules, base_path: str = "", name: str = ""
    ) -> None:
        self._open = open_now
        self.name = name
        """The id of the contract, `projects/shop/openapi.yaml`."""
        self.rules = rules
        self.base_path = base_path
        self._rules = {"": rules}
        self._by_line: dict[tuple[str, str], bool] = {}
        self._callbacks: dict[str, tuple[Callback, ...]] = {}

    @cached_property
    def contract(self) -> Contract:
        """The document, opened. One whose first reading failed is never served."""
        found = self._open()
        if found is None:
            raise LookupError("the contract cannot be read")
        return found

    @cached_property
    def answering(self) -> Answering:
        """Its answers."""
        return Answering(self.contract)

    @cached_property
    def links(self) -> Links:
        """What its links say about its answers."""
        return Links(self.contract)

    def callbacks(self, operation: Operation) -> tuple[Callback, ...]:
        """What an operation sends after its answer."""
        known = self._callbacks.get(operation.key)
        if known is None:
            known = self._callbacks[operation.key] = callbacks(self.contract, operation)
        return known

    def calls(
        self, operation: Operation, made: Reply, request: Request, params: Mapping[str, str], mock: str
    ) -> tuple[Call, ...]:
        """The callbacks that follow an answer of the contract; none after one that is no success."""
        found = self.callbacks(operation)
        if not found or not 200 <= made.status <= 299 or made.error or made.fault or request.method == "HEAD":
            return ()
        query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
        url = f"{base_of(request).removesuffix(request.mount)}{request.raw_path.decode('latin-1')}{query}"
        told = Told(request, url, params, made.status, made.headers, made.body)
        return calls(self.contract, found, told, mock)

    @cached_property
    def _table(self) -> Table:
        """Its operations by path, whether it answers them or not."""
        outline = self.contract.outline
        bases = bases_of(outline.bases, self.base_path)
        return Table(
            msgspec.structs.replace(
                _BLANK, id=stub.key, methods=(stub.method,), patterns=patterns(stub.path, bases), operation=stub.key
            )
            for stub in outline.stubs
        )

    # ---- the request ---------------------------------------------------------------------------------------------

    def found(self, request: Request, segments: tuple[str, ...]) -> tuple[Operation, dict[str, str]] | None:
        """The operation that a request is for, by path and method, with its path parameters."""
        method = request.method
        for candidate in self._table.paths(segments):
            key = candidate.route.operation
            if method in candidate.route.methods or (method == "HEAD" and "GET" in candidate.route.methods):
                operation = self.contract.operation(key)
                return operation, by_name(operation.path, candidate.params(segments) or {})
        return None

    def operation(self, key: str) -> Operation:
        """The operation of a route."""
        return self.contract.operation(key)

    def name_of(self, operation: Operation) -> str:
        """`projects/shop/openapi.yaml#getUser`, as the contract's own mock of it is called."""
        return f"{self.name}#{operation.id}"

    def operations(self) -> Iterator[Operation]:
        """Every operation that it declares."""
        return (self.contract.operation(stub.key) for stub in self.contract.outline.stubs)

    def rules_of(self, said: str) -> Rules:
        """The rules where the folders of a mock say how strictly the contract is kept (`Route.validate`)."""
        known = self._rules.get(said)
        if known is None:
            known = self._rules[said] = self.rules.beneath(said)
        return known

    def wants_body(self, operation: Operation, rules: Rules) -> bool:
        """Whether the body has a say in the answer, or in whether the request is right."""
        if by_body(self.callbacks(operation)):
            return True
        if not operation.body:
            return False
        return rules.mode("body", operation.id) != "off" or pairs_by_body(operation)

    def check(self, operation: Operation, request: Request, params: Mapping[str, str], rules: Rules) -> Checked:
        """Holds a request against its operation. A body that was not read is not looked at."""
        modes = rules.modes(operation.id) if request.body is not None else {**rules.modes(operation.id), "body": "off"}
        found = violations(self.contract, operation, request, params, lambda part: modes[part] != "off")  # type: ignore[index]
        return Checked(operation, tuple(found), tuple(each for each in found if modes[each.part] == "enforce"))

    def by_line(self, operation: Operation, said: str = "") -> bool:
        """Whether nothing but the request's first line and its Accept has a part in the answer."""
        known = self._by_line.get((operation.key, said))
        if known is None:
            known = self._by_line[operation.key, said] = not self._reads_more(operation, self.rules_of(said))
        return known

    def _reads_more(self, operation: Operation, rules: Rules) -> bool:
        modes = rules.modes(operation.id)
        if operation.body and (modes["body"] != "off" or pairs_by_body(operation)):
            return True
        if (operation.security and modes["security"] != "off") or self.callbacks(operation):
            return True
        placed = (parameter.place for parameter in operation.parameters)
        if any(place in ("header", "cookie") and modes[place] != "off" for place in placed):
            return True
        return has_pairs(operation) and any(
            each.examples for each in operation.parameters if each.place in ("header", "cookie")
        )

    # ---- the answer ----------------------------------------------------------------------------------------------

    def answer(
        self, operation: Operation, request: Request, params: Mapping[str, str], streams: Streams, wish: Wanted | None
    ) -> Made | Reply:
        """The contract's own answer, or the problem that stands in its place. `wish` is what the caller asked for."""
        status, response = usual(operation)
        applied = b""
        if wish is not None and wish.code is not None:
            status, response = wish.code, operation.response(wish.code)
            if response is None:
                return Made(status, [(b"x-keymock-error", b"no-variant")], b"")
            applied = b"code=%d" % status
        example = wish.example if wish is not None else ""
        if not example and has_pairs(operation):
            example = self._paired(operation, response, request, params)
        drawn = streams if wish is not None and wish.dynamic else None
        try:
            made = self.answering.answer(operation, status, response, request.header("accept"), example, drawn)
        except NotAcceptable as no:
            return problem_reply(406, "not-acceptable", "The contract has no such content type", f"It has {no}.")
        if made.problem:
            return problem_reply(501, "no-made-up-answer", "No answer can be made up", made.problem)
        if wish is not None and made.example and wish.example == made.example:
            applied = b"example=" + made.example.encode("utf-8", "replace")
        headers = [*made.headers, (b"preference-applied", applied)] if applied else made.headers
        if not example:
            made = self.links.about(operation, response, made, request, params)
        body = made.body
        if self.rules.rewrite_links and b"://" in body:
            body = self.rewritten(body, base_of(request))
        return made._replace(headers=headers, body=body)

    def _paired(self, operation: Operation, response: Any, request: Request, params: Mapping[str, str]) -> str:
        values = {}
        for each in operation.parameters:
            schema = self.contract.schemas.bundle(each.schema, "request") if each.schema else {}
            with contextlib.suppress(Misspelt):
                value = given(each, schema, request, params) if each.examples else MISSING
                if value is not MISSING:
                    values[f"{each.place}.{each.name}"] = value
        body = request.json if request.body else NOT_JSON
        if body is NOT_JSON and request.body:
            body = {name: each[0] for name, each in request.form.items()} or request.text
        return paired(operation, response, values, body, request.content_type)

    def rewritten(self, body: bytes, base: str) -> bytes:
        """Absolute links to the document's own servers lead to the mock instead; SDKs follow them."""
        for server, path in self._servers:
            for spelled in (server, server.replace("/", "\\/")):
                wanted = base + path if spelled == server else (base + path).replace("/", "\\/")
                if spelled.encode() in body:
                    body = _at_ends(body, spelled.encode(), wanted.encode())
        return body

    @property
    def _servers(self) -> list[tuple[str, str]]:
        """The absolute addresses, longest first, each with its own path: beneath that the operations answer too."""
        found = []
        for server in self.contract.outline.servers:
            path = server.partition("://")[2].partition("/")[2]
            found.append((server, f"/{path}" if path else ""))
        return sorted(found, key=lambda pair: -len(pair[0]))

    def refused(self, checked: Checked, request: Request) -> Reply:
        """The answer to a request that is wrong, as declared, else a problem that lists what is wrong."""
        first = min(checked.refused, key=lambda each: _ORDER[each.status])
        statuses = _DECLARED[first.status]
        declared = refusal(checked.operation, statuses)
        if declared is not None:
            try:
                made = self.answering.answer(checked.operation, *declared, request.header("accept"))
            except NotAcceptable:
                made = None
            if made is not None and not made.problem:
                headers = [*made.headers, (b"x-keymock-error", b"invalid-request"), told_by(checked.refused)]
                return Reply(made.status, headers, made.body, error="invalid-request", rendered=True)
        status = statuses[0]
        reply = problem_reply(
            status, "invalid-request", _TITLES[status], checked.operation.key,
            violations=[{"in": each.part, "where": each.where, "message": each.message} for each in checked.refused],
        )  # fmt: skip
        reply.headers.append(told_by(checked.refused))
        reply.rendered = True
        return reply

    # ---- a mock's own answer -------------------------------------------------------------------------------------

    def answered(self, operation: Operation, reply: Reply) -> list[Violation]:
        """What is wrong with an answer that a mock gave, or the real service. Only bodies in memory are looked at."""
        return wrong_with(self.contract, operation, reply.status, reply.headers, None if reply.file else reply.body)


def wrong_with(
    contract: Contract, operation: Operation, status: int, headers: Headers, body: bytes | None
) -> list[Violation]:
    """What an operation's document says against an answer: status, content type, body, headers."""
    response = operation.response(status)
    if response is None:
        if not any(each.status[0] != "1" for each in operation.responses):
            return []  # who declares no answer at all says nothing about answers
        known = ", ".join(each.status for each in operation.responses)
        return [Violation("response", "response.status", f"{status} is not declared: {known} is")]
    found: list[Violation] = []
    sent = {name.lower(): value for name, value in headers}
    for header in response.headers:
        value = sent.get(header.name.lower().encode("latin-1", "replace"))
        where = f"response.headers.{header.name}"
        if value is None and header.required:
            found.append(Violation("response", where, "it is required, and not there"))
        elif value is not None:
            wrong = _wrong_header(contract, header, value.decode("utf-8", "replace"))
            found += [Violation("response", where, message) for _, message in wrong]
    if not response.content or body is None:
        return found
    kind = sent.get(b"content-type", b"").decode("latin-1")
    if not kind and not body:
        return found
    media = next((each for each in response.content if fits(kind, each.type)), None)
    if media is None:
        kinds = ", ".join(each.type for each in response.content)
        found.append(Violation("response", "response.content_type", f"`{bare(kind)}` is none of {kinds}"))
        return found
    if media.schema is None:
        return found
    schema = contract.schemas.bundle(media.schema, "response")
    try:
        read = bodies.read(media, schema, kind, body)
    except Misread as fault:
        return [*found, Violation("response", "response.body", str(fault))]
    for where, each in read.values:
        wrong = contract.objections(media.schema, "response", each)
        found += [Violation("response", f"response.body{where}{path}", message) for path, message in wrong]
    return found


def _wrong_header(contract: Contract, header: Header, text: str) -> list[Objection]:
    """What a document says against the value of a header; lists and tables in a header are not looked into."""
    if header.schema is None or header.content:
        return []
    schema = contract.schemas.bundle(header.schema, "response")
    if kinds_of(schema) & {"array", "object"}:
        return []
    return contract.objections(header.schema, "response", coerced(text, schema, schema))


def told_by(found: Iterable[Violation]) -> tuple[bytes, bytes]:
    """The header that tells of violations, in plain letters and of bounded length."""
    text = "; ".join(each.text for each in found)
    text = "".join(char if " " <= char <= "~" else "?" for char in text)
    return HEADER, (text if len(text) <= LONGEST else text[: LONGEST - 3] + "...").encode()


def base_of(request: Request) -> str:
    """Where the mocks of a request's project begin."""
    host = f"[{request.host}]" if ":" in request.host else request.host
    return f"{request.scheme}://{host}{f':{request.port}' if request.port else ''}{request.mount}"


def _at_ends(body: bytes, address: bytes, wanted: bytes) -> bytes:
    """Replaces an address where it ends there: `https://a.example` is no part of `https://a.example.org`."""
    made, rest = [], body
    while True:
        before, found, rest = rest.partition(address)
        made.append(before)
        if not found:
            return b"".join(made)
        ends = not rest or rest[:1] in b"/?#\"'<> \n\r\t,;)\\"
        made.append(wanted if ends else address)


_ORDER = {401: 0, 415: 1, 422: 2, 400: 3}
_DECLARED = {401: (401, 403), 415: (415, 422, 400), 422: (422, 400), 400: (400, 422)}
_TITLES = {
    401: "The request brings no credentials",
    415: "The operation takes no such content type",
    422: "The request is not what the contract says",
    400: "The request is not what the contract says",
}
