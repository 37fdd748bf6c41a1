"""One keymock for several people: each is answered as if served alone."""

from __future__ import annotations

import asyncio
import itertools
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
from keymock.serve.callers import MOST_SESSIONS, Callers, TokenApp, taken
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


def filled(path: str, name: str) -> str:
    return path.format(id=1, name=name, space="shop", scenario="order", resource="orders")


def test_what_is_everybodys_is_for_whoever_runs_the_server(tmp_path: Path) -> None:
    server = Server(plant(tmp_path, TREE))
    for route, name in itertools.product(ROUTES, ("default", "s")):
        if route.path != "/events":
            body = b"{}" if route.body else b""
            status, told = controlled(server, route.method, filled(route.path, name), TEXTS[ADA], body)
            in_path = route.path.startswith("/sessions/")
            refused = route.whose == "server" or (route.whose == "session" and not (in_path and name == "s"))
            assert ((status, told.get("code")) == (403, "forbidden")) == refused, (route.method, route.path, told)
    assert controlled(server, "GET", "/events", TEXTS[ADA])[0] == 403


# ---- sessions of several people ----------------------------------------------------------------------------------

CLASH = {
    **TREE,
    "projects/shop/mocks/turn.toml": '[scenario]\nname = "order"\nrequires = "Started"\nsets = "paid"\n'
    + mock("/turn", response='body = "first"'),
    "projects/shop/mocks/after.toml": '[scenario]\nname = "order"\nrequires = "paid"\n'
    + mock("/turn", response='body = "after"'),
}
S = ((b"x-keymock-session", b"s"),)


def wish(**keys: Any) -> bytes:
    return json.dumps(keys).encode()


def overridden(body: str) -> bytes:
    return wish(overrides=[{"mock": "shop/mocks/users", "response": {"body": body}}])


def asked(server: Server, path: str, who: str = "", headers: tuple[tuple[bytes, bytes], ...] = S) -> bytes:
    return asyncio.run(server.ask(path, who, headers)).body


def test_a_session_is_that_of_whoever_names_it(tmp_path: Path) -> None:
    """State, overrides, journal, verdicts and switches: two people say `s`, and each has their own."""
    server = Server(plant(tmp_path, CLASH))
    assert [asked(server, "/turn", ADA), asked(server, "/turn", ADA)] == [b"first", b"after"]
    assert asked(server, "/turn", UNA) == b"first"
    assert controlled(server, "PUT", "/sessions/s/overrides", TEXTS[ADA], overridden("hers"))[0] == 200
    assert [asked(server, "/users", who) for who in (ADA, UNA)] == [b"hers", b"users"]
    off = wish(mocks={"projects/shop/mocks/users": "off"})
    assert controlled(server, "PUT", "/toggles?session=s", TEXTS[UNA], off)[0] == 200
    assert b"no-mock" in asked(server, "/users", UNA)
    assert asked(server, "/users", ADA, ()) == b"users", "what Una has switched is switched in her session alone"
    counts = {}
    for who in (ADA, UNA):
        verdict = controlled(server, "POST", "/verify?session=s", TEXTS[who], wish(method="GET", path="/turn"))[1]
        entries = controlled(server, "GET", "/journal?session=s", TEXTS[who])[1]["entries"]
        counts[who] = verdict["count"], {entry["session"] for entry in entries}, len(entries)
    assert counts == {ADA: (2, {"s"}, 3), UNA: (1, {"s"}, 3)}
    assert controlled(server, "POST", "/reset?session=s", TEXTS[UNA])[0] == 200
    told = {who: controlled(server, "GET", "/state?session=s", TEXTS[who])[1]["scenarios"] for who in (ADA, UNA)}
    assert told == {ADA: {"shop/order": "paid"}, UNA: {"shop/order": "Started"}}


def test_anothers_session_is_one_that_there_is_not_to_the_byte(tmp_path: Path) -> None:
    """Whatever Una asks about a name, she is told the same whether somebody uses it or not; and changes nothing."""
    server = Server(plant(tmp_path, CLASH))
    asked(server, "/turn", ADA)
    controlled(server, "PUT", "/sessions/s/overrides", TEXTS[ADA], overridden("hers"))
    controlled(server, "PUT", "/sessions/s", TEXTS[ADA], wish(seed=7))
    before = controlled(server, "GET", "/sessions/s", TEXTS[ADA])
    bodies = {"/toggles": wish(mocks={"projects/shop/mocks/users": "off"}), "/sessions/{name}": wish(seed=9),
              "/verify": wish(path="/turn"), "/sessions/{name}/overrides": overridden("mine")}  # fmt: skip
    compared = 0
    for route in ROUTES:
        if route.whose == "server" or (
            "/sessions/" not in route.path and "session" not in route.query.__struct_fields__
        ):
            continue
        said = []
        for name in ("s", "x"):  # Ada has `s`, nobody has `x`
            query = f"?session={name}" if "session" in route.query.__struct_fields__ else ""
            path = filled(route.path, name if route.path.startswith("/sessions") else "one") + query
            body = bodies.get(route.path, b"{}") if route.body else b""
            status, told = controlled(server, route.method, path, TEXTS[UNA], body)
            said.append((status, json.dumps(told).replace(f'"{name}"', '"NAME"').replace(f"`{name}`", "`NAME`")))
        assert said[0] == said[1], (route.method, route.path)
        compared += 1
    assert compared > 15
    assert controlled(server, "GET", "/sessions/s", TEXTS[ADA]) == before
    assert asked(server, "/users", ADA) == b"hers"


ANYONE = {**CLASH, "ROLES": ROLES.replace("/projects/shop/  ", "/projects/shop/  user:anyone ")}


@pytest.mark.parametrize("who", ["", UNA, OPS])
def test_a_name_in_a_header_opens_nobody_elses_session(tmp_path: Path, who: str) -> None:
    server = Server(plant(tmp_path, ANYONE))
    controlled(server, "PUT", "/sessions/s/overrides", TEXTS[ADA], overridden("hers"))
    carriers = (S, ((b"cookie", b"keymock_session=s"),), ((b"baggage", b"keymock-session=s"),))
    assert [asked(server, "/users", ADA, one) for one in carriers] == [b"hers"] * 3
    assert [asked(server, "/users", who, one) for one in carriers] == [b"users"] * 3
    assert asked(server, "/__session/s/users", who, ()) == b"users"


def test_a_session_without_a_token_is_made_by_whoever_runs_the_server(tmp_path: Path) -> None:
    server = Server(plant(tmp_path, ANYONE))
    assert controlled(server, "PUT", "/sessions/s/overrides", "run", overridden("said"))[0] == 200
    assert asked(server, "/users") == b"said"
    assert asked(server, "/users", ADA) == b"users"
    plant(tmp_path, {"workspace/mocks/more.toml": mock("/more")})
    server.service.rescan()
    assert asked(server, "/users") == b"said", "nor is it lost with a reload"


def test_the_operator_hears_whose_session_it_was_and_of_private_mocks_their_owner(tmp_path: Path) -> None:
    server = Server(plant(tmp_path, CLASH))
    for path in ("/users", "/mine"):
        asked(server, path, ADA)
    theirs = controlled(server, "GET", "/journal", "run")[1]["entries"]
    assert [(entry["path"], entry["session"]) for entry in theirs] == [("/users", f"{ADA}/s")]
    hers = controlled(server, "GET", "/journal", TEXTS[ADA])[1]["entries"]
    assert [(entry["path"], entry["session"]) for entry in hers] == [("/users", "s"), ("/mine", "s")]
    assert controlled(server, "GET", "/journal", TEXTS[UNA])[1]["entries"] == []
    ended = controlled(server, "DELETE", "/sessions/s", TEXTS[ADA])[1]
    assert (ended["session"], ended["ended"], ended["requests"]) == ("s", True, 2)
    assert controlled(server, "GET", "/journal", "run")[1]["entries"] == [], "the journal of a session ends with it"
    assert controlled(server, "GET", "/sessions/s", TEXTS[ADA])[0] == 404


def test_what_a_person_forgets_altogether_the_operator_forgets_too(tmp_path: Path) -> None:
    async def story(server: Server) -> None:
        for who in (ADA, BOB):
            await server.ask("/users", who, ((b"x-keymock-session", b"one"),))
        own = await server.callers.of(ADA)
        own.remembered.clear("one")  # of which they themselves know nothing any more
        own.journal.clear()
        assert {entry.session for entry in server.service.journal.held()} == {f"{BOB}/one"}

    run(tmp_path, story)


def test_what_somebody_asked_becomes_a_file_by_their_own_rights(tmp_path: Path) -> None:
    server = Server(plant(tmp_path, CLASH))
    for who in (ADA, UNA):
        asked(server, "/users", who)
    status, told = controlled(server, "POST", "/journal/1/mock", TEXTS[UNA], wish(scope="project:shop"))
    assert (status, told["code"]) == (403, "forbidden")
    status, told = controlled(server, "POST", "/journal/1/mock", TEXTS[ADA], wish(scope="project:shop"))
    assert (status, told["mock"]) == (200, "projects/shop/mocks/users/get")
    assert (tmp_path / told["files"][0]["path"]).exists()


def test_sessions_of_people_are_bounded_and_end_when_nobody_asks(tmp_path: Path) -> None:
    server = Server(plant(tmp_path, CLASH))
    server.tokens = by_digest(token(text, person, now=0, seconds=90_000) for person, text in TEXTS.items())

    async def story() -> None:
        ada = await server.callers.of(ADA)
        for number in range(MOST_SESSIONS):
            ada.session(f"s{number}")
        full = await server.ask("/users", ADA, ((b"x-keymock-session", b"one-more"),))
        assert (full.status, full.headers["x-keymock-error"]) == (503, "too-many-sessions")
        assert (await server.ask("/users", UNA, S)).status == 200, "it is nobody else's trouble"
        server.now += 2_000
        await server.ask("/users", ADA, ((b"x-keymock-session", b"s5"),))
        server.now += 2_000
        await server.callers.forget_idle()
        assert [session.name for session in ada.sessions] == ["s5"]
        assert server.service.journal.held(f"{UNA}/s") == [], "and what the operator was told of them goes, too"

    asyncio.run(story())


def test_secrets_that_the_server_was_told_of_are_hidden_from_everybody(tmp_path: Path) -> None:
    server = Server(plant(tmp_path, CLASH))
    asked(server, "/users?told=canary-17", ADA)
    assert "canary-17" in json.dumps(controlled(server, "GET", "/journal", TEXTS[ADA]))
    server.service.hide(["canary-17"])
    assert "canary-17" not in json.dumps(controlled(server, "GET", "/journal", TEXTS[ADA]))
    assert "canary-17" not in json.dumps(controlled(server, "GET", "/journal/1/request", TEXTS[ADA]))


def test_an_override_tells_nothing_of_a_space_that_its_maker_may_not_see(tmp_path: Path) -> None:
    roles_ = ROLES.replace("/workspace/      member:anyone", "/workspace/      member:ada@example.com")
    server = Server(plant(tmp_path, {**CLASH, "ROLES": roles_, "keymock.toml": "[variables]\nhidden = 'canary'\n"}))
    given = {"request": {"path": "/x"}, "response": {"body": "{{ vars.hidden }}"}}
    for more, status in (({}, 403), ({"project": "secret"}, 400), ({"project": "shop"}, 200)):
        body = wish(overrides=[{**given, **more}])
        assert controlled(server, "PUT", "/sessions/s/overrides", TEXTS[UNA], body)[0] == status
    assert controlled(server, "PUT", "/sessions/s/overrides", TEXTS[ADA], wish(overrides=[given]))[0] == 200


def test_a_token_that_is_none_any_longer_opens_nothing(tmp_path: Path) -> None:
    server = Server(plant(tmp_path, TREE))
    assert controlled(server, "GET", "/routes", "kmt_nonsense")[0] == 401
    server.now += 5_000
    assert controlled(server, "GET", "/routes", TEXTS[ADA])[0] == 401
    assert controlled(server, "GET", "/routes", "run")[0] == 200
