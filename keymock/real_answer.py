"""The real API's answer as a mock wants it: status and headers laid over, its JSON changed, in parts if it is slow."""

from __future__ import annotations

import zlib

import msgspec

from keymock import faults
from keymock.exchange import NOT_JSON, Headers, Laying, Reply, Request, problem_reply, read_json
from keymock.negotiation import compressed
from keymock.reshaping import BadPath, reshaped

MOST = 10 * 1024 * 1024
"""Bytes of a body that is changed, unpacked."""

_NOT_ASKED = frozenset({
    b"accept-encoding", b"if-match", b"if-modified-since", b"if-none-match", b"if-range", b"if-unmodified-since",
    b"range",
})  # fmt: skip
"""What would bring a part of an answer, none of it, or one that cannot be read here."""

_OF_THE_BODY = frozenset({
    b"accept-ranges", b"content-digest", b"content-encoding", b"content-length", b"content-md5", b"digest", b"etag",
    b"repr-digest",
})  # fmt: skip
"""Headers that say something of the bytes as they came."""


class Unreadable(Exception):
    """An answer that cannot be changed as a mock says. `code` and a sentence for the problem that is sent instead."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def asked_for(headers: Headers) -> Headers:
    """The headers of a request whose answer is to be changed: all of it is wanted, as JSON can be read."""
    return [*((name, value) for name, value in headers if name not in _NOT_ASKED), (b"accept-encoding", b"gzip")]


def laid_over(reply: Reply, laying: Laying, status: int, headers: Headers) -> tuple[int, Headers]:
    """Status and headers as they are sent: the mock's own in the place of the real API's."""
    own = {name for name, _ in reply.headers} - {b"vary"} | laying.gone
    return laying.status or status, [*((name, value) for name, value in headers if name not in own), *reply.headers]


def made_of(request: Request, reply: Reply, status: int, headers: Headers, body: bytes) -> Reply:
    """The reply that the real API's whole answer becomes: changed, and late or broken as `reply` says."""
    laying = reply.laying or Laying()
    if laying.reshapes and 200 <= status < 300 and body:
        try:
            body, headers = _reshaped(laying, headers, body)
        except Unreadable as fault:
            return problem(reply, fault, laying.where)
    status, headers = laid_over(reply, laying, status, headers)
    found = msgspec.structs.replace(
        reply, status=status, headers=[pair for pair in headers if pair[0] != b"content-length"], body=body,
        onward=None, laying=None, source="real", rendered=True, reusable=False, by_accept=False,
    )  # fmt: skip
    if laying.reshapes:
        found = compressed(request, found)
    if laying.pace is not None or laying.first_byte:
        found.stream = faults.paced(found.body, laying.pace or faults.AT_ONCE, laying.first_byte)
    return found


def _reshaped(laying: Laying, headers: Headers, body: bytes) -> tuple[bytes, Headers]:
    """The JSON with some places set and others gone, and the headers that still hold. Raises Unreadable."""
    value = read_json(_unpacked(headers, body))
    if value is NOT_JSON:
        kind = next((value.decode("latin-1") for name, value in headers if name == b"content-type"), "no type at all")
        raise Unreadable("not-json", f"only an answer in JSON can be changed by `set` and `remove`, and this is {kind}")
    try:
        changed = msgspec.json.encode(reshaped(value, laying.laid, laying.remove))
    except BadPath as fault:
        raise Unreadable("bad-jsonpath", f"`{fault.key}`: {fault.message}") from None
    return changed, [(name, value) for name, value in headers if name not in _OF_THE_BODY]


def _unpacked(headers: Headers, body: bytes) -> bytes:
    coding = b", ".join(value.strip().lower() for name, value in headers if name == b"content-encoding")
    if coding in (b"", b"identity"):
        return body
    if coding not in (b"gzip", b"x-gzip", b"deflate"):
        raise Unreadable("upstream-encoding", f"it is packed by `{coding.decode('latin-1')}`, which was not asked for")
    try:
        unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
        found = unpacking.decompress(body, MOST)
    except zlib.error as fault:
        raise Unreadable("upstream-encoding", f"it is said to be {coding.decode()}, and is not: {fault}") from None
    if unpacking.unconsumed_tail:
        raise too_large()
    return found


def too_large() -> Unreadable:
    """An answer that is more than can be held to be changed."""
    return Unreadable("upstream-too-large", f"it has more than {MOST // 1024 // 1024} MiB, which is the most to change")


def problem(reply: Reply, fault: Unreadable, where: str) -> Reply:
    """What is sent where the real API's answer cannot be changed as its mock says."""
    project = reply.onward.project if reply.onward is not None else ""
    title = f"The answer of the real API of {project} cannot be changed"
    return problem_reply(502, fault.code, title, str(fault), where=where)
