"""The real APIs, asked: connections that are kept between requests, bodies that go out as they come in.

Nothing is asked of a host but what the workspace names and the user has consented to.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any

from keymock.exchange import Headers, Onward, Reply, Request
from keymock.outbound import host_of
from keymock.real_answer import asked_for
from keymock.serve.perform import Client
from keymock.serve.service import Service
from keymock.serve.unanswered import failure
from keymock.upstream import outgoing

if TYPE_CHECKING:
    import aiohttp

Receive = Callable[[], Awaitable[dict[str, Any]]]

CONNECT_SECONDS = 10.0
MOST_CONNECTIONS = 1_000
LONGEST_FIELD = 64 * 1024
"""Bytes of one header of an answer; aiohttp's own 8 KiB are too few for some cookies."""
IDLE_SECONDS = 10.0
"""Between two parts of a request's body."""


class Gone(Exception):
    """The client left in the middle of its request."""


class Watched(Client):
    """The client, which is watched unless part of its request is still to be read: then `receive` is not for that."""

    silent = False

    async def waits(self, seconds: float) -> bool:
        """Waits; False as soon as the client is seen to have left."""
        if self.silent:
            await asyncio.sleep(seconds)
            return True
        return await self.stays(seconds)


class Asking:
    """The way to the real APIs, made at the first request."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def refusal(self, plan: Onward) -> Reply | None:
        """Why a request may not be passed on, as an answer; None if it may."""
        host = host_of(plan.url)
        refused = self.service.reach.now().refusal(host.name, host.port, by_person=True)
        return None if refused is None else failure(502, refused.code, refused.message, plan, refused.hint)

    async def asked(
        self, request: Request, plan: Onward, receive: Receive, client: Watched, *, to_change: bool = False
    ) -> aiohttp.ClientResponse | None:
        """The head of the real API's answer; None if the client left meanwhile.

        `to_change` says that its body is to be read and changed. Raises TimeoutError and what aiohttp raises.
        """
        import yarl  # noqa: PLC0415  (comes with aiohttp)

        going: Headers = outgoing(request.headers)
        headers = [(name.decode("latin-1"), _text(value)) for name, value in (asked_for(going) if to_change else going)]
        method = "GET" if to_change and request.method == "HEAD" else request.method
        length = request.header("content-length")
        upload = Upload(receive, int(length) if length else None) if request.body is None else None
        if upload is not None and length:
            headers.append(("content-length", length))
        asking = asyncio.ensure_future(
            self._connected().request(
                method, yarl.URL(plan.url + plan.path.decode("latin-1"), encoded=True), headers=headers,
                data=request.body or (upload and aiter(upload)), allow_redirects=False,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            )
        )  # fmt: skip
        try:
            if upload is not None:
                await _first(asking, asyncio.ensure_future(upload.over.wait()))
                client.silent = not upload.whole
            awaited = {asking} if client.silent else {asking, client.watched()}
            done, _ = await asyncio.wait(awaited, timeout=plan.timeout, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                raise TimeoutError
            return await asking if asking in done else None
        finally:
            asking.cancel()

    def _connected(self) -> aiohttp.ClientSession:
        import aiohttp  # noqa: PLC0415  (as above)

        loop = asyncio.get_running_loop()
        if self._session is None or self._loop is not loop:
            self._loop = loop  # an app that is tested sees more than one
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=MOST_CONNECTIONS),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
                max_line_size=LONGEST_FIELD,
                max_field_size=LONGEST_FIELD,
            )
        return self._session

    async def close(self) -> None:
        """Ends the connections that are kept."""
        session, self._session = self._session, None
        if session is not None and self._loop is asyncio.get_running_loop():
            await session.close()


async def _first(wanted: asyncio.Future[Any], other: asyncio.Future[Any]) -> None:
    try:
        await asyncio.wait({wanted, other}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        other.cancel()


class Upload:
    """A request's body as it comes, once. `over` is set when nothing more is read of it.

    It asks granian for nothing beyond the length that was announced: aiohttp lets go of a body when the answer is
    there, and a `receive` that is cancelled in the middle makes granian say that the client has left.
    """

    def __init__(self, receive: Receive, length: int | None) -> None:
        self._receive = receive
        self._left = length
        self.over = asyncio.Event()
        self.whole = False
        """Whether all of it was read, so that `receive` tells of the client alone."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Raises Gone, or TimeoutError for a client that stops in the middle."""
        try:
            more = True
            while more:
                async with asyncio.timeout(IDLE_SECONDS):
                    message = await self._receive()
                if message["type"] == "http.disconnect":
                    raise Gone
                part = message.get("body", b"")
                more = message.get("more_body", False)
                if self._left is not None:
                    self._left -= len(part)
                    more = more and self._left > 0
                self.whole = not more
                if part:
                    yield part
        finally:
            self.over.set()


def _text(value: bytes) -> str:
    """A header's value as aiohttp takes it: it sends UTF-8."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
