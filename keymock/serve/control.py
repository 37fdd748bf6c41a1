"""The control plane as an ASGI app: a guard before everything, then the row of the table that is meant.

What is asked is read into the shapes of its row (`routes.ROUTES`) before any handler sees it.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote

import msgspec

from keymock import units
from keymock.exchange import NOT_JSON, Headers, Malformed, Reply, problem_reply, read_json
from keymock.learned import learned
from keymock.problems import Stop, did_you_mean
from keymock.serve.app import App, Receive, Scope, Send
from keymock.serve.events import Events, stream
from keymock.serve.guard import LOOPBACK, Guard
from keymock.serve.intake import Deadlines, framing, read_body
from keymock.serve.routes import ROUTES, Call, Long, Route, Served
from keymock.serve.sessions import named

MAX_BODY = 1024 * 1024

ALWAYS: Headers = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]


class People(Protocol):
    """Who calls with a token of their own, and how each is served: `serve.callers.Callers`."""

    def actor_of(self, text: str, /) -> str | None: ...
    async def of(self, actor: str | None, /) -> Served: ...


def create(
    service: Served,
    *,
    token: str,
    port: int,
    hosts: frozenset[str] = LOOPBACK,
    stopping: asyncio.Event | None = None,
    people: People | None = None,
) -> App:
    """The app for the control port. `hosts` are the names it may be called by; `stopping` ends event streams.

    `people` are those who may call with tokens of their own, and are answered as the server serves them.
    """
    guard = Guard(token, hosts, port, people.actor_of) if people is not None else Guard(token, hosts, port)
    never = asyncio.Event()

    async def answer_to(scope: Scope, receive: Receive) -> Reply | Long | list[Events]:
        caller = guard.caller(scope["headers"]) if people is not None else None
        if people is None or caller is None:
            return await _answer(service, scope, receive)
        return await _answer(await people.of(caller), scope, receive, caller)

    async def control(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "no WebSocket here"})
        elif scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            refusal = guard.refusal(scope["method"], scope["headers"])
            answer = refusal if refusal is not None else await answer_to(scope, receive)
            if isinstance(answer, Reply):
                await _send(answer, send)
            elif isinstance(answer, Long):
                await _send_long(answer, send)
            else:
                await stream(answer, receive, send, ALWAYS, stopping or never)

    return control


async def _answer(service: Served, scope: Scope, receive: Receive, caller: str = "") -> Reply | Long | list[Events]:
    """What the guarded request gets: a reply, one that is sent some at a time, or events without an end.

    `caller` is the person whose own token it carries: what is everybody's is for whoever runs the server alone.
    """
    path = scope["raw_path"].decode("latin-1")
    methods = {route.method: (route, params) for route in ROUTES if (params := _params(route, path)) is not None}
    if not methods:
        return problem_reply(404, "no-route", "There is no such route", "`GET /openapi.json` lists what there is")
    route, params = methods.get(scope["method"], (None, {}))
    if route is None:
        allow = ", ".join(methods)
        reply = problem_reply(405, "method-not-allowed", "Another method is needed", f"{path} takes {allow}")
        reply.headers.append((b"allow", allow.encode()))
        return reply
    if caller and route.whose == "server":
        said = f"{route.method} {route.path} is about all of the server: it takes the token of whoever runs it"
        return problem_reply(403, "forbidden", "Refused", said)
    try:
        query = _read_query(scope["query_string"], route.query)
        if caller and route.whose == "session" and not _own_session(query, params):
            said = "the session without a name is everybody's, and takes the token of whoever runs this server"
            return problem_reply(403, "forbidden", "Refused", f"{said}; name one of your own")
        body = _read_body(await _whole_body(scope["headers"], receive), route)
        answer = await route.handler(Call(service, query, body, params, _last_event(scope["headers"])))
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
        events: list[Events] = answer
        return events
    if isinstance(answer, Long):
        return answer
    if isinstance(answer, str):
        version = b" version=0.0.4;" if route.path == "/metrics" else b""  # of the text that Prometheus reads
        return Reply(200, [(b"content-type", b"text/plain;%s charset=utf-8" % version)], answer.encode())
    return Reply(200, [(b"content-type", b"application/json")], msgspec.json.encode(answer))


def _own_session(query: Any, params: dict[str, str]) -> bool:
    """Whether a session is named, in the query of a route that has it there, else in its path. Raises Malformed."""
    name: str = query.session if hasattr(query, "session") else params["name"]
    return name not in ("", "*") and named(name) != ""


def _last_event(headers: Headers) -> int | None:
    """What a reader that comes back says it has heard last; None for nothing, or for what is none of our ids."""
    said = next((value for name, value in headers if name == b"last-event-id"), b"")
    return int(said) if said.isdigit() and len(said) < 19 else None


def _params(route: Route, path: str) -> dict[str, str] | None:
    """What stands in the path at the `{names}` of a route's; None if it is another path."""
    wanted, came = route.path.split("/"), path.split("/")
    if len(wanted) != len(came):
        return None
    found: dict[str, str] = {}
    for segment, given in zip(wanted, came, strict=True):
        if segment.startswith("{"):
            found[segment[1:-1]] = unquote(given)
        elif segment != given:
            return None
    return found


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
    """The body, refused unread where it is said to be too long. Raises Malformed."""
    length, chunked = framing(headers, MAX_BODY)
    return await read_body(receive, MAX_BODY, Deadlines()) if length or chunked else b""


def _read_body(raw: bytes, route: Route) -> Any:
    """The JSON body in its shape; None for a route that takes none. Raises Malformed."""
    shape = route.body
    if shape is None:
        return None
    if not raw and not route.bare:
        raise Malformed("the body is missing: a JSON object")  # of toggles, nothing would mean to switch all back
    value = read_json(raw) if raw else {}
    if value is NOT_JSON:
        raise Malformed("the body is not JSON, or is nested too deeply")
    try:
        return _shaped(value, shape, "field", strict=True)
    except Malformed as fault:
        whole = _whole(value)
        if repr(whole) == repr(value):
            raise
        with contextlib.suppress(Malformed):
            return _shaped(whole, shape, "field", strict=True)
        raise fault from None


def _whole(value: Any) -> Any:
    """The value with integers for numbers like 3.0: JSON has one kind of number, and some clients write all so."""
    if isinstance(value, dict):
        return {name: _whole(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _shaped(value: object, shape: type[msgspec.Struct], what: str, *, strict: bool) -> Any:
    """The value as that shape. Raises Malformed.

    msgspec says "Expected `int`, got `str` - at `$.limit`", people are told "the parameter `limit`: expected …".
    """
    names = [field.encode_name for field in msgspec.structs.fields(shape)]
    for name in value if isinstance(value, dict) else ():
        if name not in names:
            raise Malformed(f"there is no {what} `{name}` here {did_you_mean(name, names)}".rstrip())
    try:
        return msgspec.convert(value, learned(shape), strict=strict, dec_hook=units.dec_hook)
    except msgspec.ValidationError as fault:
        reason, _, place = str(fault).partition(" - at `$")
        named = place.rstrip("`").removeprefix(".")
        reason = reason[:1].lower() + reason[1:]
        raise Malformed(f"the {what} `{named}`: {reason}" if named else f"the request: {reason}") from None


async def _send(reply: Reply, send: Send) -> None:
    await send({"type": "http.response.start", "status": reply.status, "headers": [*reply.headers, *ALWAYS]})
    await send({"type": "http.response.body", "body": reply.body, "more_body": False})


async def _send_long(answer: Long, send: Send) -> None:
    """Sends a list page by page, so that no more than a page of it is in memory as JSON."""
    headers = [(b"content-type", b"application/json"), *ALWAYS]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    before = b'{"%s":[' % answer.name.encode()
    async for page in answer.pages:
        if page:
            await send(
                {"type": "http.response.body", "body": before + msgspec.json.encode(page)[1:-1], "more_body": True}
            )
            before = b","
    end = b"]}" if before == b"," else before + b"]}"
    await send({"type": "http.response.body", "body": end, "more_body": False})


async def _lifespan(receive: Receive, send: Send) -> None:
    while (await receive())["type"] != "lifespan.shutdown":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
