"""WebSockets and streams of events over a real granian, in this process, so that what they leave behind is seen."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from asgi_driver import scope
from conversation import Said
from on_granian import descriptors, raw, request, settled, tasks, while_served
from raw_websocket import ACCEPT, BINARY, CLOSE, PING, PONG, TEXT, connected
from tree_answers import plant

from keymock.asgi import create_app

pytestmark = pytest.mark.live

CHAT = """
[request]
path = "/chat/:room"

[websocket]
protocols = ["v2", "v1"]
on_connect = ["hi {{ request.params.room }}"]
on_message = [
    { when = { contains = "ping" }, send = "pong {{ n }}" },
    { when = { json = { type = "sub" } }, send = { json = { id = "{{ json.id }}" } } },
    { when = "late", send = [{ text = "two", delay = "60ms" }, { binary = "AAE=", delay = "20ms" }] },
    { when = "bye", close = 4001, reason = "see you" },
    { when = "break", send = "{{ 1 // 0 }}" },
]
"""
TICKS = """
[request]
path = "/ticks"

[websocket]
every = [{ interval = "20ms", send = "tick {{ n }}" }]
"""


def events(path: str, table: str) -> str:
    return f'[request]\npath = "{path}"\n\n[response.events]\n{table}\n'


TREE = {
    "workspace/mocks/chat.toml": CHAT,
    "workspace/mocks/ticks.toml": TICKS,
    "workspace/mocks/page.toml": '[request]\npath = "/page"\n[response]\nbody = "page"\n',
    "workspace/mocks/reset.toml": TICKS.replace("/ticks", "/reset") + '[response]\nfault = "reset"\n',
    "workspace/mocks/slow.toml": TICKS.replace("/ticks", "/slow") + '[response]\ndelay = "60ms"\n',
    "workspace/mocks/never.toml": events("/never", 'list = [{ data = "a" }]\nat_end = "stay"'),
    "workspace/mocks/again.toml": events("/again", 'every = "5ms"\nlist = [{ data = "{{ n }}" }]\nat_end = "cycle"'),
}


def visit(tmp_path: Path, story: Callable[[int], Awaitable[None]]) -> None:
    while_served(create_app(plant(tmp_path, TREE)), story)


def test_a_talk(tmp_path: Path) -> None:
    async def story(port: int) -> None:
        async with connected(port, "/chat/a", "Sec-WebSocket-Protocol: v1, v2") as chat:
            assert chat.head.status == 101
            assert chat.head.headers["sec-websocket-accept"] == ACCEPT
            assert chat.head.headers["sec-websocket-protocol"] == "v2"
            assert await chat.text() == "hi a"
            await chat.say("a ping")
            assert await chat.text() == "pong 1"
            await chat.say('{"type": "sub", "id": [7]}')
            assert await chat.text() == '{"id":[7]}'
            await chat.say("late")
            await chat.say("ping")
            assert await chat.text() == "pong 4"
            assert await chat.text() == "two"
            assert await chat.hear() == (BINARY, b"\x00\x01")
            await chat.frame(PING, b"are you there")
            assert await chat.hear() == (PONG, b"are you there")
            await chat.say("bye")
            assert await chat.end() == (4001, "see you")
            assert await chat.reader.read() == b""

    visit(tmp_path, story)


def test_a_client_that_answers_the_close_is_not_reset(tmp_path: Path) -> None:
    """A few times over: without waiting for the client, every second of these ended in a reset."""

    async def story(port: int) -> None:
        for _ in range(20):
            async with connected(port, "/chat/a") as chat:
                await chat.text()
                await chat.say("late")
                await chat.say("bye")
                assert await chat.end() == (4001, "see you")
                assert await chat.reader.read() == b""

    visit(tmp_path, story)


def test_a_client_that_says_nothing_more_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    async def story(port: int) -> None:
        async with connected(port, "/chat/a") as chat:  # what granian keeps for good is there now
            await chat.text()
        await asyncio.sleep(0.3)
        before = descriptors()
        async with connected(port, "/chat/a") as chat:
            await chat.text()
            await chat.say("bye")
            assert (await chat.hear())[0] == CLOSE
            assert await chat.reader.read() == b""
            ours = 1
            assert await settled(descriptors, before + ours) <= before + ours

    visit(tmp_path, story)


def test_a_template_that_fails_and_a_message_too_large_close(tmp_path: Path) -> None:
    async def story(port: int) -> None:
        async with connected(port, "/chat/a") as chat:
            assert await chat.text() == "hi a"
            await chat.say("break")
            assert await chat.end() == (
                1011,
                "workspace/mocks/chat.toml:2: on_message 5: a number cannot be divided by 0",
            )
        async with connected(port, "/chat/a") as chat:
            assert await chat.text() == "hi a"
            await chat.say("x" * (1024 * 1024 + 1))
            assert (await chat.end())[0] == 1009

    visit(tmp_path, story)


def test_ticks_come_in_their_time(tmp_path: Path) -> None:
    async def story(port: int) -> None:
        async with connected(port, "/ticks") as ticks:
            began = asyncio.get_running_loop().time()
            assert [await ticks.text() for _ in range(5)] == [f"tick {number}" for number in range(1, 6)]
            assert 0.08 <= asyncio.get_running_loop().time() - began < 2

    visit(tmp_path, story)


@pytest.mark.parametrize(
    ("path", "fields", "status", "error"),
    [
        ("/nowhere", [], 404, "no-mock"),
        ("/chat/a", ["Origin: https://evil.example"], 403, "foreign-origin"),
        ("/chat/a", ["Prefer: code=503"], 503, "no-variant"),
        ("/chat/%zz", [], 400, "invalid-request"),
    ],
)
def test_no_talk_is_said_as_http_says_it(path: str, fields: list[str], status: int, error: str, tmp_path: Path) -> None:
    async def story(port: int) -> None:
        async with connected(port, path, *fields) as refused:
            assert (refused.head.status, refused.head.headers["x-keymock-error"]) == (status, error)
            body = await refused.body()
            assert not body or json.loads(body)["status"] == status

    visit(tmp_path, story)


def test_a_page_of_this_machine_may_talk_and_what_is_no_websocket_answers_as_it_is(tmp_path: Path) -> None:
    async def story(port: int) -> None:
        async with connected(port, "/chat/a", "Origin: http://localhost:3000") as chat:
            assert chat.head.status == 101
        async with connected(port, "/page") as page:
            assert (page.head.status, await page.body()) == (200, b"page")
        async with connected(port, "/never") as stream:
            assert (stream.head.status, await stream.body()) == (200, b"data: a\n\n")

    visit(tmp_path, story)


@pytest.mark.parametrize(("code", "data"), [(TEXT, b"\xff"), (3, b"x"), (PING, b"x" * 126)])
def test_who_breaks_the_protocol_is_told_so(code: int, data: bytes, tmp_path: Path) -> None:
    async def story(port: int) -> None:
        async with connected(port, "/chat/a") as chat:
            assert await chat.text() == "hi a"
            await chat.frame(code, data)
            assert (await chat.end())[0] == 1002

    visit(tmp_path, story)


@pytest.mark.parametrize("data", [b"", b"\x0f\xa0why"])
def test_a_client_that_closes_hears_its_own_code(data: bytes, tmp_path: Path) -> None:
    async def story(port: int) -> None:
        async with connected(port, "/chat/a") as chat:
            assert await chat.text() == "hi a"
            await chat.frame(CLOSE, data)
            assert await chat.hear() == (CLOSE, data)
            assert await chat.reader.read() == b""

    visit(tmp_path, story)


def test_http_1_0_opens_no_websocket(tmp_path: Path) -> None:
    """nginx speaks it to what it passes on to, unless `proxy_http_version 1.1` is set; a 101 would be the last word."""

    async def story(port: int) -> None:
        async with connected(port, "/chat/a", version="1.0") as refused:
            assert refused.head.status == 426
            assert b"WebSocket" in await refused.body()

    visit(tmp_path, story)


def test_faults_and_delays_come_before_the_talk(tmp_path: Path) -> None:
    async def story(port: int) -> None:
        with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
            async with connected(port, "/reset"):
                pass
        began = asyncio.get_running_loop().time()
        async with connected(port, "/slow") as slow:
            assert slow.head.status == 101
            assert asyncio.get_running_loop().time() - began >= 0.06

    visit(tmp_path, story)


def test_a_client_of_http_1_0_needs_no_host_and_reads_a_stream_to_its_end(tmp_path: Path) -> None:
    some = events("/some", 'every = "5ms"\nlist = [{ data = "a" }, { data = "b" }]')

    async def story(port: int) -> None:
        for path, body in (("/some", b"data: a\n\ndata: b\n\n"), ("/page", b"page")):
            seen = await raw(port, f"GET {path} HTTP/1.0\r\n\r\n".encode())
            head, _, came = seen.data.partition(b"\r\n\r\n")
            assert (head.splitlines()[0], came, seen.end) == (b"HTTP/1.0 200 OK", body, "end")
            assert b"chunked" not in head
            later = await raw(port, f"GET {path} HTTP/1.1\r\n\r\n".encode(), 0.2)
            assert later.data.startswith(b"HTTP/1.1 400")

    while_served(create_app(plant(tmp_path, TREE | {"workspace/mocks/some.toml": some})), story)


def test_clients_that_leave_leave_nothing_behind(tmp_path: Path) -> None:
    """300 of each kind, 50 at a time: streams without an end, silent and ticking sockets, messages unanswered."""

    async def leave_stream(port: int, path: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request(path))
        assert (await reader.readuntil(b"\n\n")).startswith(b"HTTP/1.1 200")
        writer.transport.abort()

    async def leave_socket(port: int, path: str) -> None:
        async with connected(port, path) as socket:
            await socket.text()
            await socket.say("late")

    async def story(port: int) -> None:
        await leave_stream(port, "/again")  # what granian keeps for good is there now
        await leave_socket(port, "/ticks")
        await asyncio.sleep(0.3)
        before = tasks(), descriptors()
        for _ in range(6):
            for path in ("/never", "/again"):
                await asyncio.gather(*(leave_stream(port, path) for _ in range(50)))
            for path in ("/chat/a", "/ticks"):
                await asyncio.gather(*(leave_socket(port, path) for _ in range(50)))
        assert await settled(tasks, before[0]) <= before[0]
        assert await settled(descriptors, before[1]) <= before[1]

    visit(tmp_path, story)


def test_a_host_that_cannot_refuse_by_http_is_told_to_close(tmp_path: Path) -> None:
    sent: list[dict[str, Any]] = []
    coming = [{"type": "websocket.connect"}, {"type": "websocket.disconnect"}]

    async def receive() -> dict[str, Any]:
        return coming.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asked = {**scope(Said("GET", "/nowhere", (), b"")), "type": "websocket", "scheme": "ws", "subprotocols": []}
    asyncio.run(create_app(plant(tmp_path, TREE))(asked, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1008, "reason": "404"}]
