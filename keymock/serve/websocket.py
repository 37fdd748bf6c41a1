"""Performs a talk over a WebSocket: sends each frame when it is due, and hears what the client says meanwhile.

One task owns the connection; nothing is left behind when it ends, whoever ended it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from heapq import heappop, heappush
from typing import Any

from keymock.exchange import Frame, Talk
from keymock.journal.talk import Talked
from keymock.serve import wire

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

MOST_WAITING = 10_000
"""Frames of one connection whose time has not come: a client that asks for more is told to come back later."""

LARGEST_MESSAGE = 1024 * 1024

GOING_AWAY = Frame(0, close=1001, reason="the server stops")
TOO_BIG = Frame(0, close=1009, reason=f"a message has {LARGEST_MESSAGE} bytes at most")
TOO_MANY = Frame(0, close=1013, reason=f"more than {MOST_WAITING} frames wait to be sent")

WITHOUT_CODE = 1005
"""What granian says of an end without a code: an empty close, a client that has left, one that broke the protocol."""

PROTOCOL_ERROR = {
    "type": "websocket.close",
    "code": 1002,
    "reason": "this breaks the protocol of WebSockets, or is a frame of more than 16 MiB",
}
"""Of a frame that is too large for granian we hear no more than of one that is broken."""

GOODBYE = 2.0
"""Seconds for the client to answer a close, and to close its side of the connection."""

SLOW_READER = 10.0
"""Seconds that a frame may take to leave; a client that does not read for so long has gone, as far as we can tell."""


class _Agenda:
    """What is to come: frames and ticks of timers, in the order of their times."""

    def __init__(self) -> None:
        self._items: list[tuple[float, int, Frame | int]] = []
        self._count = 0

    def __len__(self) -> int:
        return len(self._items)

    def add(self, due: float, item: Frame | int) -> None:
        """A frame, or the number of a timer. Of two with one time, the first to be added comes first."""
        self._count += 1
        heappush(self._items, (due, self._count, item))

    def next(self) -> float | None:
        return self._items[0][0] if self._items else None

    def take(self, now: float) -> tuple[float, Frame | int] | None:
        """What is due, with the time it was due at; None if nothing is."""
        if not self._items or self._items[0][0] > now:
            return None
        due, _, item = heappop(self._items)
        return due, item


async def perform_talk(
    talk: Talk,
    scope: dict[str, Any],
    receive: Receive,
    send: Send,
    moment: Callable[[], float],
    stopping: asyncio.Event | None,
    talked: Talked,
) -> None:
    """Accepts the connection and talks until one side closes it, the client leaves or the server stops.

    `moment` is now in epoch seconds, for templates and matchers; `talked` is what the journal remembers of it.
    """
    await send({"type": "websocket.accept", "subprotocol": talk.protocol or None})
    connection = _Connection(talk, receive, send, moment, talked)
    stopped = asyncio.ensure_future(stopping.wait()) if stopping is not None else None
    try:
        end = await connection.until(stopped)
        if end is not None:
            async with wire.lingering(scope, GOODBYE):
                await connection.close(end)
    except (TimeoutError, asyncio.CancelledError):
        return  # granian takes its own promises back when it stops, and prints what an app raises then
    finally:
        connection.let_go()
        if stopped is not None:
            stopped.cancel()


class _Connection:
    """One client, between accept and end."""

    def __init__(self, talk: Talk, receive: Receive, send: Send, moment: Callable[[], float], talked: Talked) -> None:
        self.talk = talk
        self.talked = talked
        self.receive = receive
        self.send = send
        self.moment = moment
        self.clock = asyncio.get_running_loop().time
        self.began = self.clock()
        self.agenda = _Agenda()
        self.hearing = self._hear()

    def _hear(self) -> asyncio.Future[Message]:
        return asyncio.ensure_future(self.receive())

    async def close(self, frame: Frame) -> None:
        self.hearing.cancel()  # granian sends no close while somebody still listens
        await asyncio.wait({self.hearing})
        await self.say(frame)

    def let_go(self) -> None:
        self.hearing.cancel()

    async def until(self, stopped: asyncio.Future[Any] | None) -> Frame | None:
        """Talks. The frame to close with, or None if the client has closed the connection or left it."""
        now = self.clock()
        self._plan(now, self.talk.opened(self.moment()))
        for timer in range(len(self.talk.ticks)):
            self._set(timer, now)
        while True:
            end = await self._say_what_is_due()
            if end is not None:
                return end
            awaited = {self.hearing} if stopped is None else {self.hearing, stopped}
            due = self.agenda.next()
            pause = None if due is None else max(0.0, due - self.clock())
            await asyncio.wait(awaited, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
            if self.hearing.done():
                message = self.hearing.result()
                if message["type"] != "websocket.receive":
                    code, reason = message.get("code") or WITHOUT_CODE, message.get("reason") or ""
                    self.talked.over("client", code, reason, self.clock() - self.began)
                    if code == WITHOUT_CODE:
                        await self._complain()
                    return None
                end = self._take(message)
                self.hearing = self._hear()
                if end is not None:
                    return end
            elif stopped is not None and stopped.done():
                return GOING_AWAY

    async def _complain(self) -> None:
        """Says what was wrong, which who broke the protocol alone hears: an empty close is answered, others are gone.

        Some hosts take no message then, and say so.
        """
        with suppress(RuntimeError, OSError):
            async with asyncio.timeout(SLOW_READER):
                await self.send(PROTOCOL_ERROR)

    def _take(self, message: Message) -> Frame | None:
        """Hears a message; the frame to close with if it is too much."""
        said: str | bytes = message["text"] if message.get("text") is not None else message["bytes"]
        if len(said) > LARGEST_MESSAGE:
            return TOO_BIG
        self.talked.said(self.clock() - self.began, said, by_client=True)
        self._plan(self.clock(), self.talk.heard(said, self.moment()))
        return TOO_MANY if len(self.agenda) > MOST_WAITING else None

    def _plan(self, now: float, frames: list[Frame]) -> None:
        for frame in frames:
            self.agenda.add(now + frame.after, frame)

    def _set(self, timer: int, since: float) -> None:
        """The next tick of a timer. Counted from when the last was due, so that delays do not add up."""
        pause = self.talk.pause(timer)
        if pause is not None:
            self.agenda.add(max(since + pause, self.clock()), timer)

    async def _say_what_is_due(self) -> Frame | None:
        """Sends it; a frame that closes is handed back instead."""
        while (item := self.agenda.take(self.clock())) is not None:
            due, what = item
            if isinstance(what, int):
                self._plan(due, self.talk.ticked(what, self.moment()))
                self._set(what, due)
            elif what.close:
                return what
            else:
                await self.say(what)
            if self.hearing.done():
                return None  # heard first, so that a client that leaves, or wants to, need not wait
        return None

    async def say(self, frame: Frame) -> None:
        """Sends a frame. Raises TimeoutError for a client that does not read."""
        after = self.clock() - self.began
        if frame.close:
            self.talked.over("keymock", frame.close, frame.reason, after)
        else:
            self.talked.said(after, frame.data or "", by_client=False)
        if frame.close:
            message: Message = {"type": "websocket.close", "code": frame.close, "reason": frame.reason}
        elif isinstance(frame.data, bytes):
            message = {"type": "websocket.send", "bytes": frame.data}
        else:
            message = {"type": "websocket.send", "text": frame.data or ""}
        async with asyncio.timeout(SLOW_READER):
            await self.send(message)


def as_http(scope: dict[str, Any], receive: Receive, send: Send) -> tuple[Receive, Send]:
    """The two ends of a connection that is not accepted yet, for an answer as HTTP gives it; the body goes at once.

    A host that cannot do that is told to close, which it makes a 403.
    """
    parts: list[bytes] = []
    able = "websocket.http.response" in (scope.get("extensions") or {})

    async def receive_as_http() -> Message:
        message = await receive()
        return {"type": "http.disconnect"} if message["type"] == "websocket.disconnect" else message

    async def send_as_http(message: Message) -> None:
        if message["type"] == "http.response.body":
            parts.append(message.get("body", b""))
            if message.get("more_body", False):
                return
            message = {**message, "body": b"".join(parts)}
        if not able:
            if message["type"] == "http.response.start":
                await send({"type": "websocket.close", "code": 1008, "reason": str(message["status"])})
            return
        with suppress(RuntimeError):  # what granian says when a fault has ended the connection beneath it
            await send({**message, "type": f"websocket.{message['type']}"})

    return receive_as_http, send_as_http
