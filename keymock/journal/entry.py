"""One exchange as it is remembered: raw, in memory, cheap to make."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from keymock.exchange import Headers, Request, split_host
from keymock.index import Route
from keymock.journal.talk import Talked

MOST_KEPT = 1024 * 1024
"""Bytes of a body that are kept."""


class Story(msgspec.Struct, frozen=True, gc=False):
    """How a mock came to answer as it did. `call` is its number in the session, from 1; 0 where nothing counts calls.

    `before` and `after` are the states of the mock's scenario, empty if it has none; `delay` is in seconds.
    """

    route: Route
    mount: str = ""
    seed: int = 0
    call: int = 0
    before: str = ""
    after: str = ""
    delay: float = 0.0
    fault: str = ""


class Sent(msgspec.Struct, frozen=True, gc=False):
    """What was answered. `mock` is empty for keymock's own answers, whose code is `error`; `size` is the whole body's.

    Answers that are kept share one of these. The collector does not look at it, nor at a `Story`: thousands are held,
    and nothing that they hold leads back to them.
    """

    status: int
    mock: str = ""
    response: str = ""
    error: str = ""
    headers: Headers = []
    body: bytes = b""
    size: int = 0
    story: Story | None = None
    source: str = ""
    """`real` for what the real API answered."""
    violations: tuple[str, ...] = ()
    """What a contract says against the request, or against the answer."""
    talk: Talked | None = None
    """What was said over the WebSocket that it opened."""
    operation: str = ""
    """The operation of a contract that the request was for: `projects/shop/openapi.yaml#getUser`."""


class Entry(NamedTuple):
    """One exchange. `time` is in nanoseconds since the epoch, `duration` in nanoseconds.

    `weight` is about how many bytes it holds that nobody else does. `body` is None if the request had none, or if
    nobody read it; it is cut off at MOST_KEPT.
    """

    id: int
    weight: int
    time: int
    duration: int
    session: str
    method: str
    path: bytes
    query: bytes
    headers: Headers
    sent: Sent
    generation: int
    body: bytes | None = None

    @property
    def unmatched(self) -> bool:
        """Whether no mock answered, though a client may have hoped for one; preflights and OPTIONS are keymock's."""
        return bool(self.sent.error and not self.sent.mock)


def request_of(entry: Entry) -> Request:
    """The request as it was, for the matchers; it has the moment that it came at."""
    host = next((value for name, value in entry.headers if name == b"host"), b"localhost")
    name, port = split_host(host.decode("latin-1"))
    request = Request(entry.method, entry.path, entry.query, entry.headers, entry.body or b"", host=name, port=port)
    request.now = entry.time / 1e9
    return request
