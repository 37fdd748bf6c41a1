"""A valid request to an operation, made up: for checks of a contract, and for mocks that begin from one."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

from keymock import generate
from keymock.chance import Chance
from keymock.contract.document import Contract
from keymock.contract.model import Media, Operation, Parameter
from keymock.contract.rendering import content_type, rendered
from keymock.contract.types import kind_of
from keymock.contract.writing import written
from keymock.exchange import Request


def asked(contract: Contract, operation: Operation, host: str = "localhost") -> Request:
    """A request with all that is required, and the credentials. Raises ValueError where nothing valid can be made."""
    return _Asking(contract, operation).request(host)


class _Asking:
    def __init__(self, contract: Contract, operation: Operation) -> None:
        self.contract = contract
        self.operation = operation
        self.chance = Chance(0, "", f"request {operation.key}")

    def request(self, host: str) -> Request:
        path = self.operation.path.partition("#")[0].partition("?")[0]
        query: list[str] = []
        headers: list[tuple[bytes, bytes]] = [(b"host", host.encode())]
        cookies: list[str] = []
        for parameter in self.operation.parameters:
            if not parameter.required:
                continue
            pairs = written(parameter, self._value(parameter))
            if parameter.place == "path":
                path = path.replace(f"{{{parameter.name}}}", pairs[0][1] or "x")
            elif parameter.place == "header":
                headers.append((parameter.name.lower().encode(), pairs[0][1].encode()))
            elif parameter.place == "cookie":
                cookies += [f"{name}={value}" for name, value in pairs]
            elif parameter.place == "querystring":
                query.append(pairs[0][1])
            else:
                query += [f"{quote(name, safe='[]')}={value}" for name, value in pairs]
        self._credentials(query, headers, cookies)
        if cookies:
            headers.append((b"cookie", "; ".join(cookies).encode()))
        body = b""
        if self.operation.body:
            media = self.operation.body[0]
            kind = content_type(_exact(media.type))
            headers.append((b"content-type", kind.encode()))
            body = self._body(media, kind)
            headers.append((b"content-length", str(len(body)).encode()))
        raw = quote(path, safe="/%:@!$&'()*+,;=-._~").encode()
        return Request(self.operation.method, raw, "&".join(query).encode(), headers, body, host=host)

    def _value(self, parameter: Parameter) -> Any:
        for example in parameter.examples:
            if not self.contract.objections(parameter.schema, "request", example.value):
                return example.value
        if parameter.schema is None:
            return "x"
        schema = self.contract.schemas.bundle(parameter.schema, "request")
        return generate.sample(schema, self.chance.stream) if schema else "x"

    def _body(self, media: Media, kind: str) -> bytes:
        schema = self.contract.schemas.bundle(media.schema, "request") if media.schema is not None else None
        for example in media.examples:
            if not self.contract.objections(media.schema, "request", example.value):
                return rendered(example.value, kind, schema)
        if schema is None:
            return b"{}" if kind_of(kind) == "json" else b"x"
        return rendered(generate.sample(schema, self.chance.stream), kind, schema, generated=True)

    def _credentials(self, query: list[str], headers: list[tuple[bytes, bytes]], cookies: list[str]) -> None:
        for scheme in self.operation.security[0] if self.operation.security else ():
            if scheme.kind == "basic":
                headers.append((b"authorization", b"Basic " + base64.b64encode(b"user:password")))
            elif scheme.kind == "bearer":
                headers.append((b"authorization", b"Bearer token"))
            elif scheme.kind == "key" and scheme.place == "query":
                query.append(f"{quote(scheme.name)}=key")
            elif scheme.kind == "key" and scheme.place == "cookie":
                cookies.append(f"{scheme.name}=key")
            elif scheme.kind == "key":
                headers.append((scheme.name.lower().encode(), b"key"))


def _exact(declared: str) -> str:
    """A content type that a request can have, for one that may be a range."""
    return {"*/*": "application/json", "application/*": "application/json", "text/*": "text/plain",
            "image/*": "image/png"}.get(declared.partition(";")[0].strip(), declared)  # fmt: skip
