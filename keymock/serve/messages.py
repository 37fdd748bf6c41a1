"""A reply as the two messages that ASGI sends, checked for what granian cannot send, and as the journal keeps it."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from keymock.exchange import Headers, Reply, Request, problem_reply
from keymock.journal import Sent, Story

Message = dict[str, Any]

MOST_SHARED = 64 * 1024
"""Bytes of an answer that is kept ready and remembered with each exchange: what is longer is remembered cut off."""

_FIELD = re.compile(rb"[!#$%&'*+.^_`|~0-9a-z-]+")
_VALUE = re.compile(rb"[^\x00-\x08\x0a-\x1f\x7f]*")


class Ready(NamedTuple):
    """A reply as two ASGI messages, sent as they are."""

    start: Message
    body: Message
    sent: Sent
    """The same for the journal."""
    delay: float = 0.0
    """Seconds; of a reply that is kept, one too short for anybody to leave meanwhile."""


def as_messages(request: Request, reply: Reply) -> Ready:
    """The reply to this request; one to HEAD says how long the body would be, but of events, which have no length."""
    if request.method == "HEAD" or reply.status in (204, 304):
        headers = list(reply.headers)
        if request.method == "HEAD" and reply.status not in (204, 304) and (reply.body or not reply.stream):
            size = reply.file.size if reply.file is not None else len(reply.body)
            headers.append((b"content-length", b"%d" % size))
        return _messages(reply, headers, b"", b"")
    if reply.file is not None:
        return _messages(reply, [*reply.headers, (b"content-length", b"%d" % reply.file.size)], b"", b"")
    whole = reply.body if not reply.stream else b"".join([part for _, part in reply.stream])
    return _messages(reply, reply.headers, reply.body, whole)


def checked(ready: Ready, reply: Reply) -> Ready:
    """The reply, if granian can send it. A bad status would end the process, so none passes unchecked.

    Headers were checked when their file was loaded; those made since, and those of a reply that is kept, are now.
    """
    known = reply.mock and not reply.rendered and not reply.reusable
    if 200 <= reply.status <= 599 and (known or all(map(_sound, ready.start["headers"]))):
        return ready
    fault = problem_reply(
        500, "unsendable", "The mock's answer cannot be sent", "Its status or a header is not valid HTTP."
    )
    fault.mock, fault.story, fault.operation = reply.mock, reply.story, reply.operation
    return _messages(fault, fault.headers, fault.body, fault.body)


def _sound(header: tuple[bytes, bytes]) -> bool:
    return bool(_FIELD.fullmatch(header[0]) and _VALUE.fullmatch(header[1]))


def _messages(reply: Reply, headers: Headers, body: bytes, whole: bytes) -> Ready:
    """`whole` is what the client gets of a body, which may come in parts."""
    size = len(whole) if reply.file is None else max(reply.file.size, len(whole))
    status = reply.status
    return Ready(
        {"type": "http.response.start", "status": status, "headers": headers},
        {"type": "http.response.body", "body": body, "more_body": False},
        Sent(
            status,
            reply.mock,
            reply.response,
            reply.error,
            headers,
            whole if size <= MOST_SHARED else whole[:MOST_SHARED],
            size,
            reply.story if isinstance(reply.story, Story) else None,
            reply.source,
            reply.violations,
            None,
            reply.operation,
        ),
    )
