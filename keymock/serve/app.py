"""The mock port as an ASGI app: reads a request as far as needed, asks the engine, performs the reply.

Most requests ask for the same few static answers again and again. Such a reply is kept ready under the request line
and the Host, for as long as the world does not change; requests with headers that could change an answer (a
preference, an origin, a session …) never take that way. Everything else is decided by the engine each time.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from keymock import carriers, engine
from keymock.exchange import Headers, Malformed, Reply, Request, Talk, problem_reply, split_host
from keymock.index import NeedsBody
from keymock.journal import MOST_KEPT, Sent, Story
from keymock.journal.talk import MOST_KEPT as MOST_SAID
from keymock.journal.talk import Talked
from keymock.negotiation import FilePart
from keymock.serve.bodies import BodyFiles
from keymock.serve.perform import UNWATCHED, Client, Exchange, Patience, perform
from keymock.serve.service import Service
from keymock.serve.websocket import as_http, perform_talk

if TYPE_CHECKING:
    from keymock.serve.passing import Passing

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Told = Callable[[Sent], None]
Ends = tuple[Scope, Receive, Send]

Line = tuple[bytes | None, str, bytes]
"""Host, method and path of a request."""

HEALTH = b"/__keymock/health"

CHANGING = frozenset({
    b"baggage", b"connection", b"content-length", b"cookie", b"expect", b"host", b"origin", b"prefer", b"range",
    b"transfer-encoding", b"upgrade", b"x-keymock-faults", b"x-keymock-flow", b"x-keymock-preset",
    b"x-keymock-session", b"x-keymock-token",
})  # fmt: skip
"""Headers that may change what is answered to one and the same request line, besides the conditions of mocks."""

MAX_URL = 8 * 1024
MAX_HEADERS = 100
MAX_HEADER_BYTES = 64 * 1024
BODY_SECONDS = 30.0
IDLE_SECONDS = 10.0
LONGEST_LENGTH = 30
"""Digits of a Content-Length that are read: it is too large by then, and Python refuses thousands of digits."""
MOST_READY = 20_000
MOST_LEADS = 4_000
MOST_SHARED = 64 * 1024
"""Bytes of an answer that is kept ready and remembered with each exchange: what is longer is remembered cut off."""

_FIELD = re.compile(rb"[!#$%&'*+.^_`|~0-9a-z-]+")
_VALUE = re.compile(rb"[^\x00-\x08\x0a-\x1f\x7f]*")


class Upgrade(NamedTuple):
    """A client that asked for a WebSocket: how a talk of a mock begins, after so many seconds; its own ends."""

    begin: Callable[[Talk, float, Callable[[], None], Talked], Awaitable[None]]
    ends: Ends


class Ready(NamedTuple):
    """A reply as two ASGI messages, sent as they are."""

    start: dict[str, Any]
    body: dict[str, Any]
    sent: Sent
    """The same for the journal."""
    delay: float = 0.0
    """Seconds; of a reply that is kept, one too short for anybody to leave meanwhile."""


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
        self.hosts = hosts
        self.project = project
        self.stopping = stopping
        self.patience = Patience(stopping)
        self.files = BodyFiles()
        self._passing: Passing | None = None
        self._ready: dict[Line, Ready] = {}
        self._by_accept: dict[tuple[bytes | None, str, bytes, bytes, bytes], Ready] = {}
        """Replies that a contract makes: they depend on the query and on `Accept` too."""
        self._leads: dict[Line, tuple[engine.Lead, ...]] = {}
        self._bodied: set[Line] = set()
        """Where request lines lead whose answers cannot be kept; as long as the world does not change. Where a body was
        asked for once, it is read at once from then on, and the engine asked but one time."""
        self._world = service.world
        self._changing = _changing(service)
        self._known_hosts: dict[bytes, tuple[str, int | None]] = {}
        service.keeping.append(self._forget)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._upgrade(scope, receive, send)
            return
        if scope["type"] == "lifespan":
            await _follow(receive, send)
            await self.close()
            return
        began = self.ticks()
        service = self.service
        world = service.world
        if world is not self._world:
            self._forget()
            self._world = world
            self._changing = _changing(service)
        changing = self._changing
        method, raw_path, query, headers = scope["method"], scope["raw_path"], scope["query_string"], scope["headers"]
        host: bytes | None = None
        plain, size = True, 0
        for name, value in headers:
            size += len(value)
            if name in changing:
                if name == b"host" and host is None:
                    host = value
                else:
                    plain = False
        if plain:
            ready = self._ready.get((host, method, raw_path))
            if ready is None and self._by_accept:
                ready = self._by_accept.get((host, method, raw_path, query, _accept(headers)))
            if ready is not None and size < MAX_URL and len(headers) < MAX_HEADERS and len(query) < MAX_URL // 2:
                if ready.delay:
                    await asyncio.sleep(ready.delay)
                await send(ready.start)
                service.journal.add(
                    size, self.clock(), self.ticks() - began, "", method, raw_path, query, headers, ready.sent,
                    world.generation, None,
                )  # fmt: skip
                await send(ready.body)
                return
        await self._answer(scope, receive, send, world, host, began, plain)

    async def close(self) -> None:
        """Ends the connections to real APIs."""
        if self._passing is not None:
            await self._passing.close()

    async def _upgrade(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A client that asks for a WebSocket: a GET, and answered as one until a talk begins."""
        began = self.ticks()
        host = next((value for name, value in scope["headers"] if name == b"host"), None)
        asked = {**scope, "method": "GET", "scheme": scope["scheme"].replace("ws", "http")}

        hear, say = as_http(scope, receive, send)

        async def begin(talk: Talk, delay: float, told: Callable[[], None], talked: Talked) -> None:
            client = Client(hear)
            stays = await client.stays(delay)
            client.let_go()
            told()
            if stays:
                await perform_talk(talk, scope, receive, send, self.service.moment, self.stopping, talked)

        await receive()  # says that it wants to connect, which we know
        upgrade = Upgrade(begin, (scope, receive, send))
        await self._answer(asked, hear, say, self.service.world, host, began, False, upgrade)

    async def _answer(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        world: engine.World,
        host: bytes | None,
        began: int,
        plain: bool,
        upgrade: Upgrade | None = None,
    ) -> None:
        """Answers, or begins a talk with a client that asked for one."""
        request = Request(
            scope["method"], scope["raw_path"], scope["query_string"], scope["headers"], None, scheme=scope["scheme"],
            client=scope["client"][0] if scope.get("client") else "",
        )  # fmt: skip
        request.upgrade = upgrade is not None
        if plain:
            request.influenced = False
        if request.raw_path == HEALTH:
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body"})
            return
        reply = await self._reply(request, scope, receive, world, host, plain)
        if reply is None:
            return
        if reply.onward is not None:
            told_of_real = self._tells(request, began, world.generation)
            await self._pass_on(request, reply, (scope, receive, send), upgrade, told_of_real)
            return
        if request.upgrade:
            _settle(reply)
        made = _as_messages(request, reply)
        ready = self._checked(made, reply) if reply.talk is None else made
        if ready is not made:
            sent = ready.sent
            reply = Reply(sent.status, sent.headers, sent.body, mock=reply.mock, error=sent.error, story=reply.story)
        if plain and world is self._world and self._keepable(reply) and not _session_name(request):
            self._keep(host, request, reply, ready)

        entry = 0

        def told() -> None:
            nonlocal entry
            body = request.body[:MOST_KEPT] if request.body else None
            weight = sum(len(value) for _, value in request.headers) + len(body or b"") + len(ready.sent.body)
            self.service.journal.add(
                weight, self.clock(), self.ticks() - began, _session_name(request), request.method, request.raw_path,
                request.query_string, request.headers, ready.sent, world.generation, body,
            )  # fmt: skip
            entry = self.service.journal.count

        if upgrade is not None and reply.talk is not None:
            talked = Talked()
            ready = ready._replace(sent=ready.sent._replace(talk=talked))
            await upgrade.begin(reply.talk, reply.delay, told, talked)
            return
        if reply.delay or reply.stream or reply.fault or isinstance(reply.file, FilePart):
            client = Client(receive, unread=request.body is None, stopping=self.stopping)
            await perform(Exchange(scope, client, send, reply, ready.start), self.files, self.patience, told)
        else:
            if request.body is None:
                await _read_on(receive)
            told()
            await self._send_at_once(request, reply, ready, send)
        if reply.calls:
            self.service.callbacks.begin(reply.calls, entry, _session_name(request))

    async def _send_at_once(self, request: Request, reply: Reply, ready: Ready, send: Send) -> None:
        await send(ready.start)
        if reply.file is not None and request.method != "HEAD":
            await self.files.send(reply.file, send)
        else:
            await send(ready.body)

    def _forget(self) -> None:
        """Forgets what is kept of a world that is no more, or no longer the same."""
        self._ready.clear()
        self._by_accept.clear()
        self._leads.clear()
        self._bodied.clear()

    async def _reply(
        self, request: Request, scope: Scope, receive: Receive, world: engine.World, host: bytes | None, plain: bool
    ) -> Reply | None:
        """What the request gets, keymock's own refusals included; None if the client has left."""
        try:
            return await self._decide(request, scope, receive, world, host, plain)
        except Malformed as fault:
            reply = problem_reply(fault.status, fault.code, "The request cannot be served", fault.detail)
            if fault.status in (408, 413):
                reply.headers.append((b"connection", b"close"))  # what is left of the body is not read
            return reply
        except ClientGone:
            return None

    async def _pass_on(self, request: Request, reply: Reply, ends: Ends, upgrade: Upgrade | None, told: Told) -> None:
        """Lets the real API answer."""
        if self._passing is None:
            from keymock.serve.passing import Passing  # noqa: PLC0415  (who only mocks does not pay for it)

            self._passing = Passing(self.service, self.patience, self.stopping)
        if upgrade is not None:
            await self._passing.talk(request, reply, *upgrade.ends, told)
        else:
            await self._passing.pass_on(request, reply, *ends, told)

    def _tells(self, request: Request, began: int, generation: int) -> Told:
        """Tells the journal what came of a request that was passed on."""

        def told(sent: Sent) -> None:
            body = request.body[:MOST_KEPT] if request.body else None
            weight = sum(len(value) for _, value in request.headers) + len(body or b"") + len(sent.body)
            self.service.journal.add(
                weight + (MOST_SAID if sent.talk is not None else 0), self.clock(), self.ticks() - began,
                _session_name(request), request.method, request.raw_path, request.query_string, request.headers, sent,
                generation, body,
            )  # fmt: skip

        return told

    def _keep(self, host: bytes | None, request: Request, reply: Reply, ready: Ready) -> None:
        if reply.by_accept:
            key = (host, request.method, request.raw_path, request.query_string, _accept(request.headers))
            self._by_accept[key] = ready
        else:
            self._ready[host, request.method, request.raw_path] = ready._replace(delay=reply.delay)

    def _keepable(self, reply: Reply) -> bool:
        whole = reply.file is None and not reply.stream and not reply.fault
        if reply.by_accept:
            short = len(reply.body) <= MOST_SHARED  # any query makes another one
            return whole and short and not reply.delay and len(self._by_accept) < MOST_READY
        return reply.reusable and whole and reply.delay <= UNWATCHED and len(self._ready) < MOST_READY

    async def _decide(
        self, request: Request, scope: Scope, receive: Receive, world: engine.World, host: bytes | None, plain: bool
    ) -> Reply:
        """The engine's reply, the body being read only if it must be. Raises Malformed.

        A `plain` request has one Host, no body, and no header that names a session.
        """
        _check_size(request)
        request.host, request.port = self._host(request, host, scope)
        request.project = self.project
        named = not plain or request.raw_path.startswith(carriers.PREFIX)
        session = carriers.take(request, self.service.catalog.settings.session_from) if named else ""
        request.session = self.service.session(session)
        request.now = request.session.frozen if request.session.frozen is not None else self.service.moment()
        length, chunked = 0, False
        if not plain and not request.upgrade:
            length, chunked = _framing(request.headers, self.service.options.max_body)
        line = host, request.method, request.raw_path
        if chunked or (length and (line in self._bodied or self.service.options.journal_bodies)):
            request.body = await read_body(receive, self.service.options.max_body)
        elif not length:
            request.body = b""
        shared = not session and not request.influenced  # so that others with this request line get the same
        leads = self._leads_of(request, world, line) if shared else None
        reply = engine.answer(request, world, leads)
        if isinstance(reply, NeedsBody):
            if leads is not None and len(self._bodied) < MOST_LEADS:
                self._bodied.add(line)
            request.body = await read_body(receive, self.service.options.max_body)
            reply = engine.answer(request, world, leads)
        if isinstance(reply, NeedsBody):
            raise AssertionError("the engine asks for a body only while it is unread")
        return reply

    def _leads_of(self, request: Request, world: engine.World, line: Line) -> tuple[engine.Lead, ...] | None:
        """Where a request leads that names neither a session nor a preset; None where the engine has to say why not."""
        found = self._leads.get(line)
        if found is None:
            try:
                found = engine.leads_of(request, world)
            except Malformed:
                return None
            if world is self._world and len(self._leads) < MOST_LEADS:
                self._leads[line] = found
        return found

    def _host(self, request: Request, value: bytes | None, scope: Scope) -> tuple[str, int | None]:
        """The name and port that the request came for. Raises Malformed where it may not."""
        if value is None:
            if scope.get("http_version") in ("1.0", "1"):
                return "localhost", None
            raise Malformed("there is no Host header")
        if sum(name == b"host" for name, _ in request.headers) > 1:
            raise Malformed("there are two Host headers")
        known = self._known_hosts.get(value)
        if known is None:
            known = split_host(value.decode("latin-1"))
            if self.hosts is not None and not self._may_come_for(known[0]):
                raise Malformed(
                    f"`{known[0]}` is no name of this server: add it to allow_hosts in keymock.toml",
                    code="unknown-host", status=421,
                )  # fmt: skip
            if len(self._known_hosts) < 1_000:
                self._known_hosts[value] = known
        return known

    def _may_come_for(self, name: str) -> bool:
        if name in ("localhost", "127.0.0.1", "::1") or name.endswith(".localhost"):
            return True
        return self.hosts is not None and name in self.hosts

    def _checked(self, ready: Ready, reply: Reply) -> Ready:
        """The reply, if granian can send it. A bad status would end the process, so none passes unchecked.

        Headers were checked when their file was loaded; those made since, and those of a reply that is kept, are now.
        """
        known = bool(reply.mock) and not reply.rendered and not reply.reusable
        if 200 <= ready.sent.status <= 599 and (known or all(map(_sound, ready.start["headers"]))):
            return ready
        fault = problem_reply(
            500, "unsendable", "The mock's answer cannot be sent", "Its status or a header is not valid HTTP."
        )
        fault.mock, fault.story = reply.mock, reply.story
        return _messages(fault, fault.headers, fault.body)


def _accept(headers: Headers) -> bytes:
    """Every `Accept` of a request."""
    return b",".join([value for name, value in headers if name == b"accept"])


def _sound(header: tuple[bytes, bytes]) -> bool:
    return bool(_FIELD.fullmatch(header[0]) and _VALUE.fullmatch(header[1]))


def _settle(reply: Reply) -> None:
    """Makes the answer to a client that asked for a WebSocket one that can be given to it."""
    reply.onwards = ()  # granian sends it whole, or never
    if reply.talk is not None and reply.fault:
        reply.talk, reply.status = None, 503  # which nobody sees: the connection breaks before


def _changing(service: Service) -> frozenset[bytes]:
    """The headers that keep a request from a reply that is ready, those included that may name its session."""
    return CHANGING | carriers.headers(service.catalog.settings.session_from)


def _session_name(request: Request) -> str:
    return request.session.name if request.session is not None else ""


class ClientGone(Exception):
    """The client left before its request was whole."""


def _check_size(request: Request) -> None:
    if len(request.raw_path) + len(request.query_string) > MAX_URL:
        raise Malformed(f"the URL is longer than {MAX_URL} bytes", code="url-too-long", status=414)
    headers = request.headers
    if len(headers) > MAX_HEADERS or sum(len(name) + len(value) for name, value in headers) > MAX_HEADER_BYTES:
        raise Malformed("there are too many headers", code="headers-too-large", status=431)


def _framing(headers: Headers, most: int) -> tuple[int, bool]:
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


async def _read_on(receive: Receive) -> None:
    """Reads a body that nobody wants, for a moment: granian ends a connection on which some of it is still to come."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(UNWATCHED):
            while (await receive()).get("more_body"):
                pass


async def read_body(receive: Receive, most: int, *, whole: float = BODY_SECONDS, idle: float = IDLE_SECONDS) -> bytes:
    """The whole body. Raises Malformed for one too large, too slow, or cut short; ClientGone is for the caller.

    granian reports a broken chunk as a disconnect, so a disconnect in the middle is a malformed body.
    """
    parts: list[bytes] = []
    size = 0
    clock = asyncio.get_running_loop().time
    end = clock() + whole
    try:
        async with asyncio.timeout(min(idle, whole)) as patience:
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
                patience.reschedule(min(end, clock() + idle))
    except TimeoutError:
        raise Malformed("the body took too long", code="timeout", status=408) from None


def _as_messages(request: Request, reply: Reply) -> Ready:
    if request.method == "HEAD" or reply.status in (204, 304):
        headers = list(reply.headers)
        if request.method == "HEAD" and reply.status not in (204, 304):
            size = reply.file.size if reply.file is not None else len(reply.body)
            headers.append((b"content-length", b"%d" % size))
        return _messages(reply, headers, b"")
    if reply.file is not None:
        return _messages(reply, [*reply.headers, (b"content-length", b"%d" % reply.file.size)], b"")
    return _messages(reply, reply.headers, reply.body)


def _messages(reply: Reply, headers: Headers, body: bytes) -> Ready:
    story = reply.story if isinstance(reply.story, Story) else None
    size = reply.file.size if reply.file is not None else len(body)
    whole = body if not reply.stream else b"".join(part for _, part in reply.stream)
    kept, size = whole[:MOST_SHARED], max(size, len(whole))
    return Ready(
        {"type": "http.response.start", "status": reply.status, "headers": headers},
        {"type": "http.response.body", "body": body, "more_body": False},
        Sent(
            reply.status,
            reply.mock,
            reply.response,
            reply.error,
            headers,
            kept[:MOST_SHARED],
            max(size, len(kept)),
            story,
            violations=reply.violations,
        ),
    )


async def _follow(receive: Receive, send: Send) -> None:
    """The lifespan of a host is followed."""
    while (await receive())["type"] != "lifespan.shutdown":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
