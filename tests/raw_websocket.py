"""A WebSocket client by hand, so that what is on the wire is what is seen (RFC 6455)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

KEY = base64.b64encode(b"sixteen bytes ..").decode()
ACCEPT = base64.b64encode(
    hashlib.sha1(f"{KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode(), usedforsecurity=False).digest()
).decode()

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Head(NamedTuple):
    """What the server answered to the upgrade."""

    status: int
    headers: dict[str, str]


class RawWebSocket:
    """One connection. `head` says how it began; on any status but 101 there is nothing more to hear."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: Head) -> None:
        self.reader = reader
        self.writer = writer
        self.head = head

    async def say(self, data: str | bytes) -> None:
        await self.frame(*((TEXT, data.encode()) if isinstance(data, str) else (BINARY, data)))

    async def frame(self, code: int, data: bytes) -> None:
        length = bytes([0x80 | len(data)]) if len(data) < 126 else struct.pack("!BQ", 0x80 | 127, len(data))
        mask = b"\x01\x02\x03\x04"
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))
        self.writer.write(bytes([0x80 | code]) + length + mask + masked)
        await self.writer.drain()

    async def hear(self) -> tuple[int, bytes]:
        """The next frame: its code and its data."""
        first, second = await self.reader.readexactly(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack("!H", await self.reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", await self.reader.readexactly(8))
        return first & 0x0F, await self.reader.readexactly(length)

    async def text(self) -> str:
        code, data = await self.hear()
        assert code == TEXT, (code, data)
        return data.decode()

    async def end(self) -> tuple[int, str]:
        """Code and reason of the close frame that comes next; answers it."""
        code, data = await self.hear()
        assert code == CLOSE, (code, data)
        await self.frame(CLOSE, data[:2])
        return struct.unpack("!H", data[:2])[0], data[2:].decode()

    async def body(self) -> bytes:
        """The body of a refusal."""
        return await self.reader.readexactly(int(self.head.headers["content-length"]))


@asynccontextmanager
async def connected(port: int, path: str, *fields: str, version: str = "1.1") -> AsyncIterator[RawWebSocket]:
    """A connection that asks for a WebSocket; whatever is still open in the end is left without a word."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = [
        f"GET {path} HTTP/{version}", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {KEY}", *fields, "", "",
    ]  # fmt: skip
    try:
        writer.write("\r\n".join(lines).encode())
        first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode().rstrip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
        yield RawWebSocket(reader, writer, Head(int(first.split()[1]), headers))
    finally:
        writer.transport.abort()
