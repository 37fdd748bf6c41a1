"""Passes a request on to the real API, and its answer back, both as they come: no body is held in memory for it,
unless a contract has a say in it, and then a short one.

Nothing goes out but to hosts that the workspace names and the user has consented to. What fails on the way is told as
one of keymock's own answers: 502 for an API that is not there or talks nonsense, 504 for one that is silent.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from keymock.exchange import Headers, Onward, Reply, Request
from keymock.journal import Sent
from keymock.journal.talk import Talked
from keymock.outbound import host_of
from keymock.serve import wire
from keymock.serve.passed import Kept, Told
from keymock.serve.perform import Client, Patience
from keymock.serve.relay import Opened, Refused, opened, relay
from keymock.serve.service import Service
from keymock.serve.unanswered import failure, failure_of
from keymock.serve.websocket import as_http
from keymock.upstream import incoming, outgoing

if TYPE_CHECKING:
    import aiohttp

    from keymock.serve.onlooking import Seen

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

CONNECT_SECONDS = 10.0
MOST_CONNECTIONS = 1_000
LONGEST_FIELD = 64 * 1024
"""Bytes of one header of an answer; aiohttp's own 8 KiB are too few for some cookies."""
ENDLESS = "text/event-stream"
"""The type of answers that are told when they begin: they may have no end."""
IDLE_SECONDS = 10.0
"""Between two parts of a request's body."""


class Caller(NamedTuple):
    """Who asked: the request's scope, and both ends of its connection. `told` hears what came of it."""

    scope: Scope
    receive: Receive
    send: Send
    told: Told


class Gone(Exception):
    """The client left in the middle of its request."""


class _Watched(Client):
    """The client, which is watched unless part of its request is still to be read: then `receive` is not for that."""

    silent = False


class Passing:
    """The way to the real APIs: connections that are kept between requests, made at the first one."""

    def __init__(self, service: Service, patience: Patience, stopping: asyncio.Event | None = None) -> None:
        self.service = service
        self.patience = patience
        self.stopping = stopping
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def refusal(self, plan: Onward) -> Reply | None:
        """Why a request may not be passed on, as an answer; None if it may."""
        host = host_of(plan.url)
        refused = self.service.reach.now().refusal(host.name, host.port, by_person=True)
        return None if refused is None else failure(502, refused.code, refused.message, plan, refused.hint)

    async def pass_on(
        self,
        request: Request,
        reply: Reply,
        scope: Scope,
        receive: Receive,
        send: Send,
        told: Told,
    ) -> None:
        """Asks the real API of `reply.onward` and answers with what it says, `reply.headers` added.

        `told` is called before the last byte of the answer; of one without an end, before the first.
        """
        plan = reply.onward
        if plan is None:
            raise AssertionError("a reply without a plan is not passed on")
        caller = Caller(scope, receive, send, told)
        refused = self.refusal(plan)
        client = _Watched(caller.receive, stopping=self.stopping)
        try:
            with self.patience.lasts():
                if refused is None:
                    await self._exchange(request, reply, plan, caller, client)
                else:
                    await _tell(refused, reply.headers, caller)
        except asyncio.CancelledError:  # the server stops, and this takes too long
            wire.close(caller.scope)
        except Gone:
            return
        finally:
            client.let_go()

    async def talk(
        self, request: Request, reply: Reply, scope: Scope, receive: Receive, send: Send, told: Told
    ) -> None:
        """Opens a WebSocket of the real API for a client that asked for one, and carries what both say.

        `told` is called before the client hears how the handshake ended.
        """
        plan = reply.onward
        if plan is None:
            raise AssertionError("a reply without a plan is not passed on")
        hear, say = as_http(scope, receive, send)
        caller = Caller(scope, hear, say, told)
        client = Client(hear, stopping=self.stopping)
        try:
            with self.patience.lasts():
                there = self.refusal(plan) or await self._opened(request, plan, client)
                client.let_go()
        except asyncio.CancelledError:
            wire.close(scope)
            return
        finally:
            client.let_go()
        if there is None:
            return
        if isinstance(there, Reply):
            await _tell(there, reply.headers, caller)
        elif isinstance(there, Refused):
            await _pass_refusal(there, reply, plan, caller)
        else:
            talked = Talked()
            told(Sent(101, headers=there.headers, source="real", talk=talked))
            # granian 2.8 sends no header of ours with a 101, so the real API's stay here; the journal has them.
            await send({"type": "websocket.accept", "subprotocol": there.socket.protocol})
            await relay(there, scope, receive, send, talked, self.stopping)

    async def _opened(self, request: Request, plan: Onward, client: Client) -> Opened | Refused | Reply | None:
        """The handshake with the real API; None if the client left meanwhile."""
        opening = asyncio.ensure_future(opened(request, plan))
        try:
            done, _ = await asyncio.wait({opening, client.watched()}, return_when=asyncio.FIRST_COMPLETED)
            return await opening if opening in done else None
        finally:
            opening.cancel()

    async def _exchange(
        self,
        request: Request,
        reply: Reply,
        plan: Onward,
        caller: Caller,
        client: _Watched,
    ) -> None:
        import aiohttp  # noqa: PLC0415  (80 ms, which a server that only mocks does not pay)

        try:
            answer = await self._asked(request, plan, caller, client)
        except (TimeoutError, aiohttp.ClientError) as fault:
            failed = failure_of(fault, plan)
        else:
            if answer is None:
                return
            async with answer:
                await self._answered(request, reply, plan, caller, client, answer)
            return
        await _tell(failed, reply.headers, caller)

    async def _asked(
        self, request: Request, plan: Onward, caller: Caller, client: _Watched
    ) -> aiohttp.ClientResponse | None:
        """The head of the real API's answer; None if the client left meanwhile. Raises what aiohttp raises."""
        import yarl  # noqa: PLC0415  (comes with aiohttp)

        headers = [(name.decode("latin-1"), _text(value)) for name, value in outgoing(request.headers)]
        length = request.header("content-length")
        upload = _Upload(caller.receive, int(length) if length else None) if request.body is None else None
        if upload is not None and length:
            headers.append(("content-length", length))
        asking = asyncio.ensure_future(
            self._connected().request(
                request.method, yarl.URL(plan.url + plan.path.decode("latin-1"), encoded=True), headers=headers,
                data=request.body or (upload and aiter(upload)), allow_redirects=False,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            )
        )  # fmt: skip
        try:
            if upload is not None:
                await _first(asking, asyncio.ensure_future(upload.over.wait()))
                client.silent = not upload.whole
            awaited = {asking} if client.silent else {asking, client.watched()}
            done, _ = await asyncio.wait(awaited, timeout=plan.timeout, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                raise TimeoutError
            return await asking if asking in done else None
        finally:
            asking.cancel()

    def _connected(self) -> aiohttp.ClientSession:
        import aiohttp  # noqa: PLC0415  (as above)

        loop = asyncio.get_running_loop()
        if self._session is None or self._loop is not loop:
            self._loop = loop  # an app that is tested sees more than one
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=MOST_CONNECTIONS),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
                max_line_size=LONGEST_FIELD,
                max_field_size=LONGEST_FIELD,
            )
        return self._session

    async def close(self) -> None:
        """Ends the connections that are kept."""
        session, self._session = self._session, None
        if session is not None and self._loop is asyncio.get_running_loop():
            await session.close()

    async def _answered(
        self,
        request: Request,
        reply: Reply,
        plan: Onward,
        caller: Caller,
        client: _Watched,
        answer: aiohttp.ClientResponse,
    ) -> None:
        import aiohttp  # noqa: PLC0415  (as above)

        own = {name for name, _ in reply.headers}
        replaced = {name for name in own if name.startswith(b"access-control-")}
        came = [(name, value) for name, value in incoming(answer.raw_headers, plan) if name not in replaced]
        headers: Headers = [*came, *reply.headers]
        if not 200 <= answer.status <= 599:
            failed = failure(502, "upstream-broken", f"its status is {answer.status}, which is none", plan)
            await _tell(failed, reply.headers, caller)
            return
        bare = request.method == "HEAD" or answer.status in (204, 304)
        try:
            seen = await self._seen(reply, plan, answer, came, bare=bare)
        except (TimeoutError, aiohttp.ClientError) as fault:
            await _tell(failure_of(fault, plan), reply.headers, caller)
            return
        if seen is not None and seen.instead is not None:
            answer.close()
            await _tell(seen.instead, reply.headers, caller)
            return
        headers += seen.headers if seen is not None else ()
        kept = Kept(answer.status, headers, caller.told, seen)
        if bare or answer.content_type == ENDLESS:
            kept.over()
        await caller.send({"type": "http.response.start", "status": answer.status, "headers": headers})
        try:
            if bare or await self._body(plan, caller, client, answer, kept, seen.parts if seen is not None else ()):
                kept.over()
                await caller.send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            kept.over()

    async def _seen(
        self, reply: Reply, plan: Onward, answer: aiohttp.ClientResponse, came: Headers, *, bare: bool
    ) -> Seen | None:
        """What a contract says of the answer; None where none speaks of it. Raises what aiohttp raises."""
        if reply.onlooker is None:
            return None
        from keymock.serve.onlooking import look  # noqa: PLC0415  (with the contracts, which few have)

        async def more() -> bytes:
            async with asyncio.timeout(plan.timeout):
                return await answer.content.readany()

        readable = None if bare or answer.content_type == ENDLESS else more
        return await look(reply.onlooker, answer.status, came, answer.content_length, readable)  # type: ignore[arg-type]

    async def _body(
        self,
        plan: Onward,
        caller: Caller,
        client: _Watched,
        answer: aiohttp.ClientResponse,
        kept: Kept,
        held: tuple[bytes, ...],
    ) -> bool:
        """Sends what was held back of the body, and the rest as it comes. False if it broke off: then the client's
        connection breaks off as well.
        """
        import aiohttp  # noqa: PLC0415  (as above)

        await caller.send(_more(b""))  # granian keeps the head back until there is something of a body
        for part in filter(None, held):
            kept.add(part)
            await caller.send(_more(part))
        endless = answer.content_type == ENDLESS
        stopped = asyncio.ensure_future(self.stopping.wait()) if endless and self.stopping is not None else None
        try:
            while True:
                reading = asyncio.ensure_future(answer.content.readany())
                awaited: set[asyncio.Future[Any]] = {reading, *([stopped] if stopped else [])}
                if not client.silent:
                    awaited.add(client.watched())
                timeout = None if endless else plan.timeout
                done, _ = await asyncio.wait(awaited, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
                if reading not in done:
                    reading.cancel()
                    answer.close()
                    return bool(stopped and stopped in done)
                part = reading.result()
                if not part:
                    return True
                kept.add(part)
                await caller.send(_more(part))
        except (aiohttp.ClientError, TimeoutError):
            return False
        finally:
            if stopped is not None:
                stopped.cancel()


async def _first(wanted: asyncio.Future[Any], other: asyncio.Future[Any]) -> None:
    try:
        await asyncio.wait({wanted, other}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        other.cancel()


class _Upload:
    """A request's body as it comes, once. `over` is set when nothing more is read of it.

    It asks granian for nothing beyond the length that was announced: aiohttp lets go of a body when the answer is
    there, and a `receive` that is cancelled in the middle makes granian say that the client has left.
    """

    def __init__(self, receive: Receive, length: int | None) -> None:
        self._receive = receive
        self._left = length
        self.over = asyncio.Event()
        self.whole = False
        """Whether all of it was read, so that `receive` tells of the client alone."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Raises Gone, or TimeoutError for a client that stops in the middle."""
        try:
            more = True
            while more:
                async with asyncio.timeout(IDLE_SECONDS):
                    message = await self._receive()
                if message["type"] == "http.disconnect":
                    raise Gone
                part = message.get("body", b"")
                more = message.get("more_body", False)
                if self._left is not None:
                    self._left -= len(part)
                    more = more and self._left > 0
                self.whole = not more
                if part:
                    yield part
        finally:
            self.over.set()


async def _pass_refusal(refused: Refused, reply: Reply, plan: Onward, caller: Caller) -> None:
    """The answer of a real API that opens no WebSocket, as it is."""
    if not 200 <= refused.status <= 599:
        failed = failure(502, "upstream-broken", f"its status is {refused.status}, which is none", plan)
        await _tell(failed, reply.headers, caller)
        return
    own = {name for name, _ in reply.headers if name.startswith(b"access-control-")}
    came = [(name, value) for name, value in incoming(refused.headers, plan) if name not in own | {b"content-length"}]
    headers = [*came, *reply.headers]
    caller.told(Sent(refused.status, headers=headers, body=refused.body, size=len(refused.body), source="real"))
    await caller.send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await caller.send({"type": "http.response.body", "body": refused.body, "more_body": False})


async def _tell(failed: Reply, more: Headers, caller: Caller) -> None:
    caller.told(
        Sent(
            failed.status,
            error=failed.error,
            headers=failed.headers,
            body=failed.body,
            size=len(failed.body),
            violations=failed.violations,
            operation=failed.operation,
        )
    )
    headers = [*failed.headers, *(pair for pair in more if pair[0] != b"x-keymock-source")]
    headers.append((b"connection", b"close"))  # what is left of the body is not read
    await caller.send({"type": "http.response.start", "status": failed.status, "headers": headers})
    await caller.send({"type": "http.response.body", "body": failed.body, "more_body": False})


def _more(part: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": part, "more_body": True}


def _text(value: bytes) -> str:
    """A header's value as aiohttp takes it: it sends UTF-8."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
