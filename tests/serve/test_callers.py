"""One keymock for several people: each is answered as if served alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from prompt import ROLES
from standin import PORT, pairs
from standin import ask as control
from tree_answers import mock, plant

from keymock import roles
from keymock.journal.showing import Choice
from keymock.serve.app import MockApp
from keymock.serve.callers import Callers, TokenApp, taken
from keymock.serve.control import create
from keymock.serve.options import Options
from keymock.serve.routes import ROUTES
from keymock.serve.service import Service
from keymock.toggles import Toggles
from keymock.tokens import by_digest, text_of, token

ADA, BOB, UNA, VIC, OPS = (f"{name}@example.com" for name in ("ada", "bob", "una", "vic", "ops"))
PEOPLE = (ADA, BOB, UNA, VIC, OPS)
TEXTS = {person: text_of(bytes([number]) * 36) for number, person in enumerate(PEOPLE, 1)}

TREE = {
    "ROLES": ROLES,
    "workspace/mocks/health.toml": mock("/health", response='body = "fine"'),
    "projects/shop/mocks/users.toml": mock("/users", response='body = "users"'),
    "projects/secret/mocks/plans.toml": mock("/plans"),
    "private/ada@example.com/mocks/mine.toml": mock("/mine", response='body = "hers"'),
    "private/ada@example.com/workspace/mocks/health.toml": '[response]\nbody = "hers"\n',
}


class Told(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def whole(self) -> tuple[int, dict[str, str], bytes]:
        return self.status, self.headers, self.body


class Server:
    """A server with `--tokens` whose clock the test sets, in process."""

    def __init__(self, root: Path, operator: str | None = OPS) -> None:
        self.root = root
        self.now = 1_000
        self.tokens = by_digest(token(text, person, now=0, seconds=2_000) for person, text in TEXTS.items())
        self.service = Service(Options(workspace=str(root), actor=operator), self.clock)
        self.callers = Callers(self.service, self.person, self.clock, lambda: self.tokens)
        self.app = TokenApp(self.callers, lambda service: MockApp(service, self.clock, self.clock, None))

    def clock(self) -> int:
        return self.now * 10**9

    def person(self, actor: str | None) -> tuple[Options, None]:
        return Options(workspace=str(self.root), actor=actor, private=actor is not None, enforce=True), None

    async def ask(self, path: str, who: str = "", headers: tuple[tuple[bytes, bytes], ...] = ()) -> Told:
        given = [(b"host", b"localhost"), *headers]
        if who:
            given.append((b"x-keymock-token", TEXTS.get(who, who).encode()))
        sent: list[dict[str, Any]] = []
        scope = {
            "type": "http", "method": "GET", "raw_path": path.encode(), "query_string": b"", "headers": given,
            "scheme": "http", "http_version": "1.1", "client": ("127.0.0.1", 1),
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b""}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        lines = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Told(sent[0]["status"], lines, sent[1]["body"])


def run(root: Path, story: Callable[[Server], Awaitable[None]], operator: str | None = OPS) -> None:
    plant(root, TREE)

    async def told() -> None:
        await story(Server(root, operator))

    asyncio.run(told())


def test_each_caller_is_routed_among_what_is_theirs(tmp_path: Path) -> None:
    async def story(server: Server) -> None:
        policy = roles.Policy(server.service.catalog.policy)
        for who in ("", *PEOPLE):
            rights = policy.for_actor(who or None)
            for mock_id, path in (("projects/shop/mocks/users", "/users"), ("projects/secret/mocks/plans", "/plans")):
                told = await server.ask(path, who)
                expected = 200 if rights.may("use", f"{mock_id}.toml") else 403
                assert told.status == (expected if rights.may("see", f"{mock_id}.toml") else 404), (who, path)
        assert (await server.ask("/mine", ADA)).body == b"hers"
        assert (await server.ask("/health", ADA)).body == b"hers"
        assert (await server.ask("/health", BOB)).body == b"fine"

    run(tmp_path, story)


@pytest.mark.parametrize("who", ["", BOB, VIC, OPS])
def test_anothers_private_mock_is_the_404_of_no_mock_to_the_byte(tmp_path: Path, who: str) -> None:
    async def story(server: Server) -> None:
        theirs, none = await server.ask("/mine", who), await server.ask("/nope", who)
        assert theirs.status == 404
        assert theirs.headers == none.headers
        assert theirs.body.replace(b"/mine", b"/nope") == none.body

    run(tmp_path, story)


def test_a_viewer_is_told_who_can_help(tmp_path: Path) -> None:
    async def story(server: Server) -> None:
        told = await server.ask("/users", VIC)
        assert (told.status, told.headers["x-keymock-error"]) == (403, "forbidden")
        assert {ADA, UNA} <= set(json.loads(told.body)["who"])

    run(tmp_path, story)


@pytest.mark.parametrize("text", ["nonsense", TEXTS[ADA][:-1] + "f", "kmt_\xff", "Bearer " + TEXTS[ADA]])
def test_what_is_no_token_is_refused_and_not_taken_for_nobody(tmp_path: Path, text: str) -> None:
    async def story(server: Server) -> None:
        page = ((b"origin", b"http://localhost:3000"),)
        told = await server.ask("/health", text.encode("latin-1", "replace").decode("latin-1"), page)
        assert (told.status, told.headers["x-keymock-error"]) == (401, "bad-token")
        assert told.headers["access-control-allow-origin"] == "http://localhost:3000"
        assert text.encode() not in told.body

    run(tmp_path, story)


def test_a_token_ends_when_it_expires_and_when_it_is_revoked(tmp_path: Path) -> None:
    async def story(server: Server) -> None:
        assert (await server.ask("/mine", ADA)).status == 200
        server.now = 2_000
        assert (await server.ask("/mine", ADA)).status == 401
        server.now = 1_000
        assert (await server.ask("/mine", ADA)).status == 200
        server.tokens = {}
        assert (await server.ask("/mine", ADA)).status == 401

    run(tmp_path, story)


def test_a_cookie_will_do_and_no_mock_sees_either(tmp_path: Path) -> None:
    plant(tmp_path, {"workspace/mocks/echo.toml": mock(
        "/echo", response='body = "{{ request.headers.cookie }}|{{ request.headers.x-keymock-token | default(\'\') }}"'
    )})  # fmt: skip

    async def story(server: Server) -> None:
        cookie = ((b"cookie", f"a=1; x-keymock-token={TEXTS[ADA]}; b=2".encode()),)
        assert (await server.ask("/mine", headers=cookie)).status == 200
        assert TEXTS[ADA].encode() not in (await server.ask("/echo", headers=cookie)).body
        assert TEXTS[ADA] not in repr(server.service.remembered.entries(Choice()))
        assert taken([(b"cookie", f"x-keymock-token={TEXTS[ADA]}".encode())]) == (TEXTS[ADA], [])

    run(tmp_path, story)


def test_edits_reach_everybody_private_ones_their_owner(tmp_path: Path) -> None:
    async def story(server: Server) -> None:
        assert (await server.ask("/users", ADA)).body == b"users"
        plant(tmp_path, {"projects/shop/mocks/users.toml": mock("/users", response='body = "new"')})
        server.service.rescan()
        first, second = await server.ask("/users", ADA), await server.ask("/users", UNA)
        assert (first.body, second.body) == (b"new", b"new")
        assert first.headers["x-keymock-generation"] == second.headers["x-keymock-generation"] == "2"
        plant(tmp_path, {"private/ada@example.com/mocks/mine.toml": mock("/mine", response='body = "changed"')})
        server.service.rescan()
        assert (await server.ask("/mine", ADA)).body == b"changed"

    run(tmp_path, story)


def test_roles_that_change_hold_for_the_next_request(tmp_path: Path) -> None:
    async def story(server: Server) -> None:
        assert (await server.ask("/users", UNA)).status == 200
        plant(tmp_path, {"ROLES": ROLES.replace("user:una@example.com", "viewer:una@example.com")})
        server.service.rescan()
        assert (await server.ask("/users", UNA)).status == 403
        plant(tmp_path, {"ROLES": "* nonsense\n"})
        server.service.rescan()
        assert (await server.ask("/users", UNA)).status == 403, "the last good file stays in force"

    run(tmp_path, story)


def test_a_broken_file_keeps_its_last_good_version_for_people_who_come_later(tmp_path: Path) -> None:
    async def story(server: Server) -> None:
        assert (await server.ask("/users", ADA)).body == b"users"
        await server.ask("/health")
        plant(tmp_path, {"projects/shop/mocks/users.toml": "= =", "workspace/mocks/health.toml": "= ="})
        server.service.rescan()
        await server.ask("/health")
        assert (await server.ask("/users", UNA)).body == b"users"
        assert (await server.ask("/health", BOB)).body == b"fine", "and not what an overlay of the operator makes of it"

    run(tmp_path, story, operator=ADA)


def test_what_is_switched_is_switched_for_everybody(tmp_path: Path) -> None:
    async def story(server: Server) -> None:
        assert (await server.ask("/users", UNA)).status == 200
        server.service.switch(Toggles(mocks={"projects/shop/mocks/users": "off"}))
        assert (await server.ask("/users", UNA)).status == 404

    run(tmp_path, story)


def test_roles_for_review_alone_hold_here(tmp_path: Path) -> None:
    plant(tmp_path, {"keymock.toml": 'roles = "review"\n'})

    async def story(server: Server) -> None:
        assert (await server.ask("/plans", BOB)).status == 404

    run(tmp_path, story)


def test_the_journal_is_the_operators_and_knows_no_private_mock_of_others(tmp_path: Path) -> None:
    async def story(server: Server) -> None:
        for path in ("/users", "/mine", "/health", "/plans", "/nope"):
            await server.ask(path, ADA)
        await server.ask("/health", BOB)
        seen = [(entry["path"], entry["mock"]) for entry in server.service.remembered.entries(Choice())]
        assert seen == [
            ("/users", "projects/shop/mocks/users"), ("/plans", None), ("/nope", None),
            ("/health", "workspace/mocks/health"),
        ]  # fmt: skip

    run(tmp_path, story)


def test_people_are_made_once_however_many_ask_at_once(tmp_path: Path) -> None:
    async def story(server: Server) -> None:
        told = await asyncio.gather(*(server.ask("/users", ADA) for _ in range(20)))
        assert {one.body for one in told} == {b"users"}
        services = {id(await server.callers.of(ADA)) for _ in range(3)}
        assert len(services) == 1

    run(tmp_path, story)


# ---- the control plane -------------------------------------------------------------------------------------------


def controlled(server: Server, method: str, target: str, text: str, body: bytes = b"") -> Any:
    """What the control plane answers to a token: the status, and the JSON."""
    app = create(server.service, token="run", port=PORT, people=server.callers)
    headers = {"host": f"127.0.0.1:{PORT}", "authorization": f"Bearer {text}"}
    if body:
        headers |= {"content-type": "application/json", "content-length": str(len(body))}
    reply = asyncio.run(control(app, method, target, pairs(headers), body))
    return reply.status, reply.json


def test_the_control_plane_tells_each_caller_of_what_is_theirs(tmp_path: Path) -> None:
    """Private mocks of others do not exist there either, and neither does what a role does not show."""
    server, seen = Server(plant(tmp_path, TREE)), {}
    for text in ("run", TEXTS[OPS], TEXTS[ADA], TEXTS[UNA]):
        status, told = controlled(server, "GET", "/routes", text)
        assert status == 200
        seen[text] = {route["mock"] for route in told["routes"]}
    mine = "private/ada@example.com/mocks/mine"
    assert [text for text, mocks in seen.items() if mine in mocks] == [TEXTS[ADA]]
    assert seen["run"] == seen[TEXTS[OPS]] > {"projects/secret/mocks/plans"}
    assert "projects/secret/mocks/plans" not in seen[TEXTS[ADA]] | seen[TEXTS[UNA]]
    assert controlled(server, "GET", "/status", TEXTS[ADA])[1]["actor"] == ADA
    for text, answers in ((TEXTS[ADA], True), (TEXTS[UNA], False), ("run", False)):
        told = controlled(server, "POST", "/explain", text, b'{"url": "/mine"}')[1]
        assert (told["answer"] is not None, b"mine" in json.dumps(told["candidates"]).encode()) == (answers, answers)


def test_what_is_everybodys_is_for_whoever_runs_the_server(tmp_path: Path) -> None:
    server = Server(plant(tmp_path, TREE))
    for route in ROUTES:
        path = route.path.format(id=1, name="s", space="shop", scenario="order", resource="orders")
        status, told = controlled(server, route.method, path, TEXTS[ADA], b"{}" if route.body else b"")
        assert route.shared or (status, told["code"]) == (403, "forbidden"), (route.method, path)
        assert not route.shared or status in (200, 400)


def test_a_token_that_is_none_any_longer_opens_nothing(tmp_path: Path) -> None:
    server = Server(plant(tmp_path, TREE))
    assert controlled(server, "GET", "/routes", "kmt_nonsense")[0] == 401
    server.now += 5_000
    assert controlled(server, "GET", "/routes", TEXTS[ADA])[0] == 401
    assert controlled(server, "GET", "/routes", "run")[0] == 200
