"""The yardstick: a bare ASGI app that answers a constant, on the same embedded granian as keymock."""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import Any

from keymock.serve.granian_server import GranianServer

START = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]}
DELAY = 0.05


def main(port: int, size: int) -> None:
    """Answers GET with `size` bytes, `/delay` after 50 ms, and reads the body of a POST first."""
    body = {"type": "http.response.body", "body": (b'{"id": 1, "name": "item"}' * (size // 25 + 1))[:size]}

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["method"] == "POST":
            while (await receive()).get("more_body"):
                pass
        if scope["path"] == "/delay":
            await asyncio.sleep(DELAY)
        await send({**START})
        await send({**body})

    listener = socket.create_server(("127.0.0.1", port), backlog=4096)
    asyncio.run(GranianServer(app, listener).serve())


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 84)
