from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from on_granian import curl, descriptors, needs_curl, raw, request, settled, while_served

from keymock.serve import wire

ANYWHERE = "0.0.0.0"  # noqa: S104  (what a server in a container is bound to)

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not wire.supported(), reason="connections cannot be found here"),
]


async def breaking(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Breaks as its path says, then answers normally; `x-found` tells whether there was something to break."""
    deed = scope["path"]
    found = None
    if deed == "/reset":
        found = wire.reset(scope)
    elif deed == "/close":
        found = wire.close(scope)
    elif deed == "/words":
        found = wire.close(scope, b"so long")
    elif deed == "/other-port":
        found = wire.reset({**scope, "server": (scope["server"][0], "1")})
    elif deed == "/other-client":
        found = wire.reset({**scope, "client": (scope["client"][0], "1")})
    elif deed == "/no-address":
        found = wire.reset({**scope, "client": None}) or wire.close({**scope, "client": ("", "0")})
    elif deed == "/everywhere":
        found = wire.reset({**scope, "server": (ANYWHERE, scope["server"][1])})
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-found", str(found).encode())]})
    await send({"type": "http.response.body", "body": b"fine"})


@needs_curl
@pytest.mark.parametrize(
    ("path", "data", "end", "code"),
    [
        ("/reset", b"", "reset", 56),
        ("/everywhere", b"", "reset", 56),
        ("/close", b"", "end", 52),
        ("/words", b"so long", "end", 1),
    ],
)
def test_a_connection_ends_as_it_should(path: str, data: bytes, end: str, code: int, capfd: Any) -> None:
    async def visit(port: int) -> None:
        assert await raw(port, request(path)) == (data, end)
        assert (await curl(port, path))[0] == code
        assert (await curl(port, "/fine"))[:2] == (0, b"fine")

    while_served(breaking, visit)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "ends",
    [
        {},
        {"client": None, "server": ("127.0.0.1", 80)},
        {"client": ("testclient", 50000), "server": ("testserver", 80)},
        {"client": ("", "0"), "server": ("127.0.0.1", "80")},
        {"client": ("127.0.0.1", "1"), "server": ("unix:/tmp/x", None)},
    ],
)
def test_what_is_no_address_is_nobodys(ends: dict[str, Any]) -> None:
    assert not wire.reset(ends)
    assert not wire.close(ends)


@pytest.mark.parametrize("path", ["/other-port", "/other-client", "/no-address"])
def test_a_connection_that_is_not_the_clients_is_never_touched(path: str) -> None:
    async def visit(port: int) -> None:
        seen = await raw(port, request(path, "GET", "connection: close"))
        assert b"x-found: false" in seen.head
        assert (seen.body, seen.end) == (b"fine", "end")

    while_served(breaking, visit)


def test_one_of_many_is_broken_and_the_others_are_not() -> None:
    async def visit(port: int) -> None:
        others = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
        for reader, writer in others:
            writer.write(request("/fine"))
            assert (await reader.readuntil(b"fine")).startswith(b"HTTP/1.1 200")
        seen = await asyncio.gather(*[raw(port, request("/reset")) for _ in range(20)])
        assert seen == [(b"", "reset")] * 20
        for reader, writer in others:
            writer.write(request("/fine"))
            assert (await reader.readuntil(b"fine")).startswith(b"HTTP/1.1 200")
            writer.close()

    while_served(breaking, visit)


def test_the_same_client_port_at_two_servers_is_two_connections() -> None:
    """A client may use one port of its own towards several of ours."""

    async def visit(port: int) -> None:
        elsewhere = socket.create_server(("127.0.0.1", 0))
        first = socket.socket()
        first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        first.bind(("127.0.0.1", 0))
        first.connect(elsewhere.getsockname())
        accepted, _ = elsewhere.accept()
        second = socket.socket()
        second.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        second.bind(first.getsockname())
        second.connect(("127.0.0.1", port))
        second.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(second, request("/reset"))
        with pytest.raises(ConnectionResetError):
            await loop.sock_recv(second, 10)
        accepted.sendall(b"hello")
        assert first.recv(10) == b"hello"
        for sock in (elsewhere, first, accepted, second):
            sock.close()

    while_served(breaking, visit)


def test_it_works_on_ipv6() -> None:
    async def visit(port: int) -> None:
        assert await raw(port, request("/reset"), host="::1") == (b"", "reset")
        assert await raw(port, request("/words"), host="::1") == (b"so long", "end")

    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 here")
    while_served(breaking, visit, host="::1")


def test_no_descriptor_is_left_behind() -> None:
    async def visit(port: int) -> None:
        await raw(port, request("/fine", "GET", "connection: close"))
        before = descriptors()
        for path in ("/reset", "/close", "/words", "/other-port") * 10:
            await raw(port, request(path, "GET", "connection: close"))
        assert await settled(descriptors, before) <= before

    while_served(breaking, visit)
