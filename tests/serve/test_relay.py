"""WebSockets passed on to a real API: a real granian on this side, aiohttp's server on the other."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSMsgType, web
from on_granian import descriptors, settled, tasks, while_served
from raw_websocket import BINARY, CLOSE, PING, PONG, RawWebSocket, connected
from tree_answers import plant

from keymock.journal.showing import Choice, entries
from keymock.outbound import Allowed, Host
from keymock.serve import relay
from keymock.serve.app import MockApp
from keymock.serve.options import Options
from keymock.serve.service import Service
from keymock.variables import Mask

pytestmark = pytest.mark.live

CHAT = """
[request]
path = "/mocked"
[websocket]
on_connect = "from the mock"
on_message = [{ when = "bye", close = 4002, reason = "enough" }]
"""


class Upstream:
    """A real API with a WebSocket: what it was asked, and how each talk ended for it."""

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[web.Request] = []
        self.ended: list[tuple[int | None, str]] = []

    async def chat(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        talk = web.WebSocketResponse(protocols=("v2", "v1"), autoping=False, max_msg_size=0, compress=False)
        talk.headers["Set-Cookie"] = "seen=1; Domain=127.0.0.1; Path=/"
        talk.headers["X-Keymock-Mock"] = "forged"
        await talk.prepare(request)
        reason = ""
        await talk.ping(b"are you there")
        async for message in talk:
            if message.type is WSMsgType.PONG:
                await talk.send_str(f"pong {message.data.decode()}")
            elif message.type is WSMsgType.BINARY:
                await talk.send_bytes(message.data[::-1])
            elif message.data == "close":
                await talk.close(code=4001, message=b"see you")
            elif message.data == "vanish":
                transport = request.transport
                assert transport is not None
                transport.abort()
                return talk
            elif message.data == "large":
                await talk.send_bytes(b"x" * (relay.LARGEST_MESSAGE + 1))
            else:
                await talk.send_str(f"echo {message.data}")
        self.ended.append((talk.close_code, reason))
        return talk

    async def refuse(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        return web.json_response({"error": "log in"}, status=401, headers={"WWW-Authenticate": "Bearer"})

    async def elsewhere(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        raise web.HTTPFound(f"http://127.0.0.1:{self.port}/chat")

    async def silent(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        await asyncio.sleep(60)
        raise AssertionError

    async def plain(self, _: web.Request) -> web.StreamResponse:
        return web.Response(text="no upgrade here")


@asynccontextmanager
async def upstream() -> AsyncIterator[Upstream]:
    api = Upstream()
    app = web.Application()
    for path, handler in (("/v1/chat", api.chat), ("/v1/refuse", api.refuse), ("/v1/elsewhere", api.elsewhere),
                          ("/v1/silent", api.silent), ("/v1/plain", api.plain)):  # fmt: skip
        app.router.add_get(path, handler)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server: Any = site._server  # aiohttp tells the port nowhere else before 3.14's runner.addresses
    api.port = server.sockets[0].getsockname()[1]
    try:
        yield api
    finally:
        await runner.cleanup()


class Rig:
    """keymock between a client and a real API."""

    def __init__(self, root: Path, url: str, mode: str = "real", **options: Any) -> None:
        project = f'[upstream]\nmode = "{mode}"\ntimeout = "500ms"\nurls.local = "{url}"\n'
        files = {"keymock.toml": "", "projects/shop/project.toml": project, "projects/shop/mocks/chat.toml": CHAT}
        self.service = Service(Options(workspace=str(plant(root, files)), **options), time.time_ns)
        self.stopping = asyncio.Event()
        self.app = MockApp(self.service, time.time_ns, time.perf_counter_ns, None, stopping=self.stopping)

    def journal(self) -> list[dict[str, Any]]:
        return entries(self.service.journal, Choice(), Mask())

    async def talk(self) -> dict[str, Any]:
        """What the journal says of the last talk, once it has ended."""
        await settled(lambda: int(self.journal()[-1]["response"]["talk"]["ended"] is None), 0)
        found: dict[str, Any] = self.journal()[-1]["response"]["talk"]
        return found


def visit(root: Path, story: Callable[[Rig, Upstream, int], Awaitable[None]], mode: str = "real") -> None:
    """The story, with keymock between it and the real API."""
    made: list[Rig] = []

    async def app(*ends: Any) -> None:
        await made[0].app(*ends)

    async def told(port: int) -> None:
        async with upstream() as api:
            made.append(Rig(root, f"http://127.0.0.1:{api.port}/v1", mode))
            await story(made[0], api, port)
            await made[0].app.close()

    while_served(app, told)


async def greeted(talk: RawWebSocket) -> None:
    """The real API's ping was answered on the way: each side pings for itself."""
    assert await talk.text() == "pong are you there"


def test_a_talk_both_ways_with_subprotocol_ping_and_headers(tmp_path: Path) -> None:
    async def story(rig: Rig, api: Upstream, port: int) -> None:
        fields = ("Sec-WebSocket-Protocol: v1, v3", "Authorization: Bearer b", "X-Keymock-Session: s", "Cookie: a=1",
                  "Sec-WebSocket-Extensions: permessage-deflate")  # fmt: skip
        async with connected(port, "/chat?room=1", *fields) as talk:
            assert (talk.head.status, talk.head.headers["sec-websocket-protocol"]) == (101, "v1")
            await greeted(talk)
            await talk.say("é")
            assert await talk.text() == "echo é"
            await talk.say(b"\x00\xff")
            assert await talk.hear() == (BINARY, b"\xff\x00")
            await talk.frame(PING, b"hi")
            assert await talk.hear() == (PONG, b"hi")
            await talk.say("close")
            assert await talk.end() == (4001, "see you")
        asked = api.asked[0]
        assert (asked.path_qs, asked.headers["Authorization"], asked.headers["Cookie"]) == (
            "/v1/chat?room=1",
            "Bearer b",
            "a=1",
        )
        assert asked.headers["Host"] == f"127.0.0.1:{api.port}"
        assert not {name.lower() for name in asked.headers} & {
            "x-keymock-session",
            "sec-websocket-extensions",
            "user-agent",
        }
        told = await rig.talk()
        assert (told["from_client"], told["to_client"]) == (3, 3)
        assert {**told["ended"], "after_ms": 0} == {"by": "server", "code": 4001, "reason": "see you", "after_ms": 0}
        assert [(each["by"], each.get("text"), each.get("base64")) for each in told["messages"]][1:4] == [
            ("client", "é", None), ("server", "echo é", None), ("client", None, "AP8="),
        ]  # fmt: skip
        entry = rig.journal()[0]
        assert (entry["status"], entry["source"], entry["session"]) == (101, "real", "s")
        assert "x-keymock-mock" not in dict(entry["response"]["headers"])

    visit(tmp_path, story)


def test_the_close_of_the_client_comes_through(tmp_path: Path) -> None:
    async def story(rig: Rig, api: Upstream, port: int) -> None:
        async with connected(port, "/chat") as talk:
            await greeted(talk)
            await talk.frame(CLOSE, (4321).to_bytes(2, "big") + b"mine")
            assert await talk.end() == (4321, "mine")
        await settled(lambda: -len(api.ended), -1)
        assert api.ended == [(4321, "")]
        assert (await rig.talk())["ended"]["by"] == "client"
        async with connected(port, "/chat") as talk:
            await greeted(talk)
        await settled(lambda: -len(api.ended), -2)
        # granian says the same of a client that went without a word as of one that gave no code
        assert api.ended[1][0] in (0, 1001)  # aiohttp calls it 0 where there is no code
        assert (await rig.talk())["ended"]["code"] in (1005, 1006)
        async with connected(port, "/chat") as talk:
            await greeted(talk)
            await talk.frame(CLOSE, b"")
            assert (await talk.hear())[0] == CLOSE
        await settled(lambda: -len(api.ended), -3)
        assert api.ended[2][0] == 0

    visit(tmp_path, story)


def test_a_real_api_that_vanishes_vanishes_here_too(tmp_path: Path) -> None:
    async def story(rig: Rig, _: Upstream, port: int) -> None:
        async with connected(port, "/chat") as talk:
            await greeted(talk)
            await talk.say("vanish")
            with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
                await talk.hear()
        assert (await rig.talk())["ended"]["code"] == 1006

    visit(tmp_path, story)


def test_messages_have_a_limit_both_ways(tmp_path: Path) -> None:
    async def story(rig: Rig, api: Upstream, port: int) -> None:
        async with connected(port, "/chat") as talk:
            await greeted(talk)
            await talk.say("large")
            assert (await talk.end())[0] == 1009
        async with connected(port, "/chat") as talk:
            await greeted(talk)
            size = relay.LARGEST_MESSAGE // 2 + 1
            for first in (0x01, 0x80):  # two frames of one text; granian itself ends what sends a larger frame
                talk.writer.write(struct.pack("!BBQI", first, 0x80 | 127, size, 0) + b"x" * size)  # a mask of nothing
            assert (await talk.end())[0] == 1009
        await settled(lambda: -len(api.ended), -2)
        assert api.ended[-1][0] == 1009
        assert (await rig.talk())["ended"]["by"] == "keymock"

    visit(tmp_path, story)


def test_a_refusal_is_answered_as_it_is_and_a_redirect_is_not_followed(tmp_path: Path) -> None:
    async def story(rig: Rig, api: Upstream, port: int) -> None:
        async with connected(port, "/refuse") as talk:
            assert (talk.head.status, talk.head.headers["www-authenticate"]) == (401, "Bearer")
            assert await talk.body() == b'{"error": "log in"}'
        async with connected(port, "/elsewhere") as talk:
            assert talk.head.status == 302
        assert len(api.asked) == 2
        async with connected(port, "/plain") as talk:
            assert (talk.head.status, await talk.body()) == (200, b"no upgrade here")
        assert [(each["status"], each["source"]) for each in rig.journal()] == [
            (401, "real"),
            (302, "real"),
            (200, "real"),
        ]

    visit(tmp_path, story)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_what_is_told_where_no_talk_begins(tmp_path: Path) -> None:
    async def story(rig: Rig, _: Upstream, port: int) -> None:
        async with connected(port, "/silent") as talk:
            assert (talk.head.status, talk.head.headers["x-keymock-error"]) == (504, "upstream-timeout")
        for number, (url, status, code) in enumerate(
            (
                (f"http://127.0.0.1:{free_port()}", 502, "upstream-down"),
                ("https://api.example.com", 502, "host-not-allowed"),
            )
        ):
            rig.app = Rig(tmp_path / str(number), url).app
            async with connected(port, "/chat") as talk:
                assert (talk.head.status, talk.head.headers["x-keymock-error"]) == (status, code)
        away = Rig(tmp_path / "away", "https://api.example.com", offline=True)
        away.service.reach.kept = lambda: (Allowed(Host("api.example.com")),)
        rig.app = away.app
        async with connected(port, "/chat") as talk:
            assert talk.head.headers["x-keymock-error"] == "offline"

    visit(tmp_path, story)


def test_a_page_of_elsewhere_opens_no_talk_with_the_real_api(tmp_path: Path) -> None:
    async def story(_: Rig, api: Upstream, port: int) -> None:
        async with connected(port, "/chat", "Origin: https://evil.example") as talk:
            assert (talk.head.status, talk.head.headers["x-keymock-error"]) == (403, "foreign-origin")
        assert api.asked == []
        async with connected(port, "/chat", "Origin: http://localhost:5173") as talk:
            assert talk.head.status == 101
        assert api.asked[0].headers["Origin"] == "http://localhost:5173"

    visit(tmp_path, story)


def test_fallback_talks_with_the_mock_where_there_is_one(tmp_path: Path) -> None:
    async def story(rig: Rig, _: Upstream, port: int) -> None:
        async with connected(port, "/mocked") as talk:
            assert await talk.text() == "from the mock"
            await talk.say("bye")
            assert await talk.end() == (4002, "enough")
        told = await rig.talk()
        assert {**told["ended"], "after_ms": 0} == {"by": "keymock", "code": 4002, "reason": "enough", "after_ms": 0}
        assert [each["text"] for each in told["messages"]] == ["from the mock", "bye"]
        async with connected(port, "/chat") as talk:
            await greeted(talk)

    visit(tmp_path, story, "fallback")


def test_a_server_that_stops_says_goodbye_to_both_and_nothing_is_left(tmp_path: Path) -> None:
    async def story(rig: Rig, api: Upstream, port: int) -> None:
        async with connected(port, "/chat") as talk:
            await greeted(talk)
        await settled(lambda: -len(api.ended), -1)
        open_before, tasks_before = descriptors(), tasks()
        async with connected(port, "/chat") as talk:
            await greeted(talk)
            rig.stopping.set()
            assert await talk.end() == (1001, "the server stops")
        await settled(lambda: -len(api.ended), -2)
        assert api.ended[1] == (1001, "")
        assert await settled(descriptors, open_before) <= open_before
        assert await settled(tasks, tasks_before) <= tasks_before

    visit(tmp_path, story)
