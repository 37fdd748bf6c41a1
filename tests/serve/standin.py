"""A service that only counts, and an ASGI driver that keeps what was sent: for the tests of the control plane."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import msgspec

from keymock.coverage import Coverage
from keymock.journal.showing import Choice
from keymock.overriding import Override
from keymock.problems import Stop, error
from keymock.serve.app import App
from keymock.serve.control import create
from keymock.serve.shapes import DraftedFile, DraftedMock, DraftedRequest, Overridden, SessionShown, SessionWish
from keymock.toggles import Toggles
from keymock.verify import Expectation

TOKEN = "t0ken-secret"
PORT = 4321
FAULT = {"code": "c", "severity": "error", "path": "a.toml", "line": 1, "column": 2, "message": "m", "hint": ""}


EXCHANGE = {
    "id": 7, "time": "2026-01-01T00:00:00.000+00:00", "session": "", "method": "GET", "path": "/a", "status": 404,
    "mock": None, "matched": False, "source": None, "duration_ms": 0.1, "request": {}, "response": {},
}  # fmt: skip
SESSION = SessionShown("ada", 1, "", "", None, Toggles(), [], 0, None)


class Remembered:
    """Remembers what it was asked for."""

    def __init__(self, calls: list[str]) -> None:
        self.calls = calls
        self.asked: dict[str, Any] = {}

    def pages(self, choice: Choice, *, near_misses: bool) -> Iterator[list[dict[str, Any]]]:
        self.calls.append("journal")
        self.asked = {**msgspec.structs.asdict(choice), "near_misses": near_misses}
        return iter([[EXCHANGE]])

    async def tail(self, choice: Choice, last: int | None) -> AsyncIterator[dict[str, Any]]:
        self.calls.append(f"tail {choice.session} {choice.unmatched} {last}")
        yield {"event": "exchange", "id": 8, "path": "/a"}
        await asyncio.Event().wait()

    def entry(self, number: int) -> dict[str, Any]:
        self.calls.append(f"entry {number}")
        return {**EXCHANGE, "near_misses": []}

    def clear(self, session: str | None) -> None:
        self.calls.append(f"clear {session}")

    async def verify(self, wanted: Expectation, session: str | None) -> dict[str, Any]:
        self.calls.append(f"verify {session}")
        self.asked = {"wanted": wanted}
        return {"ok": True, "count": 1, "said": "", "entries": [EXCHANGE], "near_misses": [], "lost": 0}

    def declared(self) -> list[Any]:
        return []

    def coverage(self, _: list[Any]) -> Coverage:
        self.calls.append("coverage")
        return Coverage(mocks=[])

    def metrics(self) -> str:
        self.calls.append("metrics")
        return "keymock_generation 3\n"


class SessionControl:
    """Counts what it is told to do."""

    def __init__(self, calls: list[str]) -> None:
        self.calls = calls

    def all(self) -> list[SessionShown]:
        self.calls.append("sessions")
        return [SESSION]

    def one(self, name: str) -> SessionShown:
        self.calls.append(f"session {name}")
        return SESSION

    async def put(self, name: str, wish: SessionWish) -> SessionShown:
        self.calls.append(f"put {name} {wish.seed}")
        return SESSION

    async def end(self, name: str) -> dict[str, Any]:
        self.calls.append(f"end {name}")
        return {"session": name, "ended": True, "requests": 0, "unmatched": []}

    def override(self, name: str, given: list[Override], *, keep: bool) -> Overridden:
        self.calls.append(f"override {name} {len(given)} {keep}")
        return Overridden(name, [], [])

    def state(self, name: str) -> dict[str, Any]:
        self.calls.append(f"state {name}")
        return {"scenarios": {"shop/order": "paid"}, "values": {}}

    def scenario(self, name: str, space: str, scenario: str) -> dict[str, Any]:
        self.calls.append(f"scenario {name} {space} {scenario}")
        return {"scenario": f"{space}/{scenario}", "state": "paid"}

    def move(self, name: str, space: str, scenario: str, state: str) -> dict[str, Any]:
        self.calls.append(f"move {name} {space} {scenario} {state}")
        return {"scenario": f"{space}/{scenario}", "state": state}


class StateControl:
    """Has one resource, and forgets what it is told to keep."""

    def __init__(self, calls: list[str]) -> None:
        self.calls = calls

    def stores(self, session: str) -> dict[str, dict[str, Any]]:
        self.calls.append(f"stores {session}")
        return {"shop/orders": {"records": 1, "changed": False}}

    def records(self, session: str, space: str, name: str) -> dict[str, Any]:
        self.calls.append(f"records {session} {space} {name}")
        return {"resource": f"{space}/{name}", "seed": "a.json", "identity": "i", "records": [{"id": 1}]}

    def forget(self, session: str, space: str, name: str) -> dict[str, Any]:
        return self.records(session, space, name)

    def snapshots(self) -> list[str]:
        self.calls.append("snapshots")
        return ["one"]

    def take(self, name: str, session: str) -> list[str]:
        self.calls.append(f"take {name} {session}")
        return ["one"]

    def restore(self, name: str, session: str) -> list[str]:
        self.calls.append(f"restore {name} {session}")
        return ["one"]

    def drop(self, name: str) -> list[str]:
        self.calls.append(f"drop {name}")
        return []


class Drafts:
    """Makes the same of every exchange."""

    def __init__(self, calls: list[str]) -> None:
        self.calls = calls

    def mock(self, entry: dict[str, Any], scope: str, name: str, *, write: bool) -> DraftedMock:
        self.calls.append(f"mock {entry['id']} {scope} {name} {write}")
        return DraftedMock("workspace/mocks/a", [DraftedFile("workspace/mocks/a.toml", "[request]\n")], write)

    def request(self, entry: dict[str, Any], scope: str, name: str, *, write: bool) -> DraftedRequest:
        self.calls.append(f"request {entry['id']} {scope} {name} {write}")
        return DraftedRequest("workspace/requests/a", [DraftedFile("a.toml", base64="/w==")], write, ["T"], True)


class Callbacks:
    """Knows of one webhook."""

    def __init__(self, calls: list[str]) -> None:
        self.calls = calls

    def entries(self, **_: Any) -> list[dict[str, Any]]:
        self.calls.append("webhooks")
        return [
            {
                "id": 1, "entry": 7, "time": "2026-01-01T00:00:00.000+00:00", "session": "", "mock": "m", "webhook": 1,
                "method": "POST", "url": "http://127.0.0.1:9/", "state": "sent", "status": 200, "tries": 1,
                "duration_ms": 0.1, "error": None, "detail": "", "hint": "", "request": {},
            }
        ]  # fmt: skip

    def beside(self, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return entries


class Origins:
    """Knows where nothing is; `asked` is whether commits were wanted."""

    def __init__(self) -> None:
        self.asked: list[bool] = []

    def beside(self, entries: list[dict[str, Any]], *, commits: bool) -> list[dict[str, Any]]:
        self.asked.append(commits)
        return entries


class Service:
    """Answers in the shapes of the real one; `calls` counts everything that got past the guard."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.remembered = Remembered(self.calls)
        self.session_control = SessionControl(self.calls)
        self.state_control = StateControl(self.calls)
        self.drafts = Drafts(self.calls)
        self.callbacks = Callbacks(self.calls)
        self.origins = Origins()
        self.generation = 3
        self.asked: list[Any] = []
        self.listening = 0
        self.events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def status(self) -> dict[str, Any]:
        self.calls.append("status")
        return {"generation": self.generation, "actor": None, "mocks": 2, "routes": 2, "problems": [FAULT],
                "targets": {}, "since": 1_700_000_000, "workers": 1}  # fmt: skip

    def routes(self) -> list[dict[str, Any]]:
        self.calls.append("routes")
        return [
            {
                "mock": "workspace/mocks/a", "name": "A", "method": "GET", "path": "/a", "scope": "workspace",
                "project": None, "role": "admin", "usable": True, "enabled": True,
                "file": "workspace/mocks/a.toml", "line": 1,
            }
        ]  # fmt: skip

    def hide(self, secrets: list[str]) -> int:
        self.calls.append("hide")
        return len(secrets)

    def explain(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.calls.append("explain")
        self.asked.append(asked)
        if asked["url"] == "/bad":
            raise Stop(error("", "bad-url", "the URL cannot be read"))
        held = {"where": "path", "expected": "/a", "actual": "/a", "ok": True}
        return {
            "answer": {"mock": "workspace/mocks/a", "response": None, "status": 200},
            "candidates": [{"mock": "workspace/mocks/a", "matched": True, "conditions": [held]}],
        }

    def reset(self, session: str | None) -> dict[str, Any]:
        self.calls.append("reset")
        self.asked.append(session)
        return {"reset": True, "generation": self.generation}

    def switched(self, session: str) -> Toggles:
        self.calls.append("switched")
        self.asked.append(session)
        return Toggles(preset="down")

    def switch(self, wanted: Toggles, session: str) -> Toggles:
        self.calls.append("switch")
        self.asked.append((wanted, session))
        return wanted

    async def wait(self, generation: int, timeout: float) -> bool:
        self.calls.append("wait")
        self.asked.append((generation, timeout))
        return self.generation >= generation

    async def sync(self, timeout: float) -> dict[str, Any]:
        self.calls.append("sync")
        async with asyncio.timeout(timeout):
            await asyncio.sleep(0.01)
        return {"generation": self.generation, "problems": [FAULT]}

    async def subscribe(self) -> AsyncIterator[dict[str, Any]]:
        self.calls.append("subscribe")
        self.listening += 1
        try:
            while True:
                yield await self.events.get()
        finally:
            self.listening -= 1


class Reply(msgspec.Struct):
    """What an app sent."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)


GOOD = {"host": f"127.0.0.1:{PORT}", "authorization": f"Bearer {TOKEN}"}
Pairs = Iterable[tuple[bytes, bytes]]


def pairs(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers as ASGI has them."""
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def scope(method: str, target: str, headers: Pairs) -> dict[str, Any]:
    """The ASGI scope of a request."""
    path, _, query = target.partition("?")
    return {
        "type": "http", "http_version": "1.1", "method": method, "scheme": "http", "path": path,
        "raw_path": path.encode("latin-1"), "query_string": query.encode(), "headers": list(headers),
        "client": ("127.0.0.1", "5000"),
    }  # fmt: skip


async def ask(app: App, method: str, target: str, headers: Pairs, body: bytes | None = b"") -> Reply:
    """One request; a body of None is cut short by a disconnect."""
    sent: list[dict[str, Any]] = []
    whole = {"type": "http.request", "body": body, "more_body": False}
    messages = [whole] if body is not None else [{"type": "http.request", "body": b"{", "more_body": True}]

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope(method, target, headers), receive, send)
    start, *rest = sent
    given = {name.decode(): value.decode() for name, value in start["headers"]}
    return Reply(start["status"], given, b"".join(message.get("body", b"") for message in rest))


def call(service: Service, method: str, target: str, body: bytes | None = b"", **changed: str | None) -> Reply:
    """One request with all that the guard wants, but for what is changed (`sec_fetch_site=`; None takes away)."""
    headers = dict(GOOD)
    if body != b"":
        headers |= {"content-type": "application/json", "content-length": str(len(body or b"12"))}
    for name, value in changed.items():
        headers.pop(name.replace("_", "-"), None)
        if value is not None:
            headers[name.replace("_", "-")] = value
    return asyncio.run(ask(create(service, token=TOKEN, port=PORT), method, target, pairs(headers), body))
