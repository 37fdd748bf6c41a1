"""What is looked at before a request is answered: its size, whom it came for, how long its body is, the body itself."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from keymock.exchange import Headers, Malformed, Request, split_host

Receive = Callable[[], Awaitable[dict[str, Any]]]

MAX_URL = 8 * 1024
MAX_HEADERS = 100
MAX_HEADER_BYTES = 64 * 1024
BODY_SECONDS = 30.0
IDLE_SECONDS = 10.0
LONGEST_LENGTH = 30
"""Digits of a Content-Length that are read: it is too large by then, and Python refuses thousands of digits."""
MOST_HOSTS = 1_000

Host = tuple[str, int | None]
"""Name and port."""


class Hosts:
    """The names that a request may come for besides loopback ones; None checks no Host at all."""

    def __init__(self, names: frozenset[str] | None) -> None:
        self.names = names
        self._known: dict[bytes, Host] = {}

    def of(self, request: Request, value: bytes | None, version: str) -> Host:
        """The name and port that the request came for by its first Host header. Raises Malformed where it may not.

        An empty one is none: granian puts it in where a request has no Host.
        """
        if not value:
            if version in ("1.0", "1"):
                return "localhost", None
            raise Malformed("there is no Host header")
        if len(request.headers) > 1 and sum([name == b"host" for name, _ in request.headers]) > 1:
            raise Malformed("there are two Host headers")
        return self._known.get(value) or self._read(value)

    def _read(self, value: bytes) -> Host:
        host = split_host(value.decode("latin-1"))
        if self.names is not None and not self._may_come_for(host[0]):
            raise Malformed(
                f"`{host[0]}` is no name of this server: add it to allow_hosts in keymock.toml",
                code="unknown-host", status=421,
            )  # fmt: skip
        if len(self._known) < MOST_HOSTS:
            self._known[value] = host
        return host

    def _may_come_for(self, name: str) -> bool:
        if name in ("localhost", "127.0.0.1", "::1") or name.endswith(".localhost"):
            return True
        return self.names is not None and name in self.names


def check_size(request: Request, size: int) -> None:
    """Raises Malformed for a request line or headers beyond the limits. `size` is that of the headers' values."""
    if len(request.raw_path) + len(request.query_string) > MAX_URL:
        raise Malformed(f"the URL is longer than {MAX_URL} bytes", code="url-too-long", status=414)
    headers = request.headers
    if len(headers) > MAX_HEADERS or size + sum([len(name) for name, _ in headers]) > MAX_HEADER_BYTES:
        raise Malformed("there are too many headers", code="headers-too-large", status=431)


def framing(headers: Headers, most: int) -> tuple[int, bool]:
    """How long the body is said to be, and whether it comes in chunks. Raises Malformed for one too large."""
    length, chunked, sized = 0, False, False
    for name, value in headers:
        if name == b"content-length":
            if not value.isdigit():
                raise Malformed("Content-Length is not a number")
            length, sized = int(value[:LONGEST_LENGTH]), True
            if length > most:
                raise Malformed(f"the body has {length} bytes; {most} are read", code="too-large", status=413)
        elif name == b"transfer-encoding":
            chunked = True
    if chunked and sized:
        raise Malformed("Content-Length beside Transfer-Encoding says two things about one body")
    return length, chunked


async def read_on(receive: Receive, seconds: float) -> None:
    """Reads a body that nobody wants, for a moment: granian ends a connection on which some of it is still to come."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while (await receive()).get("more_body"):
                pass


class Deadlines:
    """Ends readings that take too long; one timer for all of them, for one each costs as much as the reading."""

    def __init__(self) -> None:
        self._open: set[Deadline] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def within(self, seconds: float) -> Deadline:
        """Around what may take so long: TimeoutError if it takes longer."""
        return Deadline(self, asyncio.get_running_loop(), seconds)

    def begin(self, one: Deadline) -> None:
        """Looks at one more."""
        self._open.add(one)
        if self._timer is None or self._loop is not one.loop or one.until < self._timer.when():
            self._look_at(one.until, one.loop)

    def end(self, one: Deadline) -> None:
        """Looks at one less. The timer stays: there will be others."""
        self._open.discard(one)

    def _look_at(self, when: float, loop: asyncio.AbstractEventLoop) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._loop = loop.call_at(when, self._look, loop), loop

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        now = loop.time()
        for one in [one for one in self._open if one.until <= now]:
            self._open.discard(one)
            one.over = True
            one.task.cancel()
        if self._open:
            self._look_at(min(one.until for one in self._open), loop)


class Deadline:
    """One of `Deadlines`. `until` is a moment of the loop's clock, and may be put off."""

    __slots__ = ("_deadlines", "loop", "over", "task", "until")

    def __init__(self, deadlines: Deadlines, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self._deadlines = deadlines
        self.loop = loop
        self.until = loop.time() + seconds
        self.over = False

    def __enter__(self) -> Deadline:
        task = asyncio.current_task()
        if task is None:
            raise AssertionError("only a task can be ended")
        self.task: asyncio.Task[Any] = task
        self._deadlines.begin(self)
        return self

    def __exit__(self, kind: object, fault: object, trace: object) -> None:
        self._deadlines.end(self)
        if self.over and kind is asyncio.CancelledError:
            self.task.uncancel()
            raise TimeoutError


async def read_body(
    receive: Receive, most: int, deadlines: Deadlines, *, whole: float = BODY_SECONDS, idle: float = IDLE_SECONDS
) -> bytes:
    """The whole body. Raises Malformed for one too large, too slow, or cut short.

    granian reports a broken chunk as a disconnect, so a disconnect in the middle is a malformed body.
    """
    parts: list[bytes] = []
    size = 0
    try:
        with deadlines.within(min(idle, whole)) as patience:
            clock = patience.loop.time
            end = patience.until - min(idle, whole) + whole
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Malformed("the body ended before it was whole")
                part = message.get("body", b"")
                size += len(part)
                if size > most:
                    raise Malformed(f"the body has more than {most} bytes", code="too-large", status=413)
                parts.append(part)
                if not message.get("more_body", False):
                    return parts[0] if len(parts) == 1 else b"".join(parts)
                patience.until = min(end, clock() + idle)
    except TimeoutError:
        raise Malformed("the body took too long", code="timeout", status=408) from None
