"""What the control plane does: one row of ROUTES for each thing, and the handler that does it.

A route is guarded, described in `/openapi.json` and walked by the tests because it stands in the table. Handlers take
a `Call`, whose path, query and body have been read into the shapes of the row.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, Literal, NamedTuple, Protocol

import msgspec

from keymock.exchange import Malformed
from keymock.journal import abroad
from keymock.journal.showing import Choice
from keymock.overriding import Override
from keymock.serve import shapes
from keymock.serve.describe import openapi
from keymock.serve.sessions import named
from keymock.serve.shapes import Nothing
from keymock.toggles import Toggles
from keymock.verify import Expectation

_MOCKS = "http://localhost"
"""Where a request without a Host, of HTTP/1.0, is asked again."""


class Remembered(Protocol):
    """What is asked of the journal: `serve.remembered.Remembered`."""

    def pages(self, choice: Choice, /, *, near_misses: bool) -> Iterator[list[dict[str, Any]]]: ...
    def tail(self, choice: Choice, last: int | None, /) -> AsyncIterator[dict[str, Any]]: ...
    def entry(self, number: int, /) -> dict[str, Any]: ...
    def clear(self, session: str | None, /) -> None: ...
    async def verify(self, wanted: Expectation, session: str | None, /) -> dict[str, Any]: ...
    def declared(self) -> list[Any]: ...
    def coverage(self, declared: list[Any], /) -> Any: ...
    def metrics(self) -> str: ...


class Placed(Protocol):
    """Where answers come from, as far as it is asked here."""

    def beside(self, entries: list[dict[str, Any]], /, *, commits: bool) -> list[dict[str, Any]]: ...


class CalledBack(Protocol):
    """The webhooks, as far as they are asked about here."""

    def entries(self, *, mock: str, session: str, since: int, limit: int) -> list[dict[str, Any]]: ...
    def beside(self, entries: list[dict[str, Any]], /) -> list[dict[str, Any]]: ...


class SessionControl(Protocol):
    """What is done with sessions: `serve.session_control.SessionControl`."""

    def all(self) -> list[shapes.SessionShown]: ...
    def one(self, name: str, /) -> shapes.SessionShown: ...
    async def put(self, name: str, wish: shapes.SessionWish, /) -> shapes.SessionShown: ...
    async def end(self, name: str, /) -> dict[str, Any]: ...
    def override(self, name: str, given: list[Override], /, *, keep: bool) -> shapes.Overridden: ...
    def state(self, name: str, /) -> dict[str, Any]: ...
    def scenario(self, name: str, space: str, scenario: str, /) -> dict[str, Any]: ...
    def move(self, name: str, space: str, scenario: str, state: str, /) -> dict[str, Any]: ...


class StateControl(Protocol):
    """What is done with records and snapshots: `serve.state_control.StateControl`."""

    def stores(self, session: str, /) -> dict[str, dict[str, Any]]: ...
    def records(self, session: str, space: str, name: str, /) -> dict[str, Any]: ...
    def forget(self, session: str, space: str, name: str, /) -> dict[str, Any]: ...
    def snapshots(self) -> list[str]: ...
    def take(self, name: str, session: str, /) -> list[str]: ...
    def restore(self, name: str, session: str, /) -> list[str]: ...
    def drop(self, name: str, /) -> list[str]: ...


class Drafting(Protocol):
    """What exchanges become: `serve.drafts.Drafts`."""

    def mock(self, entry: dict[str, Any], scope: str, name: str, /, *, write: bool) -> shapes.DraftedMock: ...
    def request(self, entry: dict[str, Any], scope: str, name: str, /, *, write: bool) -> shapes.DraftedRequest: ...


class Served(Protocol):
    """What the control plane asks: `serve.service.Service`."""

    @property
    def remembered(self) -> Remembered: ...
    @property
    def origins(self) -> Placed: ...
    @property
    def callbacks(self) -> CalledBack: ...
    @property
    def session_control(self) -> SessionControl: ...
    @property
    def state_control(self) -> StateControl: ...
    @property
    def drafts(self) -> Drafting: ...
    def status(self) -> dict[str, Any]: ...
    def routes(self) -> list[dict[str, Any]]: ...
    def explain(self, asked: dict[str, Any], /) -> dict[str, Any]: ...
    def hide(self, secrets: list[str], /) -> int: ...
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
    params: dict[str, str] = {}
    """What stood in the path, by the names of the row."""
    after: int | None = None
    """The id of the last event that the caller has heard of (`Last-Event-ID`)."""


class Long(NamedTuple):
    """An answer that is sent some at a time: `{"entries": [...]}`, whose list comes in pages."""

    name: str
    pages: AsyncIterator[list[dict[str, Any]]]


Handler = Callable[[Call], Awaitable[Any]]

Whose = Literal["server", "caller", "session"]
"""What a route is about: what is everybody's, so that it takes the token of whoever runs the server; what is the
caller's own, as every caller may see it; one session, which a caller must name, for theirs are the named ones.
"""


class Route(msgspec.Struct, frozen=True):
    """One thing the control plane does. `query`, `body`, `answer` are shapes; `answer` None is a stream of events, and
    `str` plain text.
    """

    method: str
    path: str
    handler: Handler
    answer: type[msgspec.Struct] | type[str] | None
    query: type[msgspec.Struct] = Nothing
    body: type[msgspec.Struct] | None = None
    whose: Whose = "server"
    """Whom it is for, of those who call with tokens of their own (`keymock up --tokens`): see `Whose`."""
    bare: bool = False
    """Whether it may come without its body: then everything that can be left out is."""
    refuses: tuple[int, ...] = ()
    """The statuses that it may refuse with besides those of every route (`describe.ANYWHERE`)."""

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
        {
            "method": asked.method, "url": asked.url or asked.path, "headers": headers, "body": body or "",
            "session": _session(asked.session) or "",
        }
    )  # fmt: skip


async def journal(call: Call) -> Long:
    """The last exchanges, of all sessions or of one (`default`: those without), with places and webhooks."""
    asked = msgspec.structs.asdict(call.query)
    near_misses, commits = asked.pop("near_misses"), asked.pop("commits")
    asked["session"] = _session(asked["session"])
    pages = call.service.remembered.pages(Choice(**asked), near_misses=near_misses)
    return Long("entries", _placed(call.service, pages, commits=commits))


async def _placed(
    service: Served, pages: Iterator[list[dict[str, Any]]], *, commits: bool
) -> AsyncIterator[list[dict[str, Any]]]:
    for page in pages:
        found = service.callbacks.beside(page)
        if commits:
            yield await asyncio.to_thread(service.origins.beside, found, commits=True)
        else:
            yield service.origins.beside(found, commits=False)
            await asyncio.sleep(0)  # requests to mocks come first


async def webhooks(call: Call) -> dict[str, Any]:
    """The last calls that went out after answers, and what became of them."""
    _session(call.query.session)  # a pattern lets a line break at the end through
    return {"webhooks": call.service.callbacks.entries(**msgspec.structs.asdict(call.query))}


async def journal_entry(call: Call) -> dict[str, Any]:
    """One exchange, with the conditions that held, or what came near; and the webhooks that followed."""
    return call.service.callbacks.beside([_entry(call)])[0]


async def journal_curl(call: Call) -> str:
    """A command line of curl that asks the same again."""
    return abroad.curl(_entry(call), _MOCKS) + "\n"


async def journal_test(call: Call) -> str:
    """A test of pytest that asks the same, and fails for as long as no mock answers it."""
    return abroad.pytest_of(_entry(call))


async def journal_mock(call: Call) -> shapes.DraftedMock:
    """The mock that would answer an exchange again, as it would be written."""
    return call.service.drafts.mock(_entry(call), call.query.scope, call.query.name, write=False)


async def write_mock(call: Call) -> shapes.DraftedMock:
    """Writes the mock that answers an exchange again, if the caller may; nothing that is there is overwritten."""
    place = _entry(call), call.body.scope, call.body.name
    return await asyncio.to_thread(call.service.drafts.mock, *place, write=True)


async def journal_request(call: Call) -> shapes.DraftedRequest:
    """The saved request that would ask an exchange again, as it would be written."""
    return call.service.drafts.request(_entry(call), call.query.scope, call.query.name, write=False)


async def write_request(call: Call) -> shapes.DraftedRequest:
    """Writes the request that asks an exchange again, if the caller may; nothing that is there is overwritten."""
    place = _entry(call), call.body.scope, call.body.name
    return await asyncio.to_thread(call.service.drafts.request, *place, write=True)


def _entry(call: Call) -> dict[str, Any]:
    number = call.params["id"]
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Malformed(f"`{number[:32]}` is no id of an exchange: a number is")
    return call.service.remembered.entry(int(number))


async def clear_journal(call: Call) -> dict[str, Any]:
    """Forgets all exchanges, or those of one session."""
    call.service.remembered.clear(_session(call.query.session))
    return {"entries": []}


async def hide(call: Call) -> dict[str, Any]:
    """Shows these texts nowhere any more, in no spelling, as long as this server lives; in what it has seen neither."""
    return {"hidden": call.service.hide(call.body.values)}


async def verify(call: Call) -> dict[str, Any]:
    """Whether what is expected was asked: of the default session, of one, or of all (`*`)."""
    session = call.query.session
    return await call.service.remembered.verify(call.body, None if session == "*" else _session(session) or "")


async def coverage(call: Call) -> Any:
    """Which mocks and which of their answers were used since the start, and which operations of contracts."""
    remembered = call.service.remembered
    # Contracts that nobody has asked for are read for it, and requests must not wait.
    return remembered.coverage(await asyncio.to_thread(remembered.declared))


async def metrics(call: Call) -> str:
    """Counters as Prometheus reads them."""
    return call.service.remembered.metrics()


async def sessions(call: Call) -> dict[str, Any]:
    """Every session, and what is different for it."""
    return {"sessions": call.service.session_control.all()}


async def session(call: Call) -> shapes.SessionShown:
    """One session."""
    return call.service.session_control.one(call.params["name"])


async def put_session(call: Call) -> shapes.SessionShown:
    """Makes a session, or changes its seed, preset, fault profile, clock, toggles; what is left out stays."""
    return await call.service.session_control.put(call.params["name"], call.body)


async def end_session(call: Call) -> dict[str, Any]:
    """Ends a session, with its state, overrides, toggles and journal; tells its requests that no mock answered."""
    return await call.service.session_control.end(call.params["name"])


async def put_overrides(call: Call) -> shapes.Overridden:
    """Gives a session mocks of its own, in the place of those that it had; they go before all others."""
    return call.service.session_control.override(call.params["name"], call.body.overrides, keep=False)


async def add_overrides(call: Call) -> shapes.Overridden:
    """Gives a session mocks of its own, besides those that it has."""
    return call.service.session_control.override(call.params["name"], call.body.overrides, keep=True)


async def state(call: Call) -> dict[str, Any]:
    """The scenarios, captured values and records of a session."""
    session = call.query.session
    return {**call.service.session_control.state(session), "data": call.service.state_control.stores(session)}


async def records(call: Call) -> dict[str, Any]:
    """The records of one resource, as they are in a session."""
    return call.service.state_control.records(call.query.session, call.params["space"], call.params["resource"])


async def reset_records(call: Call) -> dict[str, Any]:
    """Puts the records of one resource back to those of its seed."""
    return call.service.state_control.forget(call.query.session, call.params["space"], call.params["resource"])


async def snapshots(call: Call) -> dict[str, Any]:
    """The snapshots that can be gone back to."""
    return {"snapshots": call.service.state_control.snapshots()}


async def take_snapshot(call: Call) -> dict[str, Any]:
    """Keeps what requests have left behind in a session, under a name."""
    return {"snapshots": call.service.state_control.take(call.params["name"], call.query.session)}


async def restore_snapshot(call: Call) -> dict[str, Any]:
    """Puts a session to where a snapshot was taken, of it or of another session."""
    return {"snapshots": call.service.state_control.restore(call.params["name"], call.query.session)}


async def drop_snapshot(call: Call) -> dict[str, Any]:
    """Forgets a snapshot."""
    return {"snapshots": call.service.state_control.drop(call.params["name"])}


async def scenario(call: Call) -> dict[str, Any]:
    """The state that a scenario is in."""
    return call.service.session_control.scenario(call.query.session, call.params["space"], call.params["scenario"])


async def put_scenario(call: Call) -> dict[str, Any]:
    """Puts a scenario into a state."""
    place = call.query.session, call.params["space"], call.params["scenario"]
    return call.service.session_control.move(*place, call.body.state)


async def reset_scenario(call: Call) -> dict[str, Any]:
    """Puts a scenario back to its first state."""
    place = call.query.session, call.params["space"], call.params["scenario"]
    return call.service.session_control.move(*place, "")


async def wait(call: Call) -> dict[str, Any]:
    """Waits until a generation, or a later one, is served; tells after `timeout` seconds that it is not."""
    reached = await call.service.wait(call.query.generation, call.query.timeout)
    return {"generation": call.service.status()["generation"], "reached": reached}


async def sync(call: Call) -> dict[str, Any]:
    """Rescans; answers when all that was on disk at the call is served or refused."""
    return await call.service.sync(call.query.timeout)


async def reset(call: Call) -> dict[str, Any]:
    """Puts the state of a session back to its beginning."""
    session = call.query.session
    return call.service.reset(session if session == "*" else _session(session) or None)


async def toggles(call: Call) -> Toggles:
    """What is switched by `keymock use`: for everybody, or for one session on top of that."""
    return call.service.switched(_session(call.query.session) or "")


async def put_toggles(call: Call) -> Toggles:
    """Switches mocks off, pins them to an answer, puts a preset on; what is not in the body is as it was written."""
    # A rescan may hold the service for a while, and other requests must not wait for it.
    return await asyncio.to_thread(call.service.switch, call.body, _session(call.query.session) or "")


async def events(call: Call) -> list[AsyncIterator[dict[str, Any]]]:
    """What happens, as it happens: reloads, problems that appear and are mended, webhooks; exchanges, if asked for."""
    asked = msgspec.structs.asdict(call.query)
    if not asked.pop("exchanges"):
        return [call.service.subscribe()]
    asked["session"] = _session(asked["session"])
    return [call.service.subscribe(), call.service.remembered.tail(Choice(**asked), call.after)]


def _session(name: str) -> str | None:
    """The session that a query names: None if it names none, empty for the default one."""
    return named(name) if name else None


async def description(_: Call) -> dict[str, Any]:
    """This description."""
    return openapi(ROUTES)


GONE, FORGOT, FULL, CROWDED, LATE = 404, 409, 503, 507, 504
"""What is named is not there; nothing is remembered, or what is asked for cannot be made of it; too many sessions,
snapshots or secrets already; longer than the caller wants to wait."""

ROUTES = (
    Route("GET", "/status", status, shapes.Status, whose="caller"),
    Route("GET", "/routes", routes, shapes.Routes, whose="caller"),
    Route("POST", "/explain", explain, shapes.Explanation, body=shapes.Question, whose="caller"),
    Route("GET", "/journal", journal, shapes.Exchanges, query=shapes.JournalQuery, refuses=(FORGOT,), whose="caller"),
    Route("DELETE", "/journal", clear_journal, shapes.Exchanges, query=shapes.SessionQuery, whose="caller"),
    Route("GET", "/webhooks", webhooks, shapes.Calls, query=shapes.CallsQuery),
    Route("GET", "/journal/{id}", journal_entry, shapes.Detail, refuses=(GONE, FORGOT), whose="caller"),
    Route("POST", "/secrets", hide, shapes.Hidden, body=shapes.Secrets, refuses=(CROWDED,)),
    Route("GET", "/journal/{id}/curl", journal_curl, str, refuses=(GONE, FORGOT), whose="caller"),
    Route("GET", "/journal/{id}/pytest", journal_test, str, refuses=(GONE, FORGOT), whose="caller"),
    Route("GET", "/journal/{id}/mock", journal_mock, shapes.DraftedMock, query=shapes.DraftQuery,
          refuses=(GONE, FORGOT), whose="caller"),
    Route("POST", "/journal/{id}/mock", write_mock, shapes.DraftedMock, body=shapes.DraftWish, bare=True,
          refuses=(GONE, FORGOT), whose="caller"),
    Route("GET", "/journal/{id}/request", journal_request, shapes.DraftedRequest, query=shapes.DraftQuery,
          refuses=(GONE, FORGOT), whose="caller"),
    Route("POST", "/journal/{id}/request", write_request, shapes.DraftedRequest, body=shapes.DraftWish, bare=True,
          refuses=(GONE, FORGOT), whose="caller"),
    Route("POST", "/verify", verify, shapes.Verdict, query=shapes.ResetQuery, body=Expectation,
          refuses=(FORGOT,), whose="caller"),
    Route("GET", "/coverage", coverage, shapes.Covered, refuses=(FORGOT,), whose="caller"),
    Route("GET", "/metrics", metrics, str),
    Route("GET", "/sessions", sessions, shapes.SessionsShown, whose="caller"),
    Route("GET", "/sessions/{name}", session, shapes.SessionShown, refuses=(GONE,), whose="session"),
    Route("PUT", "/sessions/{name}", put_session, shapes.SessionShown, body=shapes.SessionWish, bare=True,
          refuses=(FULL,), whose="session"),
    Route("DELETE", "/sessions/{name}", end_session, shapes.Ended, whose="session"),
    Route("PUT", "/sessions/{name}/overrides", put_overrides, shapes.Overridden, body=shapes.Overrides,
          refuses=(FULL,), whose="session"),
    Route("POST", "/sessions/{name}/overrides", add_overrides, shapes.Overridden, body=shapes.Overrides,
          refuses=(FULL,), whose="session"),
    Route("GET", "/state", state, shapes.StateShown, query=shapes.SessionQuery, whose="session"),
    Route("GET", "/state/{space}/{scenario}", scenario, shapes.ScenarioShown, query=shapes.SessionQuery,
          refuses=(GONE,), whose="session"),
    Route("PUT", "/state/{space}/{scenario}", put_scenario, shapes.ScenarioShown, query=shapes.SessionQuery,
          body=shapes.Moved, bare=True, refuses=(GONE, FULL), whose="session"),
    Route("DELETE", "/state/{space}/{scenario}", reset_scenario, shapes.ScenarioShown, query=shapes.SessionQuery,
          refuses=(GONE, FULL), whose="session"),
    Route("GET", "/data/{space}/{resource}", records, shapes.RecordsShown, query=shapes.SessionQuery,
          refuses=(GONE,), whose="session"),
    Route("DELETE", "/data/{space}/{resource}", reset_records, shapes.RecordsShown, query=shapes.SessionQuery,
          refuses=(GONE,), whose="session"),
    Route("GET", "/snapshots", snapshots, shapes.Snapshots, whose="caller"),
    Route("PUT", "/snapshots/{name}", take_snapshot, shapes.Snapshots, query=shapes.SessionQuery, refuses=(CROWDED,),
          whose="session"),
    Route("POST", "/snapshots/{name}/restore", restore_snapshot, shapes.Snapshots, query=shapes.SessionQuery,
          refuses=(GONE, FULL), whose="session"),
    Route("DELETE", "/snapshots/{name}", drop_snapshot, shapes.Snapshots, refuses=(GONE,), whose="caller"),
    Route("GET", "/wait", wait, shapes.Reached, query=shapes.WaitQuery),
    Route("POST", "/sync", sync, shapes.Synced, query=shapes.SyncQuery, refuses=(LATE,)),
    Route("POST", "/reset", reset, shapes.Reset, query=shapes.ResetQuery, whose="session"),
    Route("GET", "/toggles", toggles, shapes.Switched, query=shapes.SessionQuery, whose="session"),
    Route("PUT", "/toggles", put_toggles, shapes.Switched, query=shapes.SessionQuery, body=Toggles, refuses=(FULL,),
          whose="session"),
    Route("GET", "/events", events, None, query=shapes.EventsQuery, refuses=(FORGOT,)),
    Route("GET", "/openapi.json", description, shapes.OpenAPI, whose="caller"),
)  # fmt: skip
