"""A mock that leans on a contract: `operation` in place of method and path, answers that start `from = "contract"`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from keymock import spec
from keymock.catalog.opened import Opened
from keymock.contract import Contract, Stub
from keymock.contract.answering import Answering, NotAcceptable, usual
from keymock.contract.paths import as_mock, bases_of
from keymock.contract.types import kind_of
from keymock.exchange import NOT_JSON, read_json
from keymock.index import Context
from keymock.index.report import KeyPath, Report
from keymock.problems import did_you_mean
from keymock.reshaping import BadPath, reshaped
from keymock.template import has_template


class Overlaid(NamedTuple):
    """A mock as it is compiled, and the key of its operation, if it names one."""

    mock: spec.Mock
    context: Context
    operation: str = ""


def overlaid(mock: spec.Mock, context: Context, contracts: Sequence[Opened], note: Report) -> Overlaid | None:
    """The mock with method, path and answers of its operation put in; None after a report of an error."""
    opened = [(made, each) for each in contracts if (made := each.contract()) is not None]
    if not opened:
        where: KeyPath = ("operation",) if mock.operation else ("response", "from")
        note(where, "no-contract", "the project has no contract that can be read",
             'name it in project.toml: contract = "openapi.yaml"')  # fmt: skip
        return None
    found = _named(mock, opened, note) if mock.operation else _by_path(mock, context, opened, note)
    if found is None:
        return None
    contract, each, stub = found
    if mock.operation:
        if mock.request.path is not UNSET:
            hint = "leave one of them out"
            note(("request", "path"), "two-paths", "both `operation` and `path` say where the mock answers", hint)
            return None
        bases = bases_of(contract.outline.bases, each.base_path)
        paths = list(dict.fromkeys(base + as_mock(stub.path) for base in bases))
        request = msgspec.structs.replace(mock.request, method=stub.method, path=paths if len(paths) > 1 else paths[0])
        mock = msgspec.structs.replace(mock, request=request)
        context = msgspec.structs.replace(context, base_path="")
    laid = _Laying(contract, stub, note).mock(mock)
    return Overlaid(laid, context, stub.key) if laid is not None else None


JSON_FIRST = "application/json, application/*+json;q=0.9, */*;q=0.5"
"""What an answer that is to be changed is asked for in."""

Found = tuple[Contract, Opened, Stub]


def _named(mock: spec.Mock, opened: Sequence[tuple[Contract, Opened]], note: Report) -> Found | None:
    """The operation that `operation` names: by its id, by method and path, or by its whole id."""
    name = mock.operation
    for contract, each in opened:
        inner = name.removeprefix(f"{each.named.id}#")
        stub = contract.by_id.get(inner) or contract.stubs.get(inner)
        if stub is not None:
            return contract, each, stub
    known = [stub.id for contract, _ in opened for stub in contract.outline.stubs]
    hint = did_you_mean(name, known) or f"there are: {', '.join(known[:8])}{' …' if len(known) > 8 else ''}"
    note(("operation",), "no-such-operation", f"the contract has no operation `{name}`", hint, part="value")
    return None


def _by_path(
    mock: spec.Mock, context: Context, opened: Sequence[tuple[Contract, Opened]], note: Report
) -> Found | None:
    method = mock.request.method if isinstance(mock.request.method, str) else mock.request.method[0]
    for path in _paths(mock, context):
        for contract, each in opened:
            stub = operation_at(contract, each.base_path, method, path)
            if stub is not None:
                return contract, each, stub
    note(("response", "from"), "no-such-operation", "the contract has no operation of this method and path",
         'say which: operation = "…"')  # fmt: skip
    return None


def _paths(mock: spec.Mock, context: Context) -> list[str]:
    path = mock.request.path
    given = [path] if isinstance(path, str) else path if isinstance(path, list) else []
    return [context.base_path.rstrip("/") + each for each in given]


_PARAMETER = re.compile(r"\{[^{}/]+\}|(?<![^/]):[A-Za-z_]\w*(?:<[^/]*>)?")


def operation_at(contract: Contract, base_path: str, method: str, path: str) -> Stub | None:
    """The operation of a method and a mock's path, whatever either calls its parameters."""
    shape = _PARAMETER.sub("{}", path)
    for stub in contract.outline.stubs:
        if stub.method == method:
            ends = _PARAMETER.sub("{}", as_mock(stub.path))
            if any(base + ends == shape for base in bases_of(contract.outline.bases, base_path)):
                return stub
    return None


class _Laying:
    """The answers of a mock that start from those of its operation."""

    def __init__(self, contract: Contract, stub: Stub, note: Report) -> None:
        self.contract = contract
        self.operation = contract.operation(stub.key)
        self.note = note
        self.failed = False

    def mock(self, mock: spec.Mock) -> spec.Mock | None:
        response = mock.response
        if isinstance(response, spec.Response):
            response = self._response(response, ("response",))
        variants = [self._response(each, ("responses", at)) for at, each in enumerate(mock.responses)]
        return None if self.failed else msgspec.structs.replace(mock, response=response, responses=variants)

    def _fail(self, where: KeyPath, code: str, message: str, hint: str = "") -> None:
        self.failed = True
        self.note(where, code, message, hint)

    def _response(self, response: Any, where: KeyPath) -> Any:
        if response.origin != "contract":
            return response
        for key in spec.Response.BODY_KEYS:
            if getattr(response, key) is not UNSET:
                self._fail((*where, key), "two-bodies", f"both `from` and `{key}` say what the body is")
                return response
        status, declared = usual(self.operation)
        if isinstance(response.status, int):
            status, declared = response.status, self.operation.response(response.status)
        if declared is None:
            known = ", ".join(each.status for each in self.operation.responses)
            self._fail((*where, "from"), "no-such-answer", f"the contract declares no {status}: {known or 'nothing'}")
            return response
        try:
            made = Answering(self.contract).answer(self.operation, status, declared, JSON_FIRST)
        except NotAcceptable:
            return response
        if made.problem:
            self._fail((*where, "from"), "no-made-up-answer", made.problem)
            return response
        return self._laid(response, where, made.status, made.headers, made.body)

    def _laid(self, response: Any, where: KeyPath, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> Any:
        texts = {name.decode(): value.decode("utf-8", "replace") for name, value in headers}
        kind = texts.pop("content-type", "")
        own = {name.lower() for name in response.headers}
        changes: dict[str, Any] = {
            "status": status,
            "headers": {**{name: text for name, text in texts.items() if name not in own}, **response.headers},
            "origin": UNSET, "laid": {}, "remove": [],
        }  # fmt: skip
        if kind and response.content_type is UNSET:
            changes["content_type"] = kind
        value = read_json(body) if kind_of(kind) == "json" and body else NOT_JSON
        if value is NOT_JSON:
            if response.laid or response.remove:
                self._fail((*where, "from"), "not-json", "only an answer in JSON can be changed by `set` and `remove`")
            changes["body"] = body.decode("utf-8", "replace")
        else:
            try:
                changes["json"] = reshaped(value, response.laid, response.remove)
            except BadPath as fault:
                self._fail((*where, fault.key, *((fault.path,) if fault.key == "set" else ())), "bad-jsonpath",
                           fault.message)  # fmt: skip
                return response
        live = any(has_template(text) for text in _texts(response.laid))
        if response.template is UNSET and not live and has_template(body.decode("utf-8", "replace")):
            changes["template"] = False  # what the contract says is no template
        return msgspec.structs.replace(response, **changes)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for child in children for text in _texts(child)]
