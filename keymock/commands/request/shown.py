"""Requests and answers as they are printed; every secret is masked before."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from keymock.commands.invocation import Invocation
from keymock.exchange import NOT_JSON, read_json
from keymock.problems import printable
from keymock.sending import Incoming, Outgoing
from keymock.variables import Mask


def outgoing_json(outgoing: Outgoing, mask: Mask) -> dict[str, Any]:
    """A request for a program."""
    return {
        "method": outgoing.method,
        "url": mask.text(outgoing.url),
        "headers": [[name, mask.text(value)] for name, value in outgoing.headers],
        **_body_json(outgoing.body, mask),
    }


def incoming_json(incoming: Incoming, mask: Mask) -> dict[str, Any]:
    """An answer for a program. `json` is there if the body is that, `body` if it is other text."""
    return {
        "status": incoming.status,
        "reason": incoming.reason,
        "url": mask.text(incoming.url),
        "headers": [[name, mask.text(value)] for name, value in incoming.headers],
        "hops": [{"status": hop.status, "url": mask.text(hop.url)} for hop in incoming.hops],
        "duration_ms": round(incoming.seconds * 1000, 1),
        **_body_json(incoming.body, mask),
    }


def _body_json(body: bytes, mask: Mask) -> dict[str, Any]:
    value = read_json(body)
    if value is not NOT_JSON:
        return {"json": mask.tree(value)}
    text = as_text(body)
    return {"body": mask.text(text)} if text is not None else {"body_bytes": len(body)}


def head(outgoing: Outgoing, mask: Mask) -> Iterator[str]:
    """A request as lines: its first line, headers, and its body after an empty one."""
    yield f"{outgoing.method} {printable(mask.text(outgoing.url))}"
    yield from _headers(outgoing.headers, mask)
    if outgoing.body:
        yield ""
        yield body_text(outgoing.body, mask)


def answer(invocation: Invocation, incoming: Incoming, mask: Mask) -> Iterator[str]:
    """An answer as lines. With `-q` the body alone."""
    if invocation.loudness >= 0:
        paint = invocation.paint
        tint = paint.green if incoming.status < 400 else paint.red
        for hop in incoming.hops:
            yield f"{paint.dim}{hop.status} {printable(mask.text(hop.url))}{paint.plain}"
        status = f"{incoming.status} {incoming.reason}".strip()
        yield f"{tint}{status}{paint.plain}  {incoming.seconds * 1000:.0f} ms"
        yield from _headers(incoming.headers, mask)
        if incoming.body:
            yield ""
    if incoming.body:
        yield body_text(incoming.body, mask)


def body_text(body: bytes, mask: Mask) -> str:
    """A body for a terminal: JSON on lines of its own, no control characters, what is no text by its size."""
    value = read_json(body)
    if value is not NOT_JSON and isinstance(value, dict | list):
        return msgspec.json.format(msgspec.json.encode(mask.tree(value)), indent=2).decode()
    text = as_text(body)
    if text is None:
        return f"({len(body)} bytes that are no text)"
    return "".join(_safe(char) for char in mask.text(text)).rstrip("\n")


def _safe(char: str) -> str:
    return char if char in "\n\t" or unicodedata.category(char)[0] != "C" else printable(char)


def as_text(body: bytes) -> str | None:
    """The body as text; None if it is none."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _headers(headers: Iterable[tuple[str, str]], mask: Mask) -> Iterator[str]:
    for name, value in headers:
        yield f"{printable(name)}: {printable(mask.text(value))}"
