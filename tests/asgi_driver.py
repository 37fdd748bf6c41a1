"""Asks an ASGI app one request, as a server would, and collects what it sends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from conversation import Answer, Ask, Said

from keymock.asgi import create_app
from keymock.serve.app import App


def ask(app: App, said: Said) -> Answer:
    """The app's answer to one request, body and all."""
    return asyncio.run(answer(app, said))


async def answer(app: App, said: Said) -> Answer:
    """The same, on a loop that runs."""
    sent: list[dict[str, Any]] = []
    messages = [{"type": "http.request", "body": said.body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not messages:
            await asyncio.Event().wait()  # the client stays until it has its answer
        return messages.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope(said), receive, send)
    start, *rest = sent
    headers = tuple((name.decode("latin-1"), value.decode("utf-8", "replace")) for name, value in start["headers"])
    return Answer(start["status"], headers, b"".join(message.get("body", b"") for message in rest))


def scope(said: Said) -> dict[str, Any]:
    """The ASGI scope of a request; a Host and a Content-Length are added where they are not given."""
    path, _, query = said.target.partition("?")
    headers = [(name.lower().encode("latin-1"), value.encode()) for name, value in said.headers]
    names = {name for name, _ in headers}
    if b"host" not in names:
        headers.insert(0, (b"host", b"localhost"))
    if said.body and not names & {b"content-length", b"transfer-encoding"}:
        headers.append((b"content-length", b"%d" % len(said.body)))
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": said.method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": headers,
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8787),
    }


@contextmanager
def serve(root: Path, actor: str | None, options: Mapping[str, str]) -> Iterator[Ask]:
    """The workspace in process. Serves nothing but what is on disk when it is called."""
    read: dict[str, Callable[[str], Any]] = {
        "seed": int,
        "frozen": lambda text: datetime.fromisoformat(text).timestamp(),
    }
    app = create_app(root, actor=actor, **{name: read.get(name, str)(text) for name, text in options.items()})
    yield lambda said: ask(app, said)
