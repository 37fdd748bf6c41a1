"""The control plane as an ASGI app: a guard, a table of routes, and a handler for each.

A route is one row of ROUTES: it is guarded, described in `/openapi.json` and walked by the tests because it stands
there. Handlers take a `Call`, whose query and body have been read into the shapes of the row.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Protocol
from urllib.parse import parse_qsl

import msgspec

from keymock.exchange import NOT_JSON, Headers, Malformed, Reply, problem_reply, read_json
from keymock.problems import Stop, did_you_mean
from keymock.serve import shapes
from keymock.serve.app import App, Receive, Scope, Send, read_body
from keymock.serve.describe import openapi
from keymock.serve.events import stream
from keymock.serve.guard import LOOPBACK, Guard
from keymock.serve.shapes import Nothing
from keymock.toggles import Toggles

MAX_BODY = 1024 * 1024

ALWAYS: Headers = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]


class Placed(Protocol):
    """Where answers come from, as far as it is asked here."""

    def beside(self, entries: list[dict[str, Any]], /, *, commits: bool) -> list[dict[str, Any]]: ...


class Remembered(Protocol):
    """The journal, as far as it is asked here."""

    def entries(self, *, unmatched: bool, mock: str, session: str, since: int, limit: int) -> list[dict[str, Any]]: ...
    def clear(self) -> None: ...


class CalledBack(Protocol):
    """The webhooks, as far as they are asked about here."""

    def entries(self, *, mock: str, session: str, since: int, limit: int) -> list[dict[str, Any]]: ...
    def beside(self, entries: list[dict[str, Any]], /) -> list[dict[str, Any]]: ...


class Served(Protocol):
    """What the control plane asks: `serve.service.Service`."""

    @property
    def journal(self) -> Remembered: ...
    @property
    def callbacks(self) -> CalledBack: ...
    @property
    def origins(self) -> Placed: ...
    def status(self) -> dict[str, Any]: ...
    def routes(self) -> list[dict[str, Any]]: ...
    def explain(self, asked: dict[str, Any], /) -> dict[str, Any]: ...
    def reset(self, session: str | None, /) -> dict[str, Any]: ...
    def switched(self, session: str, /) -> Toggles: ...
    def switch(self, wanted: Toggles, session: str, /) -> Toggles: ...
    async def wait(self, generation: int, timeout: float, /) -> bool: ...
    async def sync(self, timeout: float, /) -> dict[str, Any]: ...
    def subscribe(self) -> AsyncIterator[dict[str, Any]]: ...


class Call(msgspec.Struct, frozen=True):
    """One request that has passed the guard."""

    service: Served
    query: Any
    body: Any


Handler = Callable[[Call], Awaitable[Any]]


class Route(msgspec.Struct, frozen=True):
    """One thing the control plane does. `query`, `body`, `answer` are shapes; `answer` None is a stream of events."""

    method: str
    path: str
    handler: Handler
    answer: type[msgspec.Struct] | None
    query: type[msgspec.Struct] = Nothing
    body: type[msgspec.Struct] | None = None

    @property
    def doc(self) -> str:
        """What it does, in a sentence."""
        return (self.handler.__doc__ or "").strip()


async def status(call: Call) -> dict[str, Any]:
    """What is served, as whom, and what is broken."""
    return call.service.status()


async def routes(call: Call) -> dict[str, Any]:
    """Every mock that the actor may see."""
    return {"routes": call.service.routes()}


async def explain(call: Call) -> dict[str, Any]:
    """Which mock would answer a request, and why the others would not."""
    asked: shapes.Question = call.body
    if not asked.url and not asked.path:
        raise Malformed("give the `url` of the request to explain, or its `path`")
    headers, body = dict(asked.headers), asked.body
    if not isinstance(body, str | None):
        body = msgspec.json.encode(body).decode()
        if "content-type" not in {name.lower() for name in headers}:
            headers["content-type"] = "application/json"
    return call.service.explain(
        {"method": asked.method, "url": asked.url or asked.path, "headers": headers, "body": body or ""}
    )


async def journal(call: Call) -> dict[str, Any]:
    """The last exchanges, redacted, each with the place of its mock, and the webhooks that followed it."""
    asked = msgspec.structs.asdict(call.query)
    commits = asked.pop("commits")
    entries = call.service.callbacks.beside(call.service.journal.entries(**asked))
    if commits:
        return {"entries": await asyncio.to_thread(call.service.origins.beside, entries, commits=True)}
    return {"entries": call.service.origins.beside(entries, commits=False)}


async def webhooks(call: Call) -> dict[str, Any]:
    """The last calls that went out after answers, and what became of them."""
    return {"webhooks": call.service.callbacks.entries(**msgspec.structs.asdict(call.query))}


async def clear_journal(call: Call) -> dict[str, Any]:
    """Forgets all exchanges."""
    call.service.journal.clear()
    return {"entries": []}


async def wait(call: Call) -> dict[str, Any]:
    """Waits until a generation, or a later one, is served; tells after `timeout` seconds that it is not."""
    reached = await call.service.wait(call.query.generation, call.query.timeout)
    return {"generation": call.service.status()["generation"], "reached": reached}


async def sync(call: Call) -> dict[str, Any]:
    """Rescans; answers when all that was on disk at the call is served or refused."""
    return await call.service.sync(call.query.timeout)


async def reset(call: Call) -> dict[str, Any]:
    """Puts the state of a session back to its beginning."""
    return call.service.reset(call.query.session or None)


async def toggles(call: Call) -> Toggles:
    """What is switched by `keymock use`: for everybody, or for one session on top of that."""
    return call.service.switched(call.query.session)


async def put_toggles(call: Call) -> Toggles:
    """Switches mocks off, pins them to an answer, puts a preset on; what is not in the body is as it was written."""
    # A rescan may hold the service for a while, and other requests must not wait for it.
    return await asyncio.to_thread(call.service.switch, call.body, call.query.session)


async def events(call: Call) -> AsyncIterator[dict[str, Any]]:
    """What happens, as it happens: reloads, problems that appear and are mended."""
    return call.service.subscribe()


async def description(_: Call) -> dict[str, Any]:
    """This description."""
    return openapi(ROUTES)


ROUTES = (
    Route("GET", "/status", status, shapes.Status),
    Route("GET", "/routes", routes, shapes.Routes),
    Route("POST", "/explain", explain, shapes.Explanation, body=shapes.Question),
    Route("GET", "/journal", journal, shapes.Exchanges, query=shapes.JournalQuery),
    Route("GET", "/webhooks", webhooks, shapes.Calls, query=shapes.CallsQuery),
    Route("DELETE", "/journal", clear_journal, shapes.Exchanges),
    Route("GET", "/wait", wait, shapes.Reached, query=shapes.WaitQuery),
    Route("POST", "/sync", sync, shapes.Synced, query=shapes.SyncQuery),
    Route("POST", "/reset", reset, shapes.Reset, query=shapes.ResetQuery),
    Route("GET", "/toggles", toggles, shapes.Switched, query=shapes.SessionQuery),
    Route("PUT", "/toggles", put_toggles, shapes.Switched, query=shapes.SessionQuery, body=Toggles),
    Route("GET", "/events", events, None),
    Route("GET", "/openapi.json", description, shapes.OpenAPI),
)


def create(
    service: Served,
    *,
    token: str,
    port: int,
    hosts: frozenset[str] = LOOPBACK,
    stopping: asyncio.Event | None = None,
) -> App:
    """The app for the control port. `hosts` are the names it may be called by; `stopping` ends event streams."""
    guard = Guard(token, hosts, port)
    never = asyncio.Event()

    async def control(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "no WebSocket here"})
        elif scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            refusal = guard.refusal(scope["method"], scope["headers"])
            answer = refusal if refusal is not None else await _answer(service, scope, receive)
            if isinstance(answer, Reply):
                await _send(answer, send)
            else:
                await stream(answer, receive, send, ALWAYS, stopping or never)

    return control


async def _answer(service: Served, scope: Scope, receive: Receive) -> Reply | AsyncIterator[dict[str, Any]]:
    """What the guarded request gets: a reply, or events without an end."""
    path = scope["raw_path"].decode("latin-1")
    methods = {route.method: route for route in ROUTES if route.path == path}
    if not methods:
        return problem_reply(404, "no-route", "There is no such route", "`GET /openapi.json` lists what there is")
    route = methods.get(scope["method"])
    if route is None:
        allow = ", ".join(methods)
        reply = problem_reply(405, "method-not-allowed", "Another method is needed", f"{path} takes {allow}")
        reply.headers.append((b"allow", allow.encode()))
        return reply
    try:
        query = _read_query(scope["query_string"], route.query)
        body = _read_body(await _whole_body(scope["headers"], receive), route.body)
        answer = await route.handler(Call(service, query, body))
    except Malformed as fault:
        reply = problem_reply(fault.status, fault.code, "The request cannot be answered", fault.detail)
        if fault.status in (408, 413):
            reply.headers.append((b"connection", b"close"))  # the rest of the body stays unread
        return reply
    except Stop as stop:
        said = "; ".join(problem.message for problem in stop.problems)
        return problem_reply(400, "invalid-request", "The request cannot be answered", said, problems=stop.problems)
    except TimeoutError:
        return problem_reply(504, "timeout", "It takes longer", f"not within {query.timeout:g} seconds; ask again")
    if route.answer is None:
        events: AsyncIterator[dict[str, Any]] = answer
        return events
    return Reply(200, [(b"content-type", b"application/json")], msgspec.json.encode(answer))


def _read_query(raw: bytes, shape: type[msgspec.Struct]) -> Any:
    """The query string in its shape. Raises Malformed, with a sentence that names the parameter."""
    given: dict[str, str] = {}
    for name, value in parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True):
        if name in given:
            raise Malformed(f"the parameter `{name}` stands twice")
        given[name] = value
    # "" is what a form sends for what was left empty
    return _shaped({name: value for name, value in given.items() if value}, shape, "parameter", strict=False)


async def _whole_body(headers: Headers, receive: Receive) -> bytes:
    given = dict(headers)
    if b"transfer-encoding" not in given and given.get(b"content-length", b"0") == b"0":
        return b""
    return await read_body(receive, MAX_BODY)


def _read_body(raw: bytes, shape: type[msgspec.Struct] | None) -> Any:
    """The JSON body in its shape; None for a route that takes none. Raises Malformed."""
    if shape is None:
        return None
    value = read_json(raw) if raw else {}
    if value is NOT_JSON:
        raise Malformed("the body is not JSON, or is nested too deeply")
    return _shaped(value, shape, "field", strict=True)


def _shaped(value: object, shape: type[msgspec.Struct], what: str, *, strict: bool) -> Any:
    """The value as that shape. Raises Malformed.

    msgspec says "Expected `int`, got `str` - at `$.limit`", people are told "the parameter `limit`: expected …".
    """
    names = [field.encode_name for field in msgspec.structs.fields(shape)]
    for name in value if isinstance(value, dict) else ():
        if name not in names:
            raise Malformed(f"there is no {what} `{name}` here {did_you_mean(name, names)}".rstrip())
    try:
        return msgspec.convert(value, shape, strict=strict)
    except msgspec.ValidationError as fault:
        reason, _, place = str(fault).partition(" - at `$")
        named = place.rstrip("`").removeprefix(".")
        reason = reason[:1].lower() + reason[1:]
        raise Malformed(f"the {what} `{named}`: {reason}" if named else f"the request: {reason}") from None


async def _send(reply: Reply, send: Send) -> None:
    await send({"type": "http.response.start", "status": reply.status, "headers": [*reply.headers, *ALWAYS]})
    await send({"type": "http.response.body", "body": reply.body, "more_body": False})


async def _lifespan(receive: Receive, send: Send) -> None:
    while (await receive())["type"] != "lifespan.shutdown":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
