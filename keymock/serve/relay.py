"""A WebSocket passed on: a talk with the real API, every message and the close both ways, while both are there.

aiohttp speaks with the real API, granian with the client; each answers the pings of its own side. A handshake that the
real API refuses is answered as it answers, and redirects are not followed: nobody has consented to another host.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from keymock.exchange import Headers, Onward, Reply, Request
from keymock.journal.talk import Talked
from keymock.serve import wire
from keymock.serve.unanswered import failure_of
from keymock.upstream import incoming, outgoing

if TYPE_CHECKING:
    import aiohttp

Message = dict[str, Any]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

LARGEST_MESSAGE = 16 * 1024 * 1024
"""Bytes of one message, either way; larger ones close the talk with 1009."""

CONNECT_SECONDS = 10.0
GOODBYE = 2.0
"""Seconds for either side to answer a close."""
SLOW_READER = 30.0
"""Seconds that a message may take to leave; who does not read for so long has gone, as far as we can tell."""
MOST_REFUSED = 1024 * 1024
"""Bytes of the body of a refusal that are passed on."""

NORMAL, GOING_AWAY, ABNORMAL, TOO_BIG, FAILED = 1000, 1001, 1006, 1009, 1011
_UNSAID = (0, 1005, ABNORMAL, 1015)
"""Codes that stand for a close without one, or for none at all; they are never sent (RFC 6455, 7.4.1)."""

OF_THE_HANDSHAKE = frozenset({
    b"sec-websocket-accept", b"sec-websocket-extensions", b"sec-websocket-key", b"sec-websocket-protocol",
    b"sec-websocket-version",
})  # fmt: skip
"""Headers that each side of a handshake makes itself."""


class Refused(NamedTuple):
    """What the real API answered to a handshake it did not accept."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes


class End(NamedTuple):
    """How a talk ends: who ended it, with which code. Of ABNORMAL there was no close, and none is passed on."""

    by: str
    code: int
    reason: str = ""


class Opened:
    """A WebSocket of the real API, and the session that it belongs to."""

    def __init__(
        self, session: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse, headers: Headers
    ) -> None:
        self.session = session
        self.socket = socket
        self.headers = headers
        """Of the answer 101."""

    async def close(self, code: int = NORMAL, reason: str = "") -> None:
        """Says the close, waits for its answer for a while, and ends the connection."""
        said = GOING_AWAY if code == ABNORMAL else code
        try:
            async with asyncio.timeout(2 * GOODBYE):
                if said in _UNSAID:  # aiohttp's own close always has a code
                    await self._close_without_a_code()
                await self.socket.close(code=said, message=reason.encode()[:123])
        except TimeoutError:
            pass
        finally:
            await self.session.close()

    async def _close_without_a_code(self) -> None:
        import aiohttp  # noqa: PLC0415  (as below)

        with suppress(aiohttp.ClientError):
            await self.socket.send_frame(b"", aiohttp.WSMsgType.CLOSE)
            await self.socket.receive(GOODBYE)


async def opened(request: Request, plan: Onward) -> Opened | Refused | Reply:
    """The handshake with the real API, passed on: the talk, its refusal, or why there is neither."""
    import aiohttp  # noqa: PLC0415  (80 ms, which a server that only mocks does not pay)
    import yarl  # noqa: PLC0415  (comes with aiohttp)

    answered: list[aiohttp.ClientResponse] = []
    refused: list[Refused] = []

    async def look(asked: aiohttp.ClientRequest, ask: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        answer = await ask(asked)
        if answer.status != 101:
            body = await answer.content.read(MOST_REFUSED) if answer.status not in (204, 304) else b""
            refused.append(Refused(answer.status, answer.raw_headers, body))
            raise aiohttp.ClientError
        answered.append(answer)
        return answer

    session = aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False, middlewares=(look,),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
        skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
    )  # fmt: skip
    headers = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in outgoing(request.headers)
        if name not in OF_THE_HANDSHAKE
    ]
    try:
        async with asyncio.timeout(plan.timeout):
            socket = await session.ws_connect(
                yarl.URL(plan.url + plan.path.decode("latin-1"), encoded=True), headers=headers,
                protocols=_protocols(request), autoclose=False, max_msg_size=LARGEST_MESSAGE,
                timeout=aiohttp.ClientWSTimeout(ws_close=GOODBYE),
            )  # fmt: skip
    except (TimeoutError, aiohttp.ClientError) as fault:
        await session.close()
        return refused[0] if refused else failure_of(fault, plan)
    except BaseException:
        await session.close()
        raise
    came = [pair for pair in incoming(answered[0].raw_headers, plan) if pair[0] not in OF_THE_HANDSHAKE]
    return Opened(session, socket, came)


def _protocols(request: Request) -> list[str]:
    named = (value.decode("latin-1") for name, value in request.headers if name == b"sec-websocket-protocol")
    return [word.strip() for line in named for word in line.split(",") if word.strip()]


async def relay(
    there: Opened, scope: Scope, receive: Receive, send: Send, talked: Talked, stopping: asyncio.Event | None
) -> None:
    """Carries messages both ways until one side closes or is gone, or the server stops; then closes the other."""
    began = asyncio.get_running_loop().time()

    def after() -> float:
        return asyncio.get_running_loop().time() - began

    from_client = asyncio.ensure_future(_from_client(there, receive, talked, after))
    from_real = asyncio.ensure_future(_from_real(there, send, talked, after))
    stopped = asyncio.ensure_future(stopping.wait()) if stopping is not None else None
    ends = {from_client, from_real}
    awaited: set[asyncio.Future[Any]] = {*ends, *([stopped] if stopped else [])}
    try:
        done, _ = await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
        over = next((each for each in (from_real, from_client) if each in done), None)
        end = End("keymock", GOING_AWAY, "the server stops") if over is None else _result(over)
    except asyncio.CancelledError:
        end = End("keymock", GOING_AWAY, "the server stops")
    finally:
        for each in awaited:
            each.cancel()  # granian sends no close while somebody still listens
        await asyncio.wait(awaited)
    talked.over(end.by, end.code, end.reason, after())
    if end.by != "client":
        await _leave(end, scope, send)
    await there.close(end.code, end.reason)


def _result(over: asyncio.Future[End]) -> End:
    """How a side ended. One that cannot be written to any more is gone."""
    fault = over.exception()
    if fault is None:
        return over.result()
    if isinstance(fault, TimeoutError | ConnectionError | RuntimeError):
        return End("keymock", ABNORMAL, "what was said could not be passed on")
    raise fault


async def _from_client(there: Opened, receive: Receive, talked: Talked, after: Callable[[], float]) -> End:
    while True:
        message = await receive()
        if message["type"] != "websocket.receive":
            return End("client", message.get("code") or ABNORMAL, message.get("reason") or "")
        data: str | bytes = message["text"] if message.get("text") is not None else message["bytes"]
        if len(data) > LARGEST_MESSAGE:
            return End("keymock", TOO_BIG, f"a message has {LARGEST_MESSAGE} bytes at most")
        talked.said(after(), data, by_client=True)
        async with asyncio.timeout(SLOW_READER):
            if isinstance(data, str):
                await there.socket.send_str(data)
            else:
                await there.socket.send_bytes(data)


async def _from_real(there: Opened, send: Send, talked: Talked, after: Callable[[], float]) -> End:
    import aiohttp  # noqa: PLC0415  (as above)

    while True:
        message = await there.socket.receive()
        if message.type is aiohttp.WSMsgType.TEXT:
            said: Message = {"type": "websocket.send", "text": message.data}
        elif message.type is aiohttp.WSMsgType.BINARY:
            said = {"type": "websocket.send", "bytes": message.data}
        elif message.type is aiohttp.WSMsgType.CLOSE:
            return End("server", message.data or 1005, message.extra or "")
        elif isinstance(message.data, aiohttp.WebSocketError):
            code = TOO_BIG if message.data.code == TOO_BIG else FAILED
            return End("keymock", code, f"the real API breaks the rules: {message.data}"[:120])
        else:
            return End("server", ABNORMAL)
        talked.said(after(), message.data, by_client=False)
        async with asyncio.timeout(SLOW_READER):
            await send(said)


async def _leave(end: End, scope: Scope, send: Send) -> None:
    """Closes the talk with the client as the real API closed its own; without a word, if it went so."""
    if end.code == ABNORMAL and wire.close(scope):
        return
    code = FAILED if end.code == ABNORMAL else NORMAL if end.code in _UNSAID else end.code
    try:
        async with asyncio.timeout(SLOW_READER), wire.lingering(scope, GOODBYE):
            await send({"type": "websocket.close", "code": code, "reason": end.reason})
    except TimeoutError:
        wire.close(scope)
