"""A tiny app on a real granian, in this process, and two clients that see how a connection ends."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import pytest

from keymock.serve.granian_server import App, GranianServer
from keymock.serve.sockets import Face, listen

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")


def while_served(
    app: App, visit: Callable[[int], Awaitable[None]], seconds: float = 30, host: str = "127.0.0.1"
) -> None:
    """Run `visit`, which is told the port, against the app; then stop and drain."""

    async def story() -> None:
        listener = listen([Face("mock")])["mock"]
        ours = next(sock for sock in listener.sockets if sock.getsockname()[0] == host)
        for sock in listener.sockets:
            if sock is not ours:
                sock.close()
        server = GranianServer(app, ours)
        serving = asyncio.create_task(server.serve())
        await asyncio.sleep(0)
        await visit(listener.port)
        server.stop()
        await serving

    asyncio.run(asyncio.wait_for(story(), seconds))


class Seen(NamedTuple):
    """What a raw socket got, and how the connection ended: `end`, `reset`, or `open` still."""

    data: bytes
    end: str

    @property
    def head(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[0].lower()

    @property
    def body(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[2]


def request(path: str, method: str = "GET", *fields: str, body: bytes = b"") -> bytes:
    length = [f"content-length: {len(body)}"] if body else []
    return "\r\n".join([f"{method} {path} HTTP/1.1", "host: localhost", *fields, *length, "", ""]).encode() + body


async def raw(port: int, sent: bytes, seconds: float = 1.0, host: str = "127.0.0.1") -> Seen:
    """Sends these bytes on a new connection, and looks on until its end or for so long."""
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(sent)
    data, end = b"", "open"
    try:
        async with asyncio.timeout(seconds):
            while part := await reader.read(65_536):
                data += part
            end = "end"
    except TimeoutError:
        pass
    except ConnectionResetError:
        end = "reset"
    writer.close()
    return Seen(data, end)


async def curl(port: int, path: str, *options: str) -> tuple[int, bytes, str]:
    """curl's exit code, what it got, and what it said."""
    process = await asyncio.create_subprocess_exec(
        "curl", "-sS", *options, f"http://127.0.0.1:{port}{path}",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode or 0, out, err.decode().strip()


def descriptors() -> int:
    """How many files this process has open."""
    return len(os.listdir("/dev/fd"))  # noqa: PTH208


def tasks() -> int:
    """How many asyncio tasks there are."""
    return len(asyncio.all_tasks())


async def settled(measure: Callable[[], Any], wanted: Any, seconds: float = 5.0) -> Any:
    """The measure, once it is at most what is wanted, or after so long."""
    try:
        async with asyncio.timeout(seconds):
            while measure() > wanted:
                await asyncio.sleep(0.02)
    except TimeoutError:
        pass
    return measure()
