"""Passes a request on to the real API, and its answer back, both as they come: no body is held in memory for it,
unless a contract has a say in it, and then a short one.

What fails on the way is told as one of keymock's own answers: 502 for an API that is not there or talks nonsense, 504
for one that is silent. An answer that a mock changes, or that is to break, is fetched as a whole and performed as a
mock's is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from keymock.exchange import Headers, Laying, Onward, Reply, Request
from keymock.journal import Sent, Story
from keymock.journal.talk import Talked
from keymock.real_answer import MOST, laid_over, made_of, problem, too_large
from keymock.serve import wire
from keymock.serve.asking import Asking, Gone, Watched
from keymock.serve.bodies import BodyFiles
from keymock.serve.passed import Kept, Told
from keymock.serve.perform import BROKEN_PART, Client, Exchange, Patience, perform
from keymock.serve.relay import Opened, Refused, opened, relay
from keymock.serve.service import Service
from keymock.serve.unanswered import failure, failure_of
from keymock.serve.websocket import as_http
from keymock.upstream import incoming

if TYPE_CHECKING:
    import aiohttp

    from keymock.serve.onlooking import Seen

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

ENDLESS = "text/event-stream"
"""The type of answers that are told when they begin: they may have no end."""


class Caller(NamedTuple):
    """Who asked: the request's scope, and both ends of its connection. `told` hears what came of it."""

    scope: Scope
    receive: Receive
    send: Send
    told: Told


class Fetched(NamedTuple):
    """An answer that is to be performed here, and the client that waits for it."""

    reply: Reply
    client: Client


class Passing:
    """What is done with requests that the real API answers."""

    def __init__(self, service: Service, patience: Patience, stopping: asyncio.Event | None = None) -> None:
        self.patience = patience
        self.stopping = stopping
        self.asking = Asking(service)

    async def close(self) -> None:
        """Ends the connections that are kept."""
        await self.asking.close()

    # ---- as it comes ---------------------------------------------------------------------------------------------

    async def pass_on(
        self, request: Request, reply: Reply, scope: Scope, receive: Receive, send: Send, told: Told
    ) -> None:
        """Asks the real API of `reply.onward`, and answers what it says: as late as `reply` says, and with its headers.

        `told` is called before the last byte of the answer; of one without an end, before the first.
        """
        plan = _plan(reply)
        caller = Caller(scope, receive, send, told)
        refused = self.asking.refusal(plan)
        client = Watched(caller.receive, stopping=self.stopping)
        try:
            with self.patience.lasts():
                if refused is None:
                    await self._exchange(request, reply, plan, caller, client)
                else:
                    await _tell(refused, reply, caller)
        except asyncio.CancelledError:  # the server stops, and this takes too long
            wire.close(caller.scope)
        except Gone:
            return
        finally:
            client.let_go()

    async def _exchange(self, request: Request, reply: Reply, plan: Onward, caller: Caller, client: Watched) -> None:
        import aiohttp  # noqa: PLC0415  (80 ms, which a server that only mocks does not pay)

        try:
            answer = await self.asking.asked(request, plan, caller.receive, client)
        except (TimeoutError, aiohttp.ClientError) as fault:
            failed = failure_of(fault, plan)
        else:
            if answer is None:
                return
            async with answer:
                if not reply.delay or await client.waits(reply.delay):
                    await self._answered(request, reply, plan, caller, client, answer)
            return
        await _tell(failed, reply, caller)

    async def _answered(
        self,
        request: Request,
        reply: Reply,
        plan: Onward,
        caller: Caller,
        client: Watched,
        answer: aiohttp.ClientResponse,
    ) -> None:
        import aiohttp  # noqa: PLC0415  (as above)

        if not 200 <= answer.status <= 599:
            await _tell(_no_status(answer.status, plan), reply, caller)
            return
        status, headers = _head(answer, reply, plan)
        bare = request.method == "HEAD" or status in (204, 304)
        try:
            seen = await self._seen(reply, plan, answer, headers, bare=bare)
        except (TimeoutError, aiohttp.ClientError) as fault:
            await _tell(failure_of(fault, plan), reply, caller)
            return
        if seen is not None and seen.instead is not None:
            answer.close()
            await _tell(seen.instead, reply, caller)
            return
        headers += seen.headers if seen is not None else ()
        kept = Kept(_sent(reply, status, headers), caller.told, seen)
        if bare or answer.content_type == ENDLESS:
            kept.over()
        await caller.send({"type": "http.response.start", "status": status, "headers": headers})
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
        client: Watched,
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

    # ---- changed on the way --------------------------------------------------------------------------------------

    async def fetch(self, request: Request, reply: Reply, scope: Scope, receive: Receive) -> Fetched | None:
        """The real API's whole answer as `reply` wants it, still to be performed; None if the client has left."""
        import aiohttp  # noqa: PLC0415  (as above)

        plan = _plan(reply)
        refused = self.asking.refusal(plan)
        client = Watched(receive, stopping=self.stopping)
        kept = False
        try:
            with self.patience.lasts():
                found = refused or await self._fetched(request, reply, plan, receive, client)
        except (TimeoutError, aiohttp.ClientError) as fault:
            found = failure_of(fault, plan)
        except asyncio.CancelledError:
            wire.close(scope)
            return None
        except Gone:
            return None
        else:
            kept = found is not None
        finally:
            if not kept:
                client.let_go()
        if found is None:
            return None
        return Fetched(_as_of(reply, found), client)

    async def _fetched(
        self, request: Request, reply: Reply, plan: Onward, receive: Receive, client: Watched
    ) -> Reply | None:
        laying = reply.laying or Laying()
        answer = await self.asking.asked(request, plan, receive, client, to_change=laying.reshapes)
        if answer is None:
            return None
        async with answer:
            if not 200 <= answer.status <= 599:
                return _no_status(answer.status, plan)
            most = BROKEN_PART if reply.fault and not laying.whole else MOST
            body = await _read(answer, most + 1, plan.timeout)
            if len(body) > MOST:
                return problem(reply, too_large(), laying.where)
            return made_of(request, reply, answer.status, _incoming(answer.raw_headers, reply, plan), body)

    # ---- over a WebSocket ----------------------------------------------------------------------------------------

    async def talk(
        self, request: Request, reply: Reply, scope: Scope, receive: Receive, send: Send, told: Told
    ) -> None:
        """Opens a WebSocket of the real API for a client that asked for one, and carries what both say.

        `told` is called before the client hears how the handshake ended.
        """
        plan = _plan(reply)
        hear, say = as_http(scope, receive, send)
        caller = Caller(scope, hear, say, told)
        client = Client(hear, stopping=self.stopping)
        try:
            with self.patience.lasts():
                there = self.asking.refusal(plan) or await self._opened(request, reply, plan, client)
        except asyncio.CancelledError:
            wire.close(scope)
            return
        finally:
            client.let_go()
        if there is None:
            return
        if isinstance(there, Opened) and reply.fault:
            await there.close()
            broken = Reply(503, [], fault=reply.fault, mock=reply.mock)
            start = {"type": "http.response.start", "status": 503, "headers": []}
            exchange = Exchange(scope, Client(hear, stopping=self.stopping), say, broken, start)
            await perform(exchange, BodyFiles(), self.patience, lambda: told(_sent(reply, 503, [])))
        elif isinstance(there, Reply):
            await _tell(there, reply, caller)
        elif isinstance(there, Refused):
            await _pass_refusal(there, reply, plan, caller)
        else:
            talked = Talked()
            told(msgspec.structs.replace(_sent(reply, 101, there.headers), talk=talked))
            # granian 2.8 sends no header of ours with a 101, so the real API's stay here; the journal has them.
            await send({"type": "websocket.accept", "subprotocol": there.socket.protocol})
            await relay(there, scope, receive, send, talked, self.stopping)

    async def _opened(
        self, request: Request, reply: Reply, plan: Onward, client: Client
    ) -> Opened | Refused | Reply | None:
        """The handshake with the real API, after the delay; None if the client left meanwhile."""
        if reply.delay and not await client.stays(reply.delay):
            return None
        opening = asyncio.ensure_future(opened(request, plan))
        try:
            done, _ = await asyncio.wait({opening, client.watched()}, return_when=asyncio.FIRST_COMPLETED)
            return await opening if opening in done else None
        finally:
            opening.cancel()


def _plan(reply: Reply) -> Onward:
    if reply.onward is None:
        raise AssertionError("a reply without a plan is not passed on")
    return reply.onward


def _sent(reply: Reply, status: int, headers: Headers, error: str = "") -> Sent:
    """What the journal is told. `source` is the real API's, unless the answer is one of keymock's own."""
    story = reply.story if isinstance(reply.story, Story) else None
    source = "" if error else "real"
    return Sent(status, reply.mock, reply.response, error, headers, story=story, source=source)


def _incoming(raw: Any, reply: Reply, plan: Onward) -> Headers:
    """The real API's headers; what keymock says of other origins goes in the place of what it says."""
    replaced = {name for name, _ in reply.headers if name.startswith(b"access-control-")}
    return [(name, value) for name, value in incoming(raw, plan) if name not in replaced]


def _head(answer: aiohttp.ClientResponse, reply: Reply, plan: Onward) -> tuple[int, Headers]:
    came = _incoming(answer.raw_headers, reply, plan)
    if reply.laying is None:
        return answer.status, [*came, *reply.headers]
    status, headers = laid_over(reply, reply.laying, answer.status, came)
    if status in (204, 304):
        headers = [pair for pair in headers if pair[0] != b"content-length"]
    return status, headers


async def _read(answer: aiohttp.ClientResponse, most: int, timeout: float) -> bytes:
    """The body, as much of it as `most`. Raises TimeoutError when nothing comes for so long."""
    parts, size = [], 0
    while size < most:
        async with asyncio.timeout(timeout):
            part = await answer.content.read(most - size)
        if not part:
            break
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _no_status(status: int, plan: Onward) -> Reply:
    return failure(502, "upstream-broken", f"its status is {status}, which is none", plan)


def _own(reply: Reply) -> Headers:
    """The headers of a reply that hold for a problem in its place, too: which mock it was, and who may read it."""
    kept = (b"access-control-", b"vary", b"x-keymock-")
    return [pair for pair in reply.headers if pair[0].startswith(kept) and pair[0] != b"x-keymock-source"]


def _as_of(reply: Reply, found: Reply) -> Reply:
    """What was fetched; a problem in its place tells the mock it comes from."""
    if found.source:
        return found
    found.mock, found.story, found.rendered = reply.mock, reply.story, True
    own = {name for name, _ in found.headers}
    found.headers += [pair for pair in _own(reply) if pair[0] not in own]
    return found


async def _pass_refusal(refused: Refused, reply: Reply, plan: Onward, caller: Caller) -> None:
    """The answer of a real API that opens no WebSocket, as it is."""
    if not 200 <= refused.status <= 599:
        await _tell(_no_status(refused.status, plan), reply, caller)
        return
    came = [pair for pair in _incoming(refused.headers, reply, plan) if pair[0] != b"content-length"]
    headers = [*came, *reply.headers]
    sent = _sent(reply, refused.status, headers)
    caller.told(msgspec.structs.replace(sent, body=refused.body, size=len(refused.body)))
    await caller.send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await caller.send({"type": "http.response.body", "body": refused.body, "more_body": False})


async def _tell(failed: Reply, reply: Reply, caller: Caller) -> None:
    headers = [*failed.headers, *_own(reply)]
    body = failed.body
    sent = _sent(reply, failed.status, headers, failed.error)
    caller.told(
        msgspec.structs.replace(
            sent, body=body, size=len(body), violations=failed.violations, operation=failed.operation
        )
    )
    headers.append((b"connection", b"close"))  # what is left of the body is not read
    await caller.send({"type": "http.response.start", "status": failed.status, "headers": headers})
    await caller.send({"type": "http.response.body", "body": body, "more_body": False})


def _more(part: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": part, "more_body": True}
