"""granian, and nothing else of keymock imports it: one ASGI app answered on one listening socket of ours.

Built on granian's embedded server, which its authors call experimental; `pyproject.toml` holds it to one minor
version and `tests/serve/test_granian_server.py` says which of its private names we stand on.
"""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from typing import Any

from granian.constants import HTTPModes, Interfaces, TaskImpl
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.net import SocketHolder  # type: ignore[attr-defined]  # a name it imports from its Rust half
from granian.server.embed import Server as EmbeddedServer

from keymock.serve.sockets import BACKLOG

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

CONNECTIONS = 20_000
"""granian counts open connections, idle ones too, and lets the next wait: at its default of 1 024, 1 024 idle
clients made a new request wait 26 s."""

HEADER_SECONDS = 10
"""Until a request's head must be there; a silent or idle connection is closed after it as well."""

HEAD_BYTES = 128 * 1024
"""Twice what we accept (64 KiB of headers, 8 KiB of URL), so that most refusals are ours, with a body that explains.
Beyond it granian answers 431 (more than 100 headers too), and 414 to a URL over 64 KiB."""

_LOGGING = {
    "formatters": {"generic": {"()": "logging.Formatter", "fmt": "granian: %(message)s"}},
    "handlers": {
        "console": {"formatter": "generic", "class": "logging.StreamHandler", "stream": "ext://sys.stderr"},
        "access": {"class": "logging.NullHandler"},
    },
}
"""Its errors only, on standard error: standard output belongs to `keymock up --json`."""


class GranianStopped(RuntimeError):
    """granian ended though nobody had asked it to."""


class GranianServer:
    """Answers with `app` on `listener`, a bound and listening socket, which it takes over.

    The app is called without lifespan, on the running loop.
    """

    def __init__(self, app: App, listener: socket.socket) -> None:
        self._granian = _OnOurSocket(app, listener)

    async def serve(self) -> None:
        """Serve until `stop`, then until every request in flight is answered, however long that takes.

        Raises GranianStopped if granian gives up by itself.
        """
        await self._granian.serve()
        if not self._granian.interrupt_signal:
            raise GranianStopped("granian stopped by itself")

    def stop(self) -> None:
        """Close the listening socket and idle connections, and finish what has begun."""
        self._granian.stop()  # type: ignore[no-untyped-call]


class _OnOurSocket(EmbeddedServer):
    """granian binds its own socket with SO_REUSEPORT, so that two servers on one port both start; ours cannot."""

    def __init__(self, app: App, listener: socket.socket) -> None:
        super().__init__(
            app,
            interface=Interfaces.ASGINL,
            # HTTP/1 alone: waiting to see which version a client speaks, `auto` never closes one that says nothing.
            http=HTTPModes.http1,
            # `rust` breaks asyncio.all_tasks() and cancellation, and measured no faster.
            task_impl=TaskImpl.asyncio,
            backlog=BACKLOG,
            backpressure=CONNECTIONS,
            http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000, max_buffer_size=HEAD_BYTES),
            log_level=LogLevels.error,
            log_dictconfig=_LOGGING,
        )
        self._listener = listener

    def _init_shared_socket(self) -> None:
        self._ssp = None
        # granian closes the descriptor when it stops: detached, it is not closed twice.
        self._shd = SocketHolder(  # type: ignore[assignment, call-arg]  # its stub leaves both out
            self._listener.detach(), False, self.backlog
        )
