"""Requests to mocks without a server: the ASGI app, asked in process. What it remembers lasts as long as it."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from urllib.parse import urlsplit

from keymock.sending import Incoming, Outgoing, Unsent
from keymock.serve.app import MockApp
from keymock.serve.service import Service

PEER = ("127.0.0.1", 0)
"""Nobody's address: a fault that would break a connection finds none."""


class Inside:
    """A `sending.Send` that the mocks of a service answer: state, delays, faults and journal as over a socket."""

    def __init__(self, service: Service) -> None:
        self._app = MockApp(service, time.time_ns, time.perf_counter_ns, None)
        self._runner = asyncio.Runner()

    def __call__(self, outgoing: Outgoing) -> Incoming:
        """The answer to a request. Raises Unsent where a socket would be without one."""
        began = time.perf_counter()
        try:
            messages = self._runner.run(_asked(self._app, outgoing))
        except TimeoutError:
            messages = []
        whole = bool(messages) and not messages[-1].get("more_body", True)
        if not whole and time.perf_counter() - began >= outgoing.timeout:
            raise Unsent("no-answer", f"{outgoing.url} has not answered within {outgoing.timeout:g} s")
        if not whole:
            raise Unsent("broken-answer", f"{outgoing.url} broke off: a fault of the mock")
        start, *rest = messages
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"])
        body = b"".join(message.get("body", b"") for message in rest)
        return Incoming(start["status"], "", headers, body, outgoing.url, seconds=time.perf_counter() - began)

    def close(self) -> None:
        """Ends what is still under way."""
        self._runner.run(self._app.close())
        self._runner.close()


async def _asked(app: MockApp, outgoing: Outgoing) -> list[dict[str, Any]]:
    """The messages that the app sends."""
    sent: list[dict[str, Any]] = []
    coming = [{"type": "http.request", "body": outgoing.body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not coming:
            await asyncio.Event().wait()  # the client stays until it has its answer
        return coming.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async with asyncio.timeout(outgoing.timeout):
        await app(_scope(outgoing), receive, send)
    return sent


def _scope(outgoing: Outgoing) -> dict[str, Any]:
    parts = urlsplit(outgoing.url)
    headers = [
        (name.lower().encode("latin-1"), value.encode("utf-8", "surrogateescape")) for name, value in outgoing.headers
    ]
    if not any(name == b"host" for name, _ in headers):
        headers.insert(0, (b"host", parts.netloc.encode()))
    if outgoing.body:
        headers.append((b"content-length", b"%d" % len(outgoing.body)))
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": outgoing.method,
        "scheme": parts.scheme,
        "path": parts.path,
        "raw_path": (parts.path or "/").encode(),
        "query_string": parts.query.encode(),
        "headers": headers,
        "client": PEER,
        "server": (parts.hostname, parts.port),
    }
