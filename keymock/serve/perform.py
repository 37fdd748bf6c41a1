"""Performs a reply that takes time or breaks: waits, sends it in parts, ends the connection as a client sees it.

granian says nothing when a client leaves, and goes on taking what is sent to nobody; only `receive` tells. So whoever
waits listens there too, and stops at once. A wait too short to be noticed is spared the trouble.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple

from keymock.exchange import BodyFile, Headers, Reply
from keymock.negotiation import FilePart
from keymock.serve import wire
from keymock.serve.bodies import CHUNK, BodyFiles

Message = dict[str, Any]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

UNWATCHED = 0.25
"""Seconds that a wait may have and not look whether the client is still there: looking costs a task."""

LONGEST_HANG = 3_600.0
"""Seconds that a client is left without an answer. One that pipelines is not seen leaving, so there must be an end."""

DRAIN_SECONDS = 10.0
"""For the rest of a request's body, before the connection ends: what is left unread turns the end into a reset."""

BROKEN_PART = 64 * 1024
"""Bytes that are sent at most before a connection breaks in the middle of a body from disk, or by bytes of ours."""

GARBAGE = b"\x00\x16\x03\x01 this is no HTTP \xff\xfe\xfd\r\n\x07\x1b\x00\r\n\r\n"
BAD_CHUNK = b"ZZ\r\nthis is no chunk\r\n"


GRACE_SECONDS = 3.0
"""For answers under way when the server stops; less than the worker has for all (`worker.DRAIN_SECONDS`)."""


class Patience:
    """Ends the answers that take too long for a server that stops; it lasts as long as the app.

    Without it, granian would be cancelled while it waits for them, and complain on the terminal.
    """

    def __init__(self, stopping: asyncio.Event | None = None) -> None:
        self._stopping = stopping
        self._answering: set[asyncio.Task[Any]] = set()
        self._end: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def lasts(self) -> Iterator[None]:
        """Around an answer: it is cancelled some time after the server was told to stop."""
        task = asyncio.current_task()
        if self._stopping is None or task is None:
            yield
            return
        if self._end is None:
            self._end = asyncio.ensure_future(self._runs_out(self._stopping))
        self._answering.add(task)
        try:
            yield
        finally:
            self._answering.discard(task)

    async def _runs_out(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        await asyncio.sleep(GRACE_SECONDS)
        for task in tuple(self._answering):
            task.cancel()


class Client:
    """Who waits for the answer, seen through `receive`.

    `unread` says that the request's body has not been read yet, and `stopping` is set when the server stops.
    """

    def __init__(self, receive: Receive, *, unread: bool = False, stopping: asyncio.Event | None = None) -> None:
        self._receive = receive
        self._unread = unread
        self._stopping = stopping
        self._leaving: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[bool] | None = None

    async def stays(self, seconds: float) -> bool:
        """Waits; False as soon as the client has left."""
        if seconds <= UNWATCHED and self._leaving is None:
            await asyncio.sleep(seconds)
            return True
        done, _ = await asyncio.wait({self.watched()}, timeout=seconds)
        return not done

    async def goes_on(self, seconds: float) -> bool:
        """Waits, in the middle of what has no end; False as soon as the client has left or the server stops."""
        if self._ending is None and self._stopping is not None:
            self._ending = asyncio.ensure_future(self._stopping.wait())
        awaited = {self.watched()} if self._ending is None else {self.watched(), self._ending}
        done, _ = await asyncio.wait(awaited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return not done

    def watched(self) -> asyncio.Task[None]:
        """Looks at the client from now on; done when it has left."""
        if self._leaving is None:
            self._leaving = asyncio.ensure_future(self._has_left())
        return self._leaving

    async def gives_up(self) -> bool:
        """Waits until the client leaves: True; False if the server stops before, or it takes all too long."""
        leaving = self.watched()
        stopped = asyncio.ensure_future(self._stopping.wait()) if self._stopping is not None else None
        try:
            awaited = {leaving} if stopped is None else {leaving, stopped}
            await asyncio.wait(awaited, timeout=LONGEST_HANG, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if stopped is not None:
                stopped.cancel()
        return leaving.done()

    async def said_all(self, seconds: float = DRAIN_SECONDS) -> None:
        """Reads what is left of the request's body, for so long at most."""
        if self._leaving is not None or not self._unread:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while (await self._receive()).get("more_body"):
                    pass
                self._unread = False

    def let_go(self) -> None:
        """Looks at the client no longer; to be called in the end."""
        for task in (self._leaving, self._ending):
            if task is not None:
                task.cancel()

    async def _has_left(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass


class Exchange(NamedTuple):
    """A request on `scope`, and the reply to it, whose head is `start`, a message that has been checked."""

    scope: Scope
    client: Client
    send: Send
    reply: Reply
    start: Message


async def perform(exchange: Exchange, files: BodyFiles, patience: Patience, told: Callable[[], None]) -> None:
    """Sends a reply with its delay, its parts in their time, and its fault.

    `told` is called when the delay is over and before the first byte, also if the client has left meanwhile.
    """
    reply, client = exchange.reply, exchange.client
    try:
        with patience.lasts():
            await client.said_all(UNWATCHED)  # granian ends a connection on which some of it is still to come
            stays = not reply.delay or await client.stays(reply.delay)
            told()
            if stays:
                await _answer(exchange, files)
    except asyncio.CancelledError:
        # The server stops. granian would make a 500 of a mere return, and a traceback on the terminal of an exception.
        wire.close(exchange.scope)
    finally:
        client.let_go()


async def _answer(exchange: Exchange, files: BodyFiles) -> None:
    scope, _, send, reply, start = exchange
    if reply.fault in _BEFORE_THE_HEAD:
        await _BEFORE_THE_HEAD[reply.fault](exchange)
    elif reply.status in (204, 304):
        await _whole(start, b"", send)
    elif scope["method"] == "HEAD":
        await _whole(_sized(start, _length(reply)), b"", send)
    elif reply.fault in _WITHIN_THE_BODY:
        await _WITHIN_THE_BODY[reply.fault](exchange)
    elif reply.stream:
        await _parts(exchange, _sized(start, _length(reply)), reply.stream)
    elif isinstance(reply.file, FilePart):
        await send(start)
        await _stretch(reply.file, send)
    elif reply.file is not None:
        await send(start)
        await files.send(reply.file, send)
    else:
        await _whole(start, reply.body, send)


# ---- slowly ----------------------------------------------------------------------------------------------------


async def _whole(start: Message, body: bytes, send: Send) -> None:
    await send(start)
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _parts(
    exchange: Exchange, start: Message, parts: Sequence[tuple[float, bytes]], *, to_the_end: bool = True
) -> None:
    """Sends a body in parts. Each is due at its time since the head went out, so that delays do not add up."""
    client, send = exchange.client, exchange.send
    if sum(wait for wait, _ in parts) > UNWATCHED:
        client.watched()
    clock = asyncio.get_running_loop().time
    due = clock()
    await send(start)
    await send(_more(b""))  # granian keeps the head back until there is something of a body
    for wait, part in parts:
        due += wait
        if wait and not await client.stays(max(0.0, due - clock())):
            return
        await send(_more(part))
    if to_the_end:
        await _onwards(exchange, due)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _onwards(exchange: Exchange, due: float) -> None:
    """Sends what follows the parts, which may have no end, until the client leaves or the server stops."""
    clock = asyncio.get_running_loop().time
    for wait, part in exchange.reply.onwards:
        due += wait
        if not await exchange.client.goes_on(max(0.0, due - clock())):
            return
        await exchange.send(_more(part))


async def _stretch(part: FilePart, send: Send) -> None:
    """A part of a file, read as it is sent."""
    with await asyncio.to_thread(Path(part.path).open, "rb") as stream:
        stream.seek(part.start)
        left = part.size
        while left and (piece := await asyncio.to_thread(stream.read, min(CHUNK, left))):
            left -= len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": left > 0})


def _more(part: bytes) -> Message:
    return {"type": "http.response.body", "body": part, "more_body": True}


def _length(reply: Reply) -> int | None:
    """How long the body is; None where that is not to be told, as of a stream of events."""
    if reply.stream:
        if any(name == b"content-type" and value.startswith(b"text/event-stream") for name, value in reply.headers):
            return None
        return sum(len(part) for _, part in reply.stream)
    return reply.file.size if reply.file is not None else len(reply.body)


def _sized(start: Message, length: int | None, *more: tuple[bytes, bytes]) -> Message:
    """The head with this Content-Length, or none, and these headers more."""
    headers: Headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
    if length is not None:
        headers.append((b"content-length", b"%d" % length))
    return {**start, "headers": [*headers, *more]}


# ---- broken before the head ------------------------------------------------------------------------------------


async def _reset(exchange: Exchange) -> None:
    await _ended(exchange, wire.reset(exchange.scope))


async def _empty(exchange: Exchange) -> None:
    await exchange.client.said_all()
    await _ended(exchange, wire.close(exchange.scope))


async def _garbage(exchange: Exchange) -> None:
    await exchange.client.said_all()
    await _ended(exchange, wire.close(exchange.scope, GARBAGE))


async def _hang(exchange: Exchange) -> None:
    left = await exchange.client.gives_up()
    await _ended(exchange, left or wire.close(exchange.scope))


async def _ended(exchange: Exchange, gone: bool) -> None:
    """Ends the exchange for granian too, which takes an answer to nobody; half a body if it could not be."""
    if gone:
        await _whole(exchange.start, b"", exchange.send)
    else:
        await _truncated(exchange)


# ---- broken within the body ------------------------------------------------------------------------------------


async def _truncated(exchange: Exchange) -> None:
    """Half of the body in its time, then the end, which granian makes of an app that returns too early."""
    await exchange.client.said_all()
    length = _length(exchange.reply)
    start = _sized(exchange.start, None if length is None else max(1, length))
    await _parts(exchange, start, await _first_half(exchange.reply), to_the_end=False)


async def _wrong_length(exchange: Exchange) -> None:
    """All of the body under a Content-Length of half, in one message: granian would cut a longer one to fit.

    The connection ends, or else the next answer on it would begin with the rest of this one.
    """
    await exchange.client.said_all()
    body = await _known(exchange.reply)
    await _whole(_sized(exchange.start, len(body) // 2, (b"connection", b"close")), body, exchange.send)


async def _malformed(exchange: Exchange) -> None:
    await exchange.client.said_all()
    half = b"".join(part for _, part in await _first_half(exchange.reply))[:BROKEN_PART]
    chunk = b"%x\r\n%b\r\n" % (len(half), half) if half else b""
    await _ended(exchange, wire.close(exchange.scope, _head(exchange.start) + chunk + BAD_CHUNK))


async def _first_half(reply: Reply) -> list[tuple[float, bytes]]:
    """The first half of the body, rounded down, in the parts it would come in."""
    if not reply.stream:
        body = await _known(reply)
        return [(0.0, body[: len(body) // 2])]
    left = sum(len(part) for _, part in reply.stream) // 2
    half = []
    for wait, part in reply.stream:
        half.append((wait, part[:left]))
        left -= len(part)
        if left <= 0:
            break
    return half


async def _known(reply: Reply) -> bytes:
    """The body; of one on disk as much as is worth sending before something breaks."""
    if reply.stream:
        return b"".join(part for _, part in reply.stream)
    return reply.body if reply.file is None else await asyncio.to_thread(_beginning, reply.file)


def _beginning(file: BodyFile) -> bytes:
    with Path(file.path).open("rb") as stream:
        stream.seek(file.start if isinstance(file, FilePart) else 0)
        return stream.read(min(file.size, 2 * BROKEN_PART))


def _head(start: Message) -> bytes:
    """The head of an HTTP/1.1 message with a chunked body, by hand."""
    status: int = start["status"]
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
    fields = [(name, value) for name, value in start["headers"] if name not in (b"content-length", b"connection")]
    lines = [b"HTTP/1.1 %d %b" % (status, phrase.encode())]
    lines += [b"%b: %b" % field for field in (*fields, (b"transfer-encoding", b"chunked"))]
    return b"\r\n".join(lines) + b"\r\n\r\n"


_BEFORE_THE_HEAD = {"reset": _reset, "empty": _empty, "garbage": _garbage, "hang": _hang}
_WITHIN_THE_BODY = {"truncated": _truncated, "wrong_length": _wrong_length, "malformed": _malformed}
"""`faults.KINDS`, by where they strike; those of the body pass over an answer that has none."""
