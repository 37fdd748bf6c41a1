from __future__ import annotations

import asyncio
import inspect
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import granian
import pytest
from granian.net import SocketHolder  # type: ignore[attr-defined]
from granian.server.embed import Server as EmbeddedServer

from keymock.serve.granian_server import GranianServer
from keymock.serve.sockets import Face, listen

MOVED = (
    f"granian {granian.__version__} has changed what keymock/serve/granian_server.py stands on. "
    "Read its server/embed.py and server/common.py, adapt _OnOurSocket, then widen the range in pyproject.toml."
)


def test_granian_still_has_the_private_names_we_stand_on() -> None:
    assert "_init_shared_socket" in vars(EmbeddedServer.__mro__[1]), MOVED
    assert "self._init_shared_socket()" in inspect.getsource(EmbeddedServer.startup), MOVED
    assert "(self._ssp, self._shd)" in inspect.getsource(EmbeddedServer._spawn_worker), MOVED
    assert "self.interrupt_signal = True" in inspect.getsource(EmbeddedServer.signal_handler_interrupt), MOVED
    with socket.socket() as ours:
        assert SocketHolder(ours.detach(), False, 128).get_fd() > 2, MOVED  # type: ignore[call-arg]


async def toy(scope: dict[str, Any], receive: Any, send: Any) -> None:
    assert scope["type"] == "http"
    if scope["path"] == "/slow":
        await asyncio.sleep(0.3)
    if scope["path"] == "/bug":
        raise RuntimeError("a bug in the app")
    body = str(len(scope["raw_path"])).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


def while_served(visit: Callable[[int, GranianServer], Awaitable[None]]) -> None:
    """Run `visit` against the toy on a free port, then stop and drain, within 10 s."""

    async def story() -> None:
        listener = listen([Face("mock")])["mock"]
        first, *others = listener.sockets
        for sock in others:
            sock.close()
        server = GranianServer(toy, first)
        serving = asyncio.create_task(server.serve())
        await visit(listener.port, server)
        server.stop()
        await serving

    asyncio.run(asyncio.wait_for(story(), 10))


async def ask(port: int, head: bytes) -> bytes:
    """Send these bytes on a new connection; what comes back until it is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


def get(path: bytes, *fields: bytes) -> bytes:
    return b"\r\n".join([b"GET " + path + b" HTTP/1.1", b"host: localhost", b"connection: close", *fields, b"", b""])


@pytest.mark.live
def test_it_answers_and_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    async def visit(port: int, server: GranianServer) -> None:
        assert (await ask(port, get(b"/hello"))).endswith(b"\r\n\r\n6")

    while_served(visit)
    assert capfd.readouterr() == ("", "")


@pytest.mark.live
def test_a_bug_in_the_app_is_a_500_and_told_on_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    async def visit(port: int, server: GranianServer) -> None:
        assert (await ask(port, get(b"/bug"))).startswith(b"HTTP/1.1 500 ")
        assert (await ask(port, get(b"/hello"))).startswith(b"HTTP/1.1 200 ")

    while_served(visit)
    out, err = capfd.readouterr()
    assert out == ""
    assert "a bug in the app" in err


@pytest.mark.live
@pytest.mark.parametrize(
    ("head", "status"),
    [
        (get(b"/" + b"a" * 9_000), b"200"),  # over our own limits, and ours to refuse, with a body that explains
        (get(b"/", b"x: " + b"a" * 70_000), b"200"),
        (get(b"/", *[b"x: a"] * 98), b"200"),
        (get(b"/", *[b"x: a"] * 99), b"431"),
        (get(b"/" + b"a" * 70_000), b"414"),
        (get(b"/", b"x: " + b"a" * 1_000_000), b"431"),
    ],
    ids=["url-9k", "header-70k", "headers-100", "headers-101", "url-70k", "header-1m"],
)
def test_what_granian_itself_refuses(head: bytes, status: bytes) -> None:
    async def visit(port: int, server: GranianServer) -> None:
        assert (await ask(port, head))[:13] == b"HTTP/1.1 " + status + b" "

    while_served(visit)


@pytest.mark.live
def test_a_request_in_flight_is_answered_and_the_port_is_free_afterwards() -> None:
    ports = []

    async def visit(port: int, server: GranianServer) -> None:
        ports.append(port)
        slow = asyncio.create_task(ask(port, get(b"/slow")))
        await asyncio.sleep(0.1)
        server.stop()
        assert (await slow).startswith(b"HTTP/1.1 200 ")

    while_served(visit)
    listen([Face("mock", ports[0])])["mock"].close()


@pytest.mark.live
def test_1500_silent_clients_keep_nobody_waiting() -> None:
    async def visit(port: int, server: GranianServer) -> None:
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(1_500)]
        assert (await asyncio.wait_for(ask(port, get(b"/hello")), 2)).startswith(b"HTTP/1.1 200 ")
        for _, writer in silent:
            writer.close()

    while_served(visit)
