"""Each fault and each wait, seen by a raw socket and by curl, on a real granian."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from on_granian import Seen, curl, descriptors, needs_curl, raw, request, settled, tasks, while_served

from keymock import faults
from keymock.exchange import BodyFile, Reply
from keymock.faults import Pace
from keymock.negotiation import FilePart
from keymock.serve import wire
from keymock.serve.bodies import BodyFiles
from keymock.serve.perform import GRACE_SECONDS, Client, Exchange, Patience, perform
from keymock.serve.worker import DRAIN_SECONDS

pytestmark = pytest.mark.live

BODY = b"0123456789" * 4
HALF = BODY[:20]
TYPE = (b"content-type", b"text/plain")
SSE = (b"content-type", b"text/event-stream")
STREAM = tuple((0.05, b"data: x\n\n") for _ in range(1_200))

needs_descriptors = pytest.mark.skipif(not wire.supported(), reason="connections cannot be found here")


class Toy:
    """An app that performs the replies it is given, by path, and keeps what it was told."""

    def __init__(self, replies: dict[str, Reply], stopping: asyncio.Event | None = None) -> None:
        self.replies = replies
        self.stopping = stopping
        self.patience = Patience(stopping)
        self.told: list[str] = []
        self.done: list[str] = []

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        path = scope["path"]
        reply = self.replies.get(path) or Reply(200, [TYPE], b"fine")
        start = {"type": "http.response.start", "status": reply.status, "headers": reply.headers}
        if path.startswith("/nowhere"):
            scope = {**scope, "client": None}
        client = Client(receive, unread=scope["method"] == "POST", stopping=self.stopping)
        exchange = Exchange(scope, client, send, reply, start)
        await perform(exchange, BodyFiles(), self.patience, lambda: self.told.append(path))
        self.done.append(path)


def broken(kind: str, **more: Any) -> Reply:
    return Reply(200, [TYPE], BODY, fault=kind, **more)


def visited(replies: dict[str, Reply], visit: Callable[[int, Toy], Awaitable[None]]) -> Toy:
    toy = Toy(replies)
    while_served(toy, lambda port: visit(port, toy))
    return toy


def length(seen: Seen) -> int | None:
    """The Content-Length of an answer."""
    for line in seen.head.split(b"\r\n"):
        name, _, value = line.partition(b": ")
        if name == b"content-length":
            return int(value)
    return None


# ---- faults ----------------------------------------------------------------------------------------------------


@needs_curl
@needs_descriptors
@pytest.mark.parametrize(
    ("kind", "end", "body", "promised", "code", "said"),
    [
        ("reset", "reset", b"", None, 56, "Connection reset by peer"),
        ("empty", "end", b"", None, 52, "Empty reply from server"),
        ("garbage", "end", b"", None, 1, "Received HTTP/0.9 when not allowed"),
        ("malformed", "end", b"14\r\n" + HALF + b"\r\nZZ\r\nthis is no chunk\r\n", None, 56, "hexadecimal"),
        ("truncated", "end", HALF, 40, 18, "transfer closed with 20 bytes remaining to read"),
        ("wrong_length", "end", BODY, 20, 0, ""),
    ],
)
def test_each_fault_as_a_client_sees_it(
    kind: str, end: str, body: bytes, promised: int | None, code: int, said: str, capfd: Any
) -> None:
    async def visit(port: int, toy: Toy) -> None:
        seen = await raw(port, request("/broken"))
        assert seen.end == end
        assert length(seen) == promised
        if kind in ("malformed", "truncated", "wrong_length"):
            assert seen.head.startswith(b"http/1.1 200 ok\r\n")
            assert b"content-type: text/plain" in seen.head
            assert seen.body == body
        else:
            assert seen.data == (b"" if kind != "garbage" else seen.data)
            assert not seen.data.startswith(b"HTTP/")
        result, got, error = await curl(port, "/broken")
        assert result == code
        assert said in error
        if kind in ("truncated", "wrong_length"):
            assert got == HALF
        # The server goes on, for others and for the next request of the same client.
        assert (await curl(port, "/fine"))[:2] == (0, b"fine")

    toy = visited({"/broken": broken(kind)}, visit)
    assert toy.told == toy.done == ["/broken", "/broken", "/fine"]
    assert capfd.readouterr() == ("", "")


@needs_curl
def test_hang_says_nothing_until_the_client_leaves() -> None:
    async def visit(port: int, toy: Toy) -> None:
        assert await raw(port, request("/hang"), seconds=0.4) == (b"", "open")
        assert (await curl(port, "/hang", "--max-time", "0.4"))[0] == 28
        await settled(lambda: -len(toy.done), -2)
        assert toy.done == ["/hang", "/hang"]

    visited({"/hang": broken("hang")}, visit)


@needs_descriptors
def test_a_server_that_stops_finishes_what_is_soon_done_and_ends_the_rest(capfd: pytest.CaptureFixture[str]) -> None:
    stopping = asyncio.Event()
    replies = {"/hang": broken("hang"), "/soon": Reply(200, [], b"soon", delay=1.0), "/late": Reply(200, [], delay=60)}
    toy = Toy(replies, stopping)
    took: dict[str, float] = {}

    async def ask(port: int, path: str) -> Seen:
        seen = await raw(port, request(path, "GET", "connection: close"), seconds=8)
        took[path] = time.monotonic() - stopped[0]
        return seen

    stopped = [0.0]

    async def visit(port: int) -> None:
        asking = [asyncio.create_task(ask(port, path)) for path in ("/hang", "/soon", "/late")]
        await asyncio.sleep(0.2)
        stopped[0] = time.monotonic()
        stopping.set()
        hang, soon, late = await asyncio.gather(*asking)
        assert hang == late == (b"", "end")
        assert soon.body == b"soon"

    while_served(toy, visit)
    assert took["/hang"] < 0.5
    assert took["/late"] == pytest.approx(GRACE_SECONDS, abs=0.5)
    assert GRACE_SECONDS < DRAIN_SECONDS
    assert capfd.readouterr() == ("", "")


@needs_descriptors
@pytest.mark.parametrize("path", ["/delay", "/hang", "/stream"])
def test_an_answer_cut_off_by_the_end_of_the_server_says_nothing(path: str, capfd: pytest.CaptureFixture[str]) -> None:
    replies = {
        "/delay": Reply(200, [], b"late", delay=60),
        "/hang": broken("hang"),
        "/stream": Reply(200, [SSE], stream=STREAM),
    }

    async def visit(port: int, toy: Toy) -> None:
        before = asyncio.all_tasks()
        waiting = asyncio.create_task(raw(port, request(path), seconds=5))
        await asyncio.sleep(0.3)
        for task in asyncio.all_tasks() - before - {waiting}:
            task.cancel()
        seen = await waiting
        assert seen.end == "end"
        assert b"500" not in seen.head

    visited(replies, visit)
    assert capfd.readouterr() == ("", "")


@needs_curl
@pytest.mark.parametrize("kind", list(faults.KINDS))
def test_no_fault_spoils_the_next_answer_on_a_connection(kind: str) -> None:
    """curl asks for both on one connection if it can, and on a new one where it was closed."""

    async def visit(port: int, toy: Toy) -> None:
        broken_one = f"http://127.0.0.1:{port}/broken"
        _, got, _ = await curl(port, "/fine", "--max-time", "1", broken_one, "--next", "-sS")
        assert got.endswith(b"fine")

    visited({"/broken": broken(kind)}, visit)


@pytest.mark.parametrize("kind", ["reset", "empty", "garbage", "malformed"])
def test_where_the_connection_cannot_be_found_the_body_is_cut(kind: str) -> None:
    async def visit(port: int, toy: Toy) -> None:
        seen = await raw(port, request("/nowhere"))
        assert (length(seen), seen.body, seen.end) == (40, HALF, "end")

    visited({"/nowhere": broken(kind)}, visit)


@needs_descriptors
@pytest.mark.parametrize("kind", ["reset", "empty", "garbage", "malformed", "truncated", "wrong_length"])
def test_a_body_that_nobody_read_changes_nothing(kind: str) -> None:
    async def visit(port: int, toy: Toy) -> None:
        seen = await raw(port, request("/broken", "POST", body=bytes(1_000_000)))
        assert seen.end == ("reset" if kind == "reset" else "end")

    visited({"/broken": broken(kind)}, visit)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, [TYPE], BODY, delay=0.01),
        Reply(200, [SSE], stream=((0.0, b"data: a\n\n"), (0.01, b"data: b\n\n"))),
        Reply(200, [TYPE], BODY, fault="truncated"),
        Reply(200, [TYPE], BODY, fault="wrong_length"),
    ],
)
def test_a_body_that_nobody_wants_is_taken_before_anything_is_sent(reply: Reply) -> None:
    """Else granian closes a connection on which the client still sends, and curl says 55."""
    done: list[str] = []

    async def receive() -> dict[str, Any]:
        done.append("heard")
        return {"type": "http.request", "body": b"x", "more_body": len(done) < 5}

    async def send(message: dict[str, Any]) -> None:
        done.append("said")

    async def story() -> None:
        client = Client(receive, unread=True)
        start = {"type": "http.response.start", "status": 200, "headers": reply.headers}
        exchange = Exchange({"method": "POST", "client": None}, client, send, reply, start)
        await perform(exchange, BodyFiles(), Patience(), lambda: None)

    asyncio.run(story())
    assert done[:6] == [*["heard"] * 5, "said"]
    assert done.count("heard") == 5


@needs_descriptors
@pytest.mark.parametrize("kind", ["malformed", "truncated", "wrong_length"])
def test_an_answer_without_a_body_has_none_to_break(kind: str) -> None:
    async def visit(port: int, toy: Toy) -> None:
        seen = await raw(port, request("/broken", "HEAD", "connection: close"))
        assert (length(seen), seen.body, seen.end) == (40, b"", "end")
        seen = await raw(port, request("/none", "GET", "connection: close"))
        assert (seen.head[:12], seen.body, seen.end) == (b"http/1.1 204", b"", "end")

    visited({"/broken": broken(kind), "/none": Reply(204, [], fault=kind)}, visit)


@pytest.mark.parametrize(
    ("kind", "body", "promised", "comes"),
    [
        ("truncated", b"", 1, b""),
        ("truncated", b"x", 1, b""),
        ("wrong_length", b"", 0, b""),
        ("wrong_length", b"x", 0, b"x"),
        ("malformed", b"x", None, b"ZZ\r\nthis is no chunk\r\n"),
    ],
)
def test_the_smallest_bodies(kind: str, body: bytes, promised: int | None, comes: bytes) -> None:
    async def visit(port: int, toy: Toy) -> None:
        seen = await raw(port, request("/broken"))
        assert (length(seen), seen.body, seen.end) == (promised, comes, "end")

    visited({"/broken": Reply(200, [TYPE], body, fault=kind)}, visit)


@pytest.mark.parametrize("kind", ["malformed", "truncated", "wrong_length", "none", ""])
def test_a_body_on_disk(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "large.bin"
    file.write_bytes(bytes(400_000))
    body = BodyFile(str(file), 400_000, file.stat().st_mtime_ns)

    async def visit(port: int, toy: Toy) -> None:
        seen = await raw(port, request("/file", "GET", "connection: close"))
        assert seen.end == "end"
        if kind == "truncated":
            assert (length(seen), len(seen.body)) == (400_000, 65_536)
        elif kind == "wrong_length":
            assert (length(seen), len(seen.body)) == (65_536, 131_072)
        elif kind == "malformed":
            assert seen.body.startswith(b"10000\r\n\0")
            assert seen.body.endswith(b"\0\r\nZZ\r\nthis is no chunk\r\n")
        else:
            assert (length(seen), len(seen.body)) == (400_000, 400_000)

    headers = [TYPE, (b"content-length", b"400000")]
    visited({"/file": Reply(200, headers, file=body, fault=kind)}, visit)


def test_a_part_of_a_body_on_disk(tmp_path: Path) -> None:
    content = bytes(range(256)) * 4_000
    file = tmp_path / "large.bin"
    file.write_bytes(content)
    part = FilePart(str(file), 600_000, file.stat().st_mtime_ns, 300_001)

    async def visit(port: int, toy: Toy) -> None:
        seen = await raw(port, request("/part", "GET", "connection: close"))
        assert (seen.body, seen.end) == (content[300_001:900_001], "end")
        seen = await raw(port, request("/cut"))
        assert (length(seen), seen.body) == (600_000, content[300_001:365_537])

    headers = [TYPE, (b"content-length", b"600000")]
    visited({"/part": Reply(206, headers, file=part), "/cut": Reply(206, headers, file=part, fault="truncated")}, visit)


def test_a_throttled_body_breaks_in_its_time() -> None:
    async def visit(port: int, toy: Toy) -> None:
        began = time.monotonic()
        seen = await raw(port, request("/broken"))
        assert (length(seen), seen.body, seen.end) == (40, HALF, "end")
        assert 0.15 <= time.monotonic() - began < 0.28

    visited({"/broken": Reply(200, [TYPE], fault="truncated", stream=faults.paced(BODY, Pace(0, 8, 0.32)))}, visit)


# ---- time ------------------------------------------------------------------------------------------------------


async def arrivals(port: int, path: str) -> list[tuple[float, bytes]]:
    """When what came on a connection, in seconds since the request."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.monotonic()
    writer.write(request(path, "GET", "connection: close"))
    found = []
    while part := await reader.read(65_536):
        found.append((time.monotonic() - began, part))
    writer.close()
    return found


def test_a_delay_holds_back_the_head() -> None:
    async def visit(port: int, toy: Toy) -> None:
        for path, seconds in (("/short", 0.1), ("/long", 0.4)):
            came = await arrivals(port, path)
            assert came[0][0] == pytest.approx(seconds, abs=0.05)
            assert b"".join(part for _, part in came).endswith(b"\r\n\r\nhello")

    visited({"/short": Reply(200, [], b"hello", delay=0.1), "/long": Reply(200, [], b"hello", delay=0.4)}, visit)


def test_a_first_byte_holds_back_the_body_alone() -> None:
    async def visit(port: int, toy: Toy) -> None:
        (first, head), (second, body) = await arrivals(port, "/slow")
        assert first < 0.1
        assert head.endswith(b"\r\n\r\n")
        assert b"content-length: 40\r\n" in head
        assert second == pytest.approx(0.3, abs=0.05)
        assert body == BODY

    visited({"/slow": Reply(200, [TYPE], stream=faults.paced(BODY, faults.AT_ONCE, 0.3))}, visit)


def test_a_dribble_takes_its_time_and_a_bandwidth_is_kept() -> None:
    async def visit(port: int, toy: Toy) -> None:
        for path, seconds, size in (("/dribble", 0.5, 40), ("/bandwidth", 0.5, 32_768)):
            came = await arrivals(port, path)
            whole = b"".join(part for _, part in came)
            assert len(whole.partition(b"\r\n\r\n")[2]) == size
            assert b"content-length: %d\r\n" % size in whole
            assert came[-1][0] == pytest.approx(seconds, abs=0.08)
            halves = sum(len(part) for at, part in came if at < seconds / 2)
            assert halves - len(whole) + size == pytest.approx(size / 2, rel=0.25)

    visited(
        {
            "/dribble": Reply(200, [TYPE], stream=faults.paced(BODY, Pace(0, 5, 0.5))),
            "/bandwidth": Reply(200, [TYPE], stream=faults.paced(bytes(32_768), Pace(65_536))),
        },
        visit,
    )


def test_a_stream_of_events_has_no_length_and_ends_well() -> None:
    events = tuple((0.02, b"data: %d\n\n" % number) for number in range(5))

    async def visit(port: int, toy: Toy) -> None:
        seen = await raw(port, request("/events", "GET", "connection: close"))
        assert length(seen) is None
        assert b"transfer-encoding: chunked" in seen.head
        assert seen.body.endswith(b"data: 4\n\n\r\n0\r\n\r\n")
        code, got, _ = await curl(port, "/events")
        assert (code, got) == (0, b"".join(event for _, event in events))

    visited({"/events": Reply(200, [SSE], stream=events)}, visit)


def test_head_of_a_stream_tells_its_length_at_once() -> None:
    async def visit(port: int, toy: Toy) -> None:
        seen = await raw(port, request("/slow", "HEAD", "connection: close"), seconds=0.5)
        assert (length(seen), seen.body, seen.end) == (40, b"", "end")

    visited({"/slow": Reply(200, [TYPE], stream=faults.paced(BODY, Pace(0, 4, 5.0)))}, visit)


# ---- clients that leave ----------------------------------------------------------------------------------------

ABANDONED = 500
TOGETHER = 100


async def abandoned(port: int, path: str, *, resets: bool) -> None:
    """Asks, waits until the request is on its way, and leaves."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request(path))
    if path == "/stream":
        await reader.readuntil(b"data: x")
    else:
        await asyncio.sleep(0.05)
    if resets:
        writer.transport.abort()
    writer.close()


@pytest.mark.parametrize("path", ["/delay", "/stream", "/hang", "/trickle"])
def test_clients_that_leave_leave_nothing_behind(path: str) -> None:
    replies = {
        "/delay": Reply(200, [TYPE], BODY, delay=60),
        "/stream": Reply(200, [SSE], stream=STREAM),
        "/hang": broken("hang"),
        "/trickle": Reply(200, [TYPE], stream=faults.paced(bytes(100_000), Pace(1_000))),
    }

    async def visit(port: int, toy: Toy) -> None:
        await raw(port, request("/fine", "GET", "connection: close"))
        files, running = descriptors(), tasks()
        for _ in range(ABANDONED // TOGETHER):
            await asyncio.gather(*[abandoned(port, path, resets=number % 2 == 0) for number in range(TOGETHER)])
        assert await settled(lambda: ABANDONED - toy.done.count(path), 0) == 0
        assert toy.told.count(path) == ABANDONED
        assert await settled(descriptors, files) <= files
        assert await settled(tasks, running) <= running

    visited(replies, visit)


def test_a_client_that_does_not_read_and_leaves_is_let_go() -> None:
    async def visit(port: int, toy: Toy) -> None:
        before = tasks()
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1_024)
        writer.write(request("/flood"))
        await asyncio.sleep(0.3)
        assert toy.done == []
        writer.transport.abort()
        writer.close()
        assert await settled(tasks, before) <= before
        assert toy.done == ["/flood"]

    flood = tuple((0.0 if number else 0.3, bytes(1_000_000)) for number in range(64))
    visited({"/flood": Reply(200, [SSE], stream=flood)}, visit)
