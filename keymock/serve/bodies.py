"""Bodies too large to be part of the index: read once, kept while there is room, else sent straight from disk."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from keymock.exchange import BodyFile

KEPT_BYTES = 64 * 1024 * 1024
LARGEST_KEPT = 8 * 1024 * 1024
CHUNK = 256 * 1024


class BodyFiles:
    """The contents of large bodies, the least recently sent forgotten first."""

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self.kept_bytes = kept_bytes
        self._kept: OrderedDict[BodyFile, bytes] = OrderedDict()
        self._size = 0

    async def send(self, file: BodyFile, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        """Sends exactly `file.size` bytes, as the headers promised, unless the file was cut on disk meanwhile."""
        kept = self._kept.get(file)
        if kept is not None:
            self._kept.move_to_end(file)
        elif file.size <= LARGEST_KEPT:
            kept = await asyncio.to_thread(_first_bytes, file)
            self._keep(file, kept)
        if kept is not None:
            await send({"type": "http.response.body", "body": kept, "more_body": False})
            return
        with await asyncio.to_thread(Path(file.path).open, "rb") as stream:
            left = file.size
            while left > 0:
                chunk = await asyncio.to_thread(stream.read, min(CHUNK, left))
                if not chunk:
                    break
                left -= len(chunk)
                await send({"type": "http.response.body", "body": chunk, "more_body": left > 0})

    def _keep(self, file: BodyFile, content: bytes) -> None:
        before = self._kept.pop(file, b"")  # another request may have read it at the same time
        self._kept[file] = content
        self._size += len(content) - len(before)
        while self._size > self.kept_bytes:
            _, oldest = self._kept.popitem(last=False)
            self._size -= len(oldest)


def _first_bytes(file: BodyFile) -> bytes:
    with Path(file.path).open("rb") as stream:
        return stream.read(file.size)
