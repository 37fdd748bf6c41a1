from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from asgi_driver import ask, scope
from conversation import Answer, Said
from tree_answers import mock, plant

from keymock.journal import Entry
from keymock.serve.app import MockApp
from keymock.serve.intake import MAX_HEADER_BYTES, MAX_HEADERS, MAX_URL
from keymock.serve.options import Options
from keymock.serve.service import Service
from keymock.verify import Bounds, Expectation

MOCKS = "workspace/mocks"
TREE: dict[str, str | bytes] = {
    f"{MOCKS}/hello.toml": mock("/hello", response='body = "hello"'),
    f"{MOCKS}/q.toml": mock("/hello", 'query.q = "1"', response='body = "asked"'),
    f"{MOCKS}/tenant.toml": mock("/tenant", 'headers.X-Tenant = "b"', response='body = "b"'),
    f"{MOCKS}/any.toml": mock("/tenant", response='body = "any"'),
    f"{MOCKS}/only-me.toml": mock("/me/:id", 'cookies.s = "1"', response="status = 204"),
    f"{MOCKS}/all.toml": mock("/me/:id", response='json = { a = 1 }\nheaders.X-A = ["1", "2"]'),
    f"{MOCKS}/two.toml": '[request]\npath = "/two"\n[response]\nbody = "one"\n'
                         '[[responses]]\nname = "other"\nstatus = 404\nbody = "other"\nwhen.query.o = "1"\n'
                         '[[responses]]\nname = "usual"\n',
    f"{MOCKS}/echo.toml": mock("/echo", 'method = "POST"', response='body = "{{ request.body }}"'),
    f"{MOCKS}/late.toml": mock("/late", response='body = "late"\ndelay = "1ms"'),
    f"{MOCKS}/none.toml": mock("/none", response="status = 204"),
    f"{MOCKS}/bad.toml": mock("/bad", response='headers.X = "{{ request.query.v }}"\nbody = "x"'),
    f"{MOCKS}/turn.toml": 'select = "cycle"\n[request]\npath = "/turn"\n'
                          '[[responses]]\nname = "a"\nbody = "a"\n[[responses]]\nname = "b"\nbody = "b"\n',
}  # fmt: skip


def service(root: Path, **options: Any) -> Service:
    made = Service(Options(workspace=str(plant(root, TREE)), **options), time.time_ns)
    assert made.catalog.problems == ()
    return made


def app(root: Path, hosts: frozenset[str] | None = None, **options: Any) -> MockApp:
    return MockApp(service(root, **options), time.time_ns, time.perf_counter_ns, hosts)


def said(
    target: str, method: str = "GET", body: bytes = b"", headers: Mapping[str, str] | None = None, **more: str
) -> Said:
    """A request; further headers by keyword, with `_` for `-`."""
    given = {**(headers or {}), **{name.replace("_", "-"): value for name, value in more.items()}}
    return Said(method, target, tuple(given.items()), body)


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        (said("/hello"), 200, b"hello"),
        (said("/hello?q=1"), 200, b"asked"),
        (said("/echo", "POST", b"abc"), 200, b"abc"),
        (said("/echo", "POST", b"abc", transfer_encoding="chunked"), 200, b"abc"),
        (said("/echo", "POST"), 200, b""),
        (said("/none"), 204, b""),
        (said("/two?o=1"), 404, b"other"),
        (said("/__keymock/health"), 204, b""),
    ],
)
def test_answers(tmp_path: Path, asked: Said, status: int, body: bytes) -> None:
    answer = ask(app(tmp_path), asked)
    assert (answer.status, answer.body) == (status, body)


LONG = "x" * MAX_URL


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        (said("/nothing"), 404, "no-mock"),
        (said("/hello", "DELETE"), 405, "method-not-allowed"),
        (said("/hello", "TRACE"), 405, "method-not-allowed"),
        (said("/%"), 400, "invalid-request"),
        (said("/a/../hello"), 400, "invalid-request"),
        (said(f"/{LONG}"), 414, "url-too-long"),
        (said(f"/hello?{LONG}"), 414, "url-too-long"),
        (said("/hello", a="x" * MAX_HEADER_BYTES), 431, "headers-too-large"),
        (said("/hello", headers={f"h{number}": "1" for number in range(MAX_HEADERS)}), 431, "headers-too-large"),
        (said("/echo", "POST", b"12345678901"), 413, "too-large"),
        (said("/echo", "POST", b"12345678901", transfer_encoding="chunked"), 413, "too-large"),
        (said("/hello", content_length="x"), 400, "invalid-request"),
        (said("/hello", content_length="-1"), 400, "invalid-request"),
        (said("/hello", content_length="9" * 5_000), 413, "too-large"),
        (said("/echo", "POST", b"1", content_length="1", transfer_encoding="chunked"), 400, "invalid-request"),
        (said("/hello", host="a b"), 400, "invalid-request"),
        (said("/hello", host=""), 400, "invalid-request"),
        (said("/hello", x_keymock_session="a b"), 400, "bad-session"),
        (said("/hello", x_keymock_faults="none-such"), 400, "no-such-profile"),
        (said("/bad?v=a%0Ab"), 500, "unsendable"),
    ],
)
def test_what_is_refused(tmp_path: Path, asked: Said, status: int, code: str) -> None:
    answer = ask(app(tmp_path, max_body=10), asked)
    assert (answer.status, answer.values("x-keymock-error")) == (status, [code])
    assert json.loads(answer.body)["code"] == code
    if status in (408, 413):
        assert answer.values("connection") == ["close"]


def test_a_long_path_that_is_kept_and_a_query_are_too_long_together(tmp_path: Path) -> None:
    path = "/" + "a" * (MAX_URL * 3 // 4)
    plant(tmp_path, {"workspace/mocks/long.toml": mock(path, response='body = "long"')})
    here = MockApp(Service(Options(workspace=str(tmp_path)), time.time_ns), time.time_ns, time.perf_counter_ns)
    assert [ask(here, said(path)).status for _ in range(3)] == [200] * 3
    assert ask(here, said(f"{path}?{'q' * (MAX_URL // 3)}")).status == 414
    assert ask(here, said(f"{path}?{'q' * (MAX_URL - len(path))}")).status == 200


def test_a_limit_holds_on_the_ready_path_too(tmp_path: Path) -> None:
    here = app(tmp_path)
    for asked in (said("/hello"), said("/hello"), said(f"/hello?{LONG}"), said("/hello", a="x" * MAX_HEADER_BYTES)):
        answer = ask(here, asked)
    assert [ask(here, said(f"/hello?{LONG}")).status, answer.status, ask(here, said("/hello")).status] == [
        414, 431, 200,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("hosts", "host", "status"),
    [
        (frozenset[str](), "localhost:8787", 200),
        (frozenset[str](), "127.0.0.1", 200),
        (frozenset[str](), "[::1]:8787", 200),
        (frozenset[str](), "shop.localhost", 200),
        (frozenset[str](), "evil.example", 421),
        (frozenset[str](), "localhost.evil.example", 421),
        (frozenset({"api.test"}), "API.test:80", 200),
        (frozenset({"api.test"}), "other.test", 421),
        (None, "evil.example", 200),
    ],
)
def test_the_names_it_answers_to(tmp_path: Path, hosts: frozenset[str] | None, host: str, status: int) -> None:
    here = app(tmp_path, hosts)
    assert [ask(here, said("/hello", host=host)).status for _ in range(2)] == [status, status]


def test_two_hosts_or_none(tmp_path: Path) -> None:
    here = app(tmp_path)
    two = Said("GET", "/hello", (("host", "localhost"), ("host", "localhost")), b"")
    assert ask(here, two).status == 400
    asked = scope(said("/hello"))
    asked["headers"] = []
    assert messages(here, asked)[0]["status"] == 400
    assert messages(here, {**asked, "http_version": "1.0"})[0]["status"] == 200


def test_head_has_the_head_of_get_and_no_body(tmp_path: Path) -> None:
    here = app(tmp_path)
    for _ in range(2):
        get, head = ask(here, said("/hello")), ask(here, said("/hello", "HEAD"))
        assert (head.status, head.body, head.values("content-length")) == (200, b"", [str(len(get.body))])
        assert head.values("content-type") == get.values("content-type")
    assert ask(here, said("/none", "HEAD")).values("content-length") == []


@pytest.mark.parametrize("size", [300_000, 9 * 1024 * 1024])
def test_a_large_body_comes_from_its_file(tmp_path: Path, size: int) -> None:
    content = random.Random(1).randbytes(size)
    plant(tmp_path, {f"{MOCKS}/big.toml": mock("/big", response='body_file = "big.bin"'), f"{MOCKS}/big.bin": content})
    here = app(tmp_path)
    answer, head = ask(here, said("/big")), ask(here, said("/big", "HEAD"))
    assert answer.body == content
    assert answer.values("content-length") == head.values("content-length") == [str(size)]
    assert head.body == b""


def messages(here: MockApp, asked: dict[str, Any], came: Iterable[dict[str, Any]] = ()) -> list[dict[str, Any]]:
    """What the app sends to a request, each message as a server would read it."""
    sent: list[dict[str, Any]] = []
    waiting = list(came)

    async def receive() -> dict[str, Any]:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        head = message["type"] == "http.response.start"
        read = {"headers": list(message["headers"])} if head else {"more_body": message.get("more_body", False)}
        sent.append(message | read)

    asyncio.run(here(asked, receive, send))
    return sent


HEADERS: list[dict[str, str]] = [
    {}, {"accept": "*/*"}, {"x-tenant": "b"}, {"x-tenant": "c"}, {"cookie": "s=1"}, {"prefer": "code=404"},
    {"prefer": "example=other"}, {"origin": "http://localhost:3000"}, {"origin": "http://evil.example"},
    {"x-keymock-session": "one"}, {"host": "shop.localhost"}, {"baggage": "keymock-session=two"},
    {"accept-encoding": "gzip"}, {"range": "bytes=0-1"}, {"if-none-match": "*"}, {"accept": "text/html"},
    {"content-length": "0"}, {"x-keymock-faults": "none"}, {"x-keymock-faults": "zz"},
]  # fmt: skip
TARGETS = [
    "/hello",
    "/hello?q=1",
    "/hello?q=2",
    "/tenant",
    "/me/1",
    "/me/2",
    "/two",
    "/two?o=1",
    "/late",
    "/none",
    "/no",
    "/echo",
    "/%",
    "/__session/one/hello",
    "/__session/one/echo",
]
BODIES = [b"", b"", b"abc", b"abcd"]


@pytest.mark.parametrize("seed", range(6))
def test_the_ready_path_says_what_the_engine_says(tmp_path: Path, seed: int) -> None:
    """'Most requests ask for the same few static answers again and again. Such a reply is kept ready', and where other
    request lines lead is kept too, and whether their body is wanted."""
    held = service(tmp_path)
    warm = MockApp(held, time.time_ns, time.perf_counter_ns, None)
    draw = random.Random(seed)
    for _ in range(300):
        method = draw.choice(["GET", "GET", "GET", "HEAD", "POST", "OPTIONS"])
        body, headers = draw.choice(BODIES) if method == "POST" else b"", draw.choice(HEADERS)
        if body and "content-length" not in headers:
            headers = {**headers, "content-length": str(len(body))}
        asked, came = (
            scope(said(draw.choice(TARGETS), method, headers=headers)),
            [{"body": body, "type": "http.request"}],
        )
        fresh = MockApp(held, time.time_ns, time.perf_counter_ns, None)
        assert messages(warm, asked, came) == messages(fresh, asked, came), asked
        one, other = map(_without_numbers, held.journal.since(held.journal.count - 2))
        assert one == other


def _without_numbers(entry: Entry) -> Entry:
    """An entry without what two of the same request differ in."""
    story = entry.sent.story
    sent = msgspec.structs.replace(
        entry.sent, story=msgspec.structs.replace(story, call=0) if story is not None else None
    )
    return entry._replace(id=0, weight=0, time=0, duration=0, sent=sent)


def test_an_answer_that_its_line_settles_is_kept_for_as_long_as_the_world_lasts(tmp_path: Path) -> None:
    """It counts no calls, and is filled in anew when a variable has changed."""
    text = '[request]\npath = "/teams/:id"\n[response]\nbody = "{{ vars.team }} {{ request.params.id }}"\n'
    tree = {"workspace/mocks/team.toml": text, "environments/local.toml": 'team = "red"\n'}
    plant(tmp_path, tree)
    here = MockApp(
        Service(Options(workspace=str(tmp_path), environment="local"), time.time_ns),
        time.time_ns,
        time.perf_counter_ns,
        None,
    )
    for number in (1, 2, 1, 1):
        assert ask(here, said(f"/teams/{number}")).body == b"red %d" % number
    assert here.at_once(scope(said("/teams/1?a=b")), lambda _message: None) is None
    stories = [entry.sent.story for entry in here.service.journal.held()]
    assert [story.call if story is not None else None for story in stories] == [0] * 5
    first, last = here.service.journal.entry(1), here.service.journal.entry(4)
    assert first is not None and last is not None and first.sent is last.sent  # it was not made anew
    (tmp_path / "environments" / "local.toml").write_text('team = "blue"\n')
    assert here.service.rescan()
    assert ask(here, said("/teams/1")).body == b"blue 1"


@pytest.mark.parametrize("wait", ["delay", "first_byte"])
def test_a_wait_that_is_filled_in_is_waited_each_time(tmp_path: Path, wait: str) -> None:
    late = mock("/late/:ms", response=f'body = "late"\n{wait} = "{{{{ request.params.ms }}}}ms"')
    plant(tmp_path, {f"{MOCKS}/late.toml": late})
    here = MockApp(Service(Options(workspace=str(tmp_path)), time.time_ns), time.time_ns, time.perf_counter_ns, None)
    for milliseconds in (1, 30, 30, 1, 30):
        began = time.perf_counter()
        assert ask(here, said(f"/late/{milliseconds}")).body == b"late"
        assert time.perf_counter() - began >= milliseconds / 1000


@pytest.mark.parametrize("path", ["/hello", "/bad", "/late"])
def test_a_host_is_missed_even_if_an_older_client_needed_none(tmp_path: Path, path: str) -> None:
    """HTTP/1.0 has no Host, and every later version must have one."""
    here = app(tmp_path)

    def status(version: str, headers: list[tuple[bytes, bytes]]) -> int:
        messages: list[dict[str, Any]] = []
        request = {**scope(said(f"{path}?v=1")), "http_version": version, "headers": headers}

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            messages.append(message)

        asyncio.run(here(request, receive, send))
        return int(messages[0]["status"])

    none: tuple[list[tuple[bytes, bytes]], ...] = ([], [(b"accept", b"*/*")], [(b"host", b"")])
    for headers in none:
        assert [status(version, headers) for version in ("1.0", "1.0", "1.1", "1.0", "1.1")] == [
            200,
            200,
            400,
            200,
            400,
        ]


def test_a_port_that_follows_from_the_scheme_is_that_of_each_request(tmp_path: Path) -> None:
    """A proxy before an ASGI host may say that it was asked by https."""
    plant(tmp_path, {f"{MOCKS}/port.toml": mock("/port", response='body = "{{ request.port }}"')})
    here = MockApp(Service(Options(workspace=str(tmp_path)), time.time_ns), time.time_ns, time.perf_counter_ns, None)
    bodies: list[bytes] = []
    for scheme in ("http", "http", "https", "http", "https"):
        assert (
            here.at_once({**scope(said("/port")), "scheme": scheme}, lambda told: bodies.append(told.get("body", b"")))
            is None
        )
    assert [body for body in bodies if body] == [b"80", b"80", b"443", b"80", b"443"]


def test_what_can_be_given_at_once_is_what_the_app_gives(tmp_path: Path) -> None:
    """The two messages of `at_once`, and what is left of it, come to what a host that awaits each `send` gets."""
    asked = [said("/hello"), said("/hello"), said("/bad?v=1"), said("/bad?v=%0A"), said("/nowhere"), said("/turn")]
    asked += [said("/hello", "HEAD"), said("/tenant", X_Tenant="b"), said("/__keymock/health"), said("/none")]
    here, there = app(tmp_path / "here"), app(tmp_path / "there")
    for one in asked:
        sent: list[dict[str, Any]] = []
        assert here.at_once(scope(one), sent.append) is None, one
        start, body = sent
        answer = ask(there, one)
        assert (start["status"], body.get("body", b"")) == (answer.status, answer.body), one
        assert [name.decode() for name, _ in start["headers"]] == [name for name, _ in answer.headers], one
    assert [entry.sent.status for entry in here.service.journal.since(0)] == [
        entry.sent.status for entry in there.service.journal.since(0)
    ]


@pytest.mark.parametrize(
    "asked", [said("/late"), said("/late"), said("/echo", "POST", b"abc"), said("/hello", "GET", b"abc")]
)
def test_what_takes_time_is_handed_back(tmp_path: Path, asked: Said) -> None:
    sent: list[dict[str, Any]] = []
    here = app(tmp_path)
    for _ in range(2):  # the second time it is ready
        assert here.at_once(scope(asked), sent.append) is not None
        assert sent == []
        ask(here, asked)


def test_what_is_given_at_once_asks_nothing_of_the_loop(tmp_path: Path) -> None:
    """It is given on another thread while the loop sleeps, and from there asking wakes nobody."""
    here = app(tmp_path)
    asked = [said("/hello"), said("/hello"), said("/bad?v=1"), said("/turn"), said("/nowhere"), said("/hello?q=1")]
    asked += [said("/hello", X_Keymock_Session="new"), said("/two", Prefer="code=404"), said("/hello", "HEAD")]

    def answered() -> list[int]:
        sent: list[dict[str, Any]] = []
        assert [here.at_once(scope(one), sent.append) for one in asked] == [None] * len(asked)
        return [message["status"] for message in sent if "status" in message]

    async def story() -> None:
        asyncio.get_running_loop().set_debug(True)  # then it complains of whoever asks it from another thread
        told = asyncio.ensure_future(anext(here.service.subscribe()))
        wanted = Expectation(path="/hello", times=Bounds(at_least=3), timeout=20)
        verdict = asyncio.ensure_future(here.service.remembered.verify(wanted, None))
        await asyncio.sleep(0.02)
        assert await asyncio.to_thread(answered) == [200, 200, 200, 200, 404, 200, 200, 404, 200]
        assert (await verdict)["ok"]
        told.cancel()

    asyncio.run(story())


def test_turns_are_never_ready(tmp_path: Path) -> None:
    here = app(tmp_path)
    assert [ask(here, said("/turn")).body for _ in range(4)] == [b"a", b"b", b"a", b"b"]
    assert ask(here, said("/turn", x_keymock_session="other")).body == b"a"


def test_an_edit_is_seen_by_the_next_request(tmp_path: Path) -> None:
    here = app(tmp_path)
    assert [ask(here, said("/hello")).body for _ in range(2)] == [b"hello", b"hello"]
    plant(tmp_path, {f"{MOCKS}/hello.toml": mock("/hello", response='body = "other"')})
    assert here.service.rescan()
    answer = ask(here, said("/hello"))
    assert (answer.body, answer.values("x-keymock-generation")) == (b"other", ["2"])


@pytest.mark.parametrize(
    ("target", "headers", "expected"),
    [
        ("/hello", {}, (200, f"{MOCKS}/hello", "", "")),
        ("/hello", {"x-keymock-session": "s"}, (200, f"{MOCKS}/hello", "", "s")),
        ("/two?o=1", {}, (404, f"{MOCKS}/two", "", "")),
        ("/nothing", {}, (404, "", "no-mock", "")),
        ("/%", {}, (400, "", "invalid-request", "")),
        ("/bad?v=a%0Ab", {}, (500, f"{MOCKS}/bad", "unsendable", "")),
        ("/late", {}, (200, f"{MOCKS}/late", "", "")),
    ],
)
def test_the_journal_has_an_exchange_before_its_body_is_sent(
    tmp_path: Path, target: str, headers: dict[str, str], expected: tuple[int, str, str, str]
) -> None:
    here = app(tmp_path)
    for number in (1, 2):  # the second time by the ready path, where there is one
        counts: list[int] = []

        async def send(message: dict[str, Any], counts: list[int] = counts) -> None:
            if message["type"] == "http.response.body":
                counts.append(here.service.journal.count)

        async def receive() -> dict[str, Any]:
            await asyncio.sleep(1)
            return {"type": "http.disconnect"}

        asyncio.run(here(scope(said(target, headers=headers)), receive, send))
        assert counts[0] == number
        (entry,) = here.service.journal.since(number - 1)
        sent = entry.sent
        assert (sent.status, sent.mock, sent.error, entry.session) == expected


def test_the_journal_keeps_bodies_if_asked_to(tmp_path: Path) -> None:
    here = app(tmp_path, journal_bodies=True)
    ask(here, said("/hello", "GET", b"abc"))
    assert here.service.journal.since(0)[0].body == b"abc"


def test_the_lifespan_of_a_host_is_followed(tmp_path: Path) -> None:
    sent = messages(app(tmp_path), {"type": "lifespan"}, [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    assert [message["type"] for message in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_a_project_on_a_port_of_its_own(tmp_path: Path) -> None:
    plant(tmp_path, {
        "projects/shop/project.toml": 'mount = "/shop"\n',
        "projects/shop/mocks/a.toml": mock("/a", response='body = "shop"'),
    })  # fmt: skip
    held = service(tmp_path)
    alone = MockApp(held, time.time_ns, time.perf_counter_ns, None, project="shop")
    bare = MockApp(held, time.time_ns, time.perf_counter_ns, None)
    answers: list[Answer] = [ask(alone, said("/a")), ask(bare, said("/a")), ask(bare, said("/shop/a"))]
    assert [answer.status for answer in answers] == [200, 404, 200]
