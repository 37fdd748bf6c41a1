"""The mock port as an ASGI app: reads a request as far as needed, asks the engine, performs the reply.

Most requests ask for the same few static answers again and again. Such a reply is kept ready under the request line
and the Host, for as long as the world does not change; requests with headers that could change an answer (a
preference, an origin, a session …) never take that way. Everything else is decided by the engine each time.

Nearly all answers can be given without awaiting anything. `MockApp.at_once` gives them, and hands back what else there
is to do; a server may call it where the request was read (`serve/turn.py`), other hosts call the app.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from keymock import carriers, engine
from keymock.exchange import Malformed, Reply, Request, Talk, problem_reply
from keymock.index import NEEDS_BODY, NeedsBody
from keymock.journal import MOST_KEPT, Alike, Sent
from keymock.journal.talk import MOST_KEPT as MOST_SAID
from keymock.journal.talk import Talked
from keymock.negotiation import FilePart
from keymock.refill import Refill
from keymock.serve.bodies import BodyFiles
from keymock.serve.intake import MAX_URL, Deadlines, Hosts, check_size, framing, read_body, read_on
from keymock.serve.kept import Head, Kept, KeptReply, Line
from keymock.serve.later import Later
from keymock.serve.messages import Ready, as_messages, checked
from keymock.serve.perform import UNWATCHED, Client, Exchange, Patience, perform
from keymock.serve.service import Service
from keymock.serve.websocket import as_http, perform_talk
from keymock.steady import Course

if TYPE_CHECKING:
    from keymock.serve.passing import Fetched, Passing

Message = dict[str, Any]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Say = Callable[[Message], object]
"""Sends a message of an answer that is whole; nothing has to be awaited."""
Rest = Callable[[Receive, Send], Awaitable[None]]
"""What is left to do for a request, on the event loop."""
Ends = tuple[Scope, Receive, Send]

HEALTH = b"/__keymock/health"

CHANGING = frozenset({
    b"baggage", b"connection", b"content-length", b"cookie", b"expect", b"host", b"origin", b"prefer", b"range",
    b"transfer-encoding", b"upgrade", b"x-keymock-faults", b"x-keymock-flow", b"x-keymock-preset",
    b"x-keymock-session", b"x-keymock-token",
})  # fmt: skip
"""Headers that may change what is answered to one and the same request line, besides the conditions of mocks."""

WITHOUT_UPGRADE = ("1.0", "1")
"""Versions of HTTP in which nobody can ask for a WebSocket (RFC 9110, 7.8): after the 101, granian would send nothing.
A proxy that speaks 1.0 to us, as nginx does if it is not told otherwise, hears of it by 426."""


class Upgrade(NamedTuple):
    """A client that asked for a WebSocket: how a talk of a mock begins, after so many seconds; its own ends."""

    begin: Callable[[Talk, float, Callable[[], object], Talked], Awaitable[None]]
    ends: Ends


class Asked(Request):
    """A request with what is known of its exchange, `head` by its headers. `began` is in nanoseconds."""

    def __init__(self, scope: Scope, world: engine.World, head: Head, began: int) -> None:
        self.method = scope["method"]  # as Request does it; by way of that it takes twice as long
        self.raw_path = scope["raw_path"]
        self.query_string = scope["query_string"]
        self.headers = head.headers
        self.body = None
        self.scheme = scope["scheme"]
        self.host, self.port = "localhost", None
        client = scope.get("client")
        self.client = client[0] if client else ""
        self.scope = scope
        self.world = world
        self.host_header = head.host
        self.began = began
        self.size = head.size
        self.plain = head.plain
        """Whether it has one Host, no body, and no header that could change an answer or name a session."""
        if head.plain:
            self.influenced = False

    @property
    def line(self) -> Line:
        """What leads are kept by."""
        return self.host_header, self.method, self.raw_path

    @property
    def session_name(self) -> str:
        """Empty for the default session, and before one is known."""
        return self.session.name if self.session is not None else ""


class MockApp:
    """The ASGI app. `clock` gives nanoseconds since the epoch, `ticks` nanoseconds for measuring.

    `hosts` are the names that a request may come for besides loopback ones; None checks no Host at all. `project`
    is the only one that is served, on a port of its own. `stopping` is set when the server stops: then nobody
    is left hanging, and what takes too long ends.
    """

    def __init__(
        self,
        service: Service,
        clock: Callable[[], int],
        ticks: Callable[[], int],
        hosts: frozenset[str] | None = frozenset(),
        project: str = "",
        stopping: asyncio.Event | None = None,
    ) -> None:
        self.service = service
        self.clock = clock
        self.ticks = ticks
        self.hosts = Hosts(hosts)
        self.project = project
        self.stopping = stopping
        self.patience = Patience(stopping)
        self.files = BodyFiles()
        self.deadlines = Deadlines()
        self._passing: Passing | None = None
        self._kept = Kept(_changing(service))
        self._courses = self._kept.courses
        self._world = service.world
        service.keeping.append(self._kept.forget)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            said: list[Message] = []
            rest = self.at_once(scope, said.append)
            for message in said:
                await send(message)
            if rest is not None:
                await rest(receive, send)
        elif scope["type"] == "websocket":
            await self._upgrade(scope, receive, send)
        else:
            await _follow(receive, send)
            await self.close()

    def at_once(self, scope: Scope, say: Say) -> Rest | None:
        """Answers a request by two messages; or hands back what is left to do, the messages among it perhaps.

        It may run on another thread while the loop sleeps, so nothing here asks anything of a loop.
        """
        began = self.ticks()
        world = self.service.world
        kept = self._kept
        if world is not self._world:
            self._world = world
            kept.begin(_changing(self.service))
        headers = scope["headers"]
        head = kept.head
        if headers != head.headers:
            head = kept.look_at(headers)
        if head.plain:
            method, raw_path, query = scope["method"], scope["raw_path"], scope["query_string"]
            by_path = head.ready.get(method)
            ready = by_path.get(raw_path) if by_path is not None else None
            if ready is None and kept.by_accept:
                ready = kept.accepted(head.host, method, raw_path, query, headers)
            short = head.short and len(raw_path) + len(query) <= MAX_URL
            if ready is not None and short:
                alike = ready.alike
                if alike is None or alike.headers is not head.headers or alike.query != query:
                    alike = ready.alike = Alike(
                        head.size, "", method, raw_path, query, head.headers, ready.sent, world.generation
                    )
                if ready.delay:
                    return Later(ready.delay, partial(self._repeat, ready, alike, began))
                self._repeat(ready, alike, began, say)
                return None
            course = self._courses.get((head.host, method, raw_path))
            if course is not None and short:
                if course.refill is not None and self._refill(course.refill, scope, head, began, say):
                    return None
                return self._along(course, Asked(scope, world, head, began), say)
        return self._answer(Asked(scope, world, head, began), say)

    def _repeat(self, ready: KeptReply, alike: Alike, began: int, say: Say) -> None:
        """Gives an answer that is kept."""
        self.service.journal.enter(self.clock(), self.ticks() - began, alike)
        say({"type": "http.response.start", "status": ready.status, "headers": ready.headers})
        say({"type": "http.response.body", "body": ready.body})

    def _refill(self, refill: Refill, scope: Scope, head: Head, began: int, say: Say) -> bool:
        """Gives an answer whose text is filled in anew; False if it is one of those that go the long way."""
        service, time, query, headers = self.service, self.clock(), scope["query_string"], head.headers
        session = service.sessions.get("") or service.session("")
        frozen = session.frozen if session.frozen is not None else service.options.frozen
        asked = Asked(scope, self._world, head, began) if refill.asks(query, headers) else None
        now = time / 1e9 if frozen is None else frozen
        filled = refill.filled(asked, session, now, head.size, query, headers, self._world.generation)
        if filled is None:
            return False
        service.journal.enter(time, self.ticks() - began, filled)
        say({"type": "http.response.start", "status": refill.status, "headers": refill.headers})
        say({"type": "http.response.body", "body": filled[1]})
        return True

    async def close(self) -> None:
        """Ends the connections to real APIs."""
        if self._passing is not None:
            await self._passing.close()

    async def _upgrade(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A client that asks for a WebSocket: a GET, and answered as one until a talk begins."""
        began = self.ticks()
        hear, say = as_http(scope, receive, send)

        async def begin(talk: Talk, delay: float, told: Callable[[], object], talked: Talked) -> None:
            client = Client(hear)
            stays = await client.stays(delay)
            client.let_go()
            told()
            if stays:
                await perform_talk(talk, scope, receive, send, self.service.moment, self.stopping, talked)

        await receive()  # says that it wants to connect, which we know
        head = Head(scope["headers"], CHANGING)
        head.plain = False
        as_get = {**scope, "method": "GET", "scheme": scope["scheme"].replace("ws", "http")}
        asked = Asked(as_get, self.service.world, head, began)
        asked.upgrade = scope.get("http_version") not in WITHOUT_UPGRADE
        upgrade = Upgrade(begin, (scope, receive, send))
        await _all_of(partial(self._answer, asked, upgrade=upgrade), hear, say)

    # ---- deciding ------------------------------------------------------------------------------------------------

    def _answer(self, asked: Asked, say: Say, upgrade: Upgrade | None = None) -> Rest | None:
        """Answers, or begins a talk with a client that asked for one; as far as nothing has to be awaited."""
        if asked.raw_path == HEALTH:
            say({"type": "http.response.start", "status": 204, "headers": []})
            say({"type": "http.response.body"})
            return None
        leads = None
        try:
            first_the_body = self._admit(asked)
            leads = self._leads_of(asked)
            reply = NEEDS_BODY if first_the_body else self._ask(asked, leads)
            if leads is not None and not first_the_body and isinstance(reply, NeedsBody):
                self._kept.keep_bodied(asked.line)
        except Malformed as fault:
            reply = _refusal(fault)
        if isinstance(reply, NeedsBody):
            return partial(self._answer_with_body, asked, leads)
        return self._give(asked, reply, say, upgrade)

    def _along(self, course: Course, asked: Asked, say: Say) -> Rest | None:
        """Answers on the course that requests with this line take; the long way if this one does not."""
        asked.project = self.project
        session = asked.session = self.service.session("")
        asked.now = session.frozen if session.frozen is not None else self.service.moment()
        asked.body = b""
        reply = course.reply(asked)
        return self._answer(asked, say) if reply is None else self._give(asked, reply, say)

    async def _answer_with_body(
        self, asked: Asked, leads: tuple[engine.Lead, ...] | None, receive: Receive, send: Send
    ) -> None:
        try:
            asked.body = await read_body(receive, self.service.options.max_body, self.deadlines)
            reply = self._ask(asked, leads)
        except Malformed as fault:
            reply = _refusal(fault)
        if isinstance(reply, NeedsBody):
            raise AssertionError("the engine asks for a body only while it is unread")
        await _all_of(partial(self._give, asked, reply), receive, send)

    def _ask(self, asked: Asked, leads: tuple[engine.Lead, ...] | None) -> Reply | NeedsBody:
        if asked.world is not self._world:
            return engine.answer(asked, asked.world, leads)
        course = self._courses.get(asked.line) if leads is not None and asked.body is not None else None
        reply = course.reply(asked) if course is not None else None
        return reply if reply is not None else engine.answer(asked, asked.world, leads, self._kept.steady)

    def _admit(self, asked: Asked) -> bool:
        """Looks at all but the body; True if that has to be read before the engine is asked. Raises Malformed."""
        check_size(asked, asked.size)
        asked.host, asked.port = self.hosts.of(asked, asked.host_header, asked.scope.get("http_version", ""))
        asked.project = self.project
        named = not asked.plain or asked.raw_path.startswith(carriers.PREFIX)
        session = carriers.take(asked, self.service.catalog.settings.session_from) if named else ""
        own = asked.session = self.service.session(session)
        asked.now = own.frozen if own.frozen is not None else self.service.moment()
        if asked.plain or asked.upgrade:
            asked.body = b""
            return False
        options = self.service.options
        length, chunked = framing(asked.headers, options.max_body)
        if not length and not chunked:
            asked.body = b""
        return chunked or (length > 0 and (options.journal_bodies or asked.line in self._kept.bodied))

    def _leads_of(self, asked: Asked) -> tuple[engine.Lead, ...] | None:
        """Where a request leads that names neither a session nor a preset; None where the engine has to say."""
        if asked.influenced or asked.session_name or asked.world is not self._world:
            return None  # others with this request line may be led elsewhere
        line = asked.line
        found = self._kept.leads.get(line)
        if found is None:
            try:
                found = engine.leads_of(asked, asked.world)
            except Malformed:
                return None
            self._kept.keep_leads(line, found)
        elif line not in self._courses and not asked.upgrade:
            self._kept.keep_course(line, engine.course_of(asked, asked.world, found, self._kept.steady))
        return found

    # ---- answering -----------------------------------------------------------------------------------------------

    def _give(self, asked: Asked, reply: Reply, say: Say, upgrade: Upgrade | None = None) -> Rest | None:
        """Gives a reply, if nothing has to be awaited for it."""
        if reply.onward is not None:
            return partial(self._pass_on, asked, reply, upgrade)
        if upgrade is not None:
            _settle(reply)
        made = as_messages(asked, reply)
        ready = checked(made, reply) if reply.talk is None else made
        if ready is not made:
            sent = ready.sent
            reply = Reply(sent.status, sent.headers, sent.body, mock=reply.mock, error=sent.error, story=reply.story)
        lasts = (reply.reusable or reply.by_accept) and asked.plain and asked.world is self._world
        if lasts and not asked.session_name:
            self._kept.keep(asked.host_header, asked, reply, ready)
        if upgrade is not None and reply.talk is not None:
            return partial(self._talk, asked, reply, ready, upgrade)
        slow = reply.delay or reply.stream or reply.fault or reply.file is not None
        if slow or reply.calls or asked.body is None:
            return partial(self._perform, asked, reply, ready)
        self._remember(asked, ready)
        say(ready.start)
        say(ready.body)
        return None

    async def _perform(self, asked: Asked, reply: Reply, ready: Ready, receive: Receive, send: Send) -> None:
        """Gives a reply that takes time, breaks, lies on disk, or has calls that follow."""
        entry = 0

        def told() -> None:
            nonlocal entry
            entry = self._remember(asked, ready)

        if reply.delay or reply.stream or reply.fault or isinstance(reply.file, FilePart):
            client = Client(receive, unread=asked.body is None, stopping=self.stopping)
            await perform(Exchange(asked.scope, client, send, reply, ready.start), self.files, self.patience, told)
        else:
            if asked.body is None:
                await read_on(receive, UNWATCHED)
            told()
            await send(ready.start)
            if reply.file is not None and asked.method != "HEAD":
                await self.files.send(reply.file, send)
            else:
                await send(ready.body)
        if reply.calls:
            self.service.callbacks.begin(reply.calls, entry, asked.session_name)

    async def _talk(
        self, asked: Asked, reply: Reply, ready: Ready, upgrade: Upgrade, _receive: Receive, _send: Send
    ) -> None:
        if reply.talk is not None:
            talked, spoken = Talked(), reply.talk.protocol
            headers = [(b"sec-websocket-protocol", spoken.encode())] if spoken else []  # granian adds its own alone
            ready = ready._replace(sent=msgspec.structs.replace(ready.sent, headers=headers, talk=talked))
            await upgrade.begin(reply.talk, reply.delay, partial(self._remember, asked, ready), talked)

    async def _pass_on(self, asked: Asked, reply: Reply, upgrade: Upgrade | None, receive: Receive, send: Send) -> None:
        """Lets the real API answer."""
        if self._passing is None:
            from keymock.serve.passing import Passing  # noqa: PLC0415  (who only mocks does not pay for it)

            self._passing = Passing(self.service, self.patience, self.stopping)

        def told(sent: Sent) -> None:
            body = asked.body[:MOST_KEPT] if asked.body else None
            weight = asked.size + len(body or b"") + len(sent.body) + (MOST_SAID if sent.talk is not None else 0)
            self._add(asked, sent, weight, body)

        if upgrade is not None:
            await self._passing.talk(asked, reply, *upgrade.ends, told)
        elif reply.fetches:
            fetched = await self._passing.fetch(asked, reply, asked.scope, receive)
            if fetched is not None:
                await self._give_fetched(asked, fetched, send)
            return
        else:
            await self._passing.pass_on(asked, reply, asked.scope, receive, send, told)
        if reply.calls:
            self.service.callbacks.begin(reply.calls, self.service.journal.count, asked.session_name)

    async def _give_fetched(self, asked: Asked, fetched: Fetched, send: Send) -> None:
        """Gives what was made here of the real API's answer."""
        reply, client = fetched
        ready = checked(as_messages(asked, reply), reply)
        if ready.sent.error and not reply.error:
            reply = Reply(ready.sent.status, ready.sent.headers, ready.sent.body, mock=reply.mock)
        entry = 0

        def told() -> None:
            nonlocal entry
            entry = self._remember(asked, ready)

        await perform(Exchange(asked.scope, client, send, reply, ready.start), self.files, self.patience, told)
        if reply.calls:
            self.service.callbacks.begin(reply.calls, entry, asked.session_name)

    def _remember(self, asked: Asked, ready: Ready) -> int:
        """Enters an exchange into the journal, before its answer goes out; its number there."""
        sent = ready.sent
        if not asked.body:
            return self._add(asked, sent, asked.size + len(sent.body), None)
        body = asked.body[:MOST_KEPT]
        return self._add(asked, sent, asked.size + len(body) + len(sent.body), body)

    def _add(self, asked: Asked, sent: Sent, weight: int, body: bytes | None) -> int:
        journal, session = self.service.journal, asked.session
        name = session.name if session is not None else ""
        alike = Alike(
            weight, name, asked.method, asked.raw_path, asked.query_string, asked.headers, sent,
            asked.world.generation, body,
        )  # fmt: skip
        journal.enter(self.clock(), self.ticks() - asked.began, alike, weight)
        return journal.count


def _refusal(fault: Malformed) -> Reply:
    reply = problem_reply(fault.status, fault.code, "The request cannot be served", fault.detail)
    if fault.status in (408, 413):
        reply.headers.append((b"connection", b"close"))  # what is left of the body is not read
    return reply


def _settle(reply: Reply) -> None:
    """Makes the answer to a client that asked for a WebSocket one that can be given to it."""
    reply.onwards = ()  # granian sends it whole, or never
    if reply.talk is not None and reply.fault:
        reply.talk, reply.status = None, 503  # which nobody sees: the connection breaks before


def _changing(service: Service) -> frozenset[bytes]:
    """The headers that keep a request from a reply that is ready, those included that may name its session."""
    return CHANGING | carriers.headers(service.catalog.settings.session_from)


async def _all_of(answer: Callable[[Say], Rest | None], receive: Receive, send: Send) -> None:
    """An answer as far as it can be given at once, and what is left of it, by a `send` that is awaited."""
    said: list[Message] = []
    rest = answer(said.append)
    for message in said:
        await send(message)
    if rest is not None:
        await rest(receive, send)


async def _follow(receive: Receive, send: Send) -> None:
    """The lifespan of a host is followed."""
    while (await receive())["type"] != "lifespan.shutdown":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
