"""granian, and nothing else of keymock imports it: one ASGI app answered on one listening socket of ours.

Built on granian's embedded server, which its authors call experimental; `pyproject.toml` holds it to one minor
version and `tests/serve/test_granian_server.py` says which of its private names we stand on. What is answered where
it was read stands on more of them than a minor version promises: that is for the one version that was read (`READ`).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context
from functools import partial
from typing import Any, NamedTuple

import granian._futures
import granian._granian
import granian.asgi
from granian.constants import HTTPModes, Interfaces, TaskImpl
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.net import SocketHolder  # type: ignore[attr-defined]  # a name it imports from its Rust half
from granian.server.embed import Server as EmbeddedServer

from keymock.serve.later import Later, Waiting
from keymock.serve.sockets import BACKLOG
from keymock.serve.turn import Turn

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]
Rest = Callable[[Receive, Send], Awaitable[None]]
AtOnce = Callable[[dict[str, Any], Callable[[dict[str, Any]], object]], Rest | None]
"""Answers a request on a scope by messages that need no awaiting, or hands back what is left to be awaited."""

READ = "2.8.7"
"""The granian whose worker ours is like, call by call. With another one the loop answers all, as granian has it."""

_rust: Any = granian._granian  # its stubs know older arguments
_watched: Any = granian._futures._future_watcher_wrapper
_runner: Any = granian.asgi._callback_wrapper

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

    The app is called without lifespan, on the running loop. One that has `at_once` (`app.MockApp`) is asked by that
    where the request is read, whenever the loop gives its turn away for it.
    """

    def __init__(self, app: App, listener: socket.socket, turn: Turn | None = None) -> None:
        self._granian = _OnOurSocket(app, listener)
        at_once: AtOnce | None = getattr(app, "at_once", None) if granian.__version__ == READ else None
        self._worker: Any = _Reading(at_once, turn).spawn if at_once is not None and turn is not None else None

    async def serve(self) -> None:
        """Serve until `stop`, then until every request in flight is answered, however long that takes.

        Raises GranianStopped if granian gives up by itself.
        """
        await self._granian.serve(self._worker)
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


class _Reading:
    """Requests are answered on the thread that reads them, if they can be and it is its turn; else on the loop."""

    def __init__(self, at_once: AtOnce, turn: Turn) -> None:
        self.at_once = at_once
        self.turn = turn

    def spawn(self, number: int, stopped: Any, app: App, sockets: Any, *options: Any) -> Coroutine[Any, Any, None]:
        """What the server runs as its worker, in place of `Server._spawn_asgi_worker`, which it does like."""
        return self._work(asyncio.get_running_loop(), number, stopped, app, sockets, _Options(*options))

    async def _work(
        self, loop: asyncio.AbstractEventLoop, number: int, stopped: Any, app: App, sockets: Any, options: _Options
    ) -> None:
        over = loop.create_future()
        stopped.add_cb(lambda: loop.call_soon_threadsafe(over.set_result, None))
        worker = _rust.ASGIWorker(
            number, sockets, None, options.runtime_threads, options.runtime_blocking_threads, options.blocking_threads,
            options.blocking_threads_idle_timeout, options.backpressure, options.http_mode, options.http1_settings,
            options.http2_settings, options.websockets, options.static_path, *options.ssl_ctx, (None, None),
        )  # fmt: skip
        on_loop = _watched(_runner(app, options.scope_opts, {}))
        scheduler = _rust.CallbackScheduler(loop, on_loop, None, None, None)
        scheduler._schedule_fn = self._schedule(loop, scheduler._ctx, on_loop)
        worker.serve_async(scheduler, loop, stopped)
        await over

    def _schedule(
        self, loop: asyncio.AbstractEventLoop, context: Context, on_loop: Callable[[Any], Coroutine[Any, Any, None]]
    ) -> Callable[[Any], None]:
        """What granian calls with each request, on the thread that read it."""
        at_once, turn, waiting = self.at_once, self.turn, Waiting(loop)

        def begin(answer: Coroutine[Any, Any, None], request: Any) -> None:
            request.taskref(loop.create_task(answer))

        def give(later: Later, request: Any) -> None:
            try:
                later.give(request.proto.send)
            except BaseException as fault:  # noqa: BLE001  (as granian does: nobody above could be told)
                request.err(fault)

        def answer(scope: dict[str, Any], request: Any) -> None:
            try:
                rest = at_once(scope, request.proto.send)
            except BaseException as fault:  # noqa: BLE001
                request.err(fault)
                return
            if rest is None:
                return
            if isinstance(rest, Later):
                waiting.put(rest.seconds, partial(give, rest, request))
            else:
                loop.call_soon_threadsafe(begin, _finish(rest, request), request, context=context)

        def schedule(request: Any) -> None:
            scope = request.scope
            if scope["type"] != "http":
                loop.call_soon_threadsafe(begin, on_loop(request), request, context=context)
            elif turn.take():
                try:
                    answer(scope, request)
                finally:
                    turn.give()
            else:
                loop.call_soon_threadsafe(answer, scope, request, context=context)

        return schedule


async def _finish(rest: Rest, request: Any) -> None:
    """What is left of a request, as granian does the whole of one."""
    try:
        await rest(request.proto.receive, request.proto.send)
    except BaseException as fault:  # noqa: BLE001
        request.err(fault)
        return
    request.done()


class _Options(NamedTuple):
    """What granian hands to a worker, in its order."""

    runtime_threads: int
    runtime_blocking_threads: int | None
    blocking_threads: int
    blocking_threads_idle_timeout: int
    backpressure: int
    task_impl: TaskImpl
    http_mode: HTTPModes
    http1_settings: HTTP1Settings | None
    http2_settings: Any
    websockets: bool
    static_path: Any
    log_access_fmt: str | None
    ssl_ctx: Any
    scope_opts: dict[str, Any]
