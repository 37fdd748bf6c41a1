"""Events as they happen, over HTTP (server-sent events): `GET /events` of the control plane."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec

from keymock.exchange import Headers
from keymock.serve.app import Receive, Send

Events = AsyncIterator[dict[str, Any]]

MOST_WAITING = 1_000
"""Events kept for a reader that is slower than they come. The oldest go first, and the reader is told how many."""

HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent, so that nobody in between takes the connection for dead."""


class Waiting:
    """A bounded queue that forgets from its far end, and says so."""

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._events: deque[dict[str, Any]] = deque()
        self._most = most
        self._lost = 0
        self._closed = False
        self._there = asyncio.Event()

    def put(self, event: dict[str, Any]) -> None:
        """Never waits."""
        self._events.append(event)
        if len(self._events) > self._most:
            self._events.popleft()
            self._lost += 1
        self._there.set()

    def close(self) -> None:
        """Nothing more will come."""
        self._closed = True
        self._there.set()

    async def take(self) -> list[dict[str, Any]]:
        """Everything that waits; nothing only if nothing will come. If some were lost, that is the first thing said."""
        await self._there.wait()
        lost = [{"event": "lost", "count": self._lost}] if self._lost else []
        taken = lost + list(self._events)
        self._events.clear()
        self._lost = 0
        if not self._closed:
            self._there.clear()
        return taken


async def stream(
    events: Sequence[Events], receive: Receive, send: Send, headers: Headers, stopping: asyncio.Event
) -> None:
    """Sends every event of all of them until the reader leaves, one of them ends, or `stopping` is set.

    Leaves no task behind.
    """
    start = [(b"content-type", b"text/event-stream"), *headers]
    await send({"type": "http.response.start", "status": 200, "headers": start})
    await send({"type": "http.response.body", "body": b": keymock\n\n", "more_body": True})
    waiting = Waiting()
    filling = [asyncio.create_task(_fill(waiting, each)) for each in events]
    sending = asyncio.create_task(_send_all(waiting, send))
    leaving = asyncio.create_task(_left(receive))
    stopped = asyncio.create_task(stopping.wait())
    tasks = (sending, leaving, stopped, *filling)
    try:
        await asyncio.wait(tasks[:3], return_when=asyncio.FIRST_COMPLETED)
        gone = leaving.done()
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    if not gone:
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    for end in ends:
        if isinstance(end, Exception):
            raise end


async def _fill(waiting: Waiting, events: Events) -> None:
    try:
        async for event in events:
            waiting.put(event)
    finally:
        waiting.close()
        close = getattr(events, "aclose", None)  # a generator waits in its `finally` to be told
        if close is not None:
            await close()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_all(waiting: Waiting, send: Send) -> None:
    while True:
        try:
            async with asyncio.timeout(HEARTBEAT):
                taken = await waiting.take()
            if not taken:
                return
            body = b"".join(as_text(event) for event in taken)
        except TimeoutError:
            body = b": still here\n\n"
        await send({"type": "http.response.body", "body": body, "more_body": True})


def as_text(event: dict[str, Any]) -> bytes:
    """`event: reload` and `data: {…}`, as the HTML standard has it. JSON has no raw line break, so one line does.

    An exchange has an `id:` too: a reader that comes back says it as Last-Event-ID.
    """
    name, number = str(event["event"]), event.get("id")
    own = b"id: %d\n" % number if name == "exchange" and isinstance(number, int) else b""
    return b"%sevent: %s\ndata: %s\n\n" % (own, name.encode(), msgspec.json.encode(event))
