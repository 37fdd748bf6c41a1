from __future__ import annotations

import asyncio
import inspect
import re
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import granian
import granian._futures
import pytest
from granian.net import SocketHolder  # type: ignore[attr-defined]
from granian.server.embed import Server as EmbeddedServer

from keymock.serve.granian_server import READ, GranianServer, _Options
from keymock.serve.later import Later
from keymock.serve.sockets import Face, listen
from keymock.serve.turn import Turn

MOVED = (
    f"granian {granian.__version__} has changed what keymock/serve/granian_server.py stands on. "
    "Read its server/embed.py, server/common.py and _futures.py, adapt _OnOurSocket and _Reading, then READ and the "
    "range in pyproject.toml."
)


def test_granian_still_has_the_private_names_we_stand_on() -> None:
    assert granian.__version__ == READ, MOVED
    assert "_init_shared_socket" in vars(EmbeddedServer.__mro__[1]), MOVED
    assert "self._init_shared_socket()" in inspect.getsource(EmbeddedServer.startup), MOVED
    assert "(self._ssp, self._shd)" in inspect.getsource(EmbeddedServer._spawn_worker), MOVED
    assert "self.interrupt_signal = True" in inspect.getsource(EmbeddedServer.signal_handler_interrupt), MOVED
    worker = inspect.getsource(EmbeddedServer._spawn_asgi_worker)
    named = re.findall(r"^        (\w+): ", worker.partition("):")[0], re.MULTILINE)
    assert named == ["worker_id", "shutdown_event", "callback", "sock", "loop", *_Options._fields], MOVED
    assert "_future_watcher_wrapper(_asgi_call_wrap(callback, scope_opts, {}, log_access_fmt))" in worker, MOVED
    handed = [f"            {name},\n" for name in ("worker_id", "sock", "None", *_HANDED, "*ssl_ctx", "(None, None)")]
    assert f"ASGIWorker(\n{''.join(handed)}" in worker, MOVED
    scheduling = inspect.getsource(granian._futures)
    assert "self._schedule_fn = _cbsched_aioschedule(loop, self._ctx, cb)" in scheduling, MOVED
    assert "loop.call_soon_threadsafe(_run, cb(watcher), watcher, context=ctx)" in scheduling, MOVED
    with socket.socket() as ours:
        assert SocketHolder(ours.detach(), False, 128).get_fd() > 2, MOVED  # type: ignore[call-arg]


_HANDED = [name for name in _Options._fields if name not in ("task_impl", "log_access_fmt", "ssl_ctx", "scope_opts")]


async def toy(scope: dict[str, Any], receive: Any, send: Any) -> None:
    assert scope["type"] == "http"
    if scope["path"] == "/slow":
        await asyncio.sleep(0.3)
    if scope["path"] == "/bug":
        raise RuntimeError("a bug in the app")
    body = str(len(scope["raw_path"])).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


def while_served(visit: Callable[[int, GranianServer], Awaitable[None]]) -> None:
    """Run `visit` against the toy on a free port, then stop and drain, within 10 s."""

    async def story() -> None:
        listener = listen([Face("mock")])["mock"]
        first, *others = listener.sockets
        for sock in others:
            sock.close()
        server = GranianServer(toy, first)
        serving = asyncio.create_task(server.serve())
        await visit(listener.port, server)
        server.stop()
        await serving

    asyncio.run(asyncio.wait_for(story(), 10))


async def ask(port: int, head: bytes) -> bytes:
    """Send these bytes on a new connection; what comes back until it is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


def get(path: bytes, *fields: bytes) -> bytes:
    return b"\r\n".join([b"GET " + path + b" HTTP/1.1", b"host: localhost", b"connection: close", *fields, b"", b""])


@pytest.mark.live
def test_it_answers_and_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    async def visit(port: int, server: GranianServer) -> None:
        assert (await ask(port, get(b"/hello"))).endswith(b"\r\n\r\n6")

    while_served(visit)
    assert capfd.readouterr() == ("", "")


@pytest.mark.live
def test_a_bug_in_the_app_is_a_500_and_told_on_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    async def visit(port: int, server: GranianServer) -> None:
        assert (await ask(port, get(b"/bug"))).startswith(b"HTTP/1.1 500 ")
        assert (await ask(port, get(b"/hello"))).startswith(b"HTTP/1.1 200 ")

    while_served(visit)
    out, err = capfd.readouterr()
    assert out == ""
    assert "a bug in the app" in err


@pytest.mark.live
@pytest.mark.parametrize(
    ("head", "status"),
    [
        (get(b"/" + b"a" * 9_000), b"200"),  # over our own limits, and ours to refuse, with a body that explains
        (get(b"/", b"x: " + b"a" * 70_000), b"200"),
        (get(b"/", *[b"x: a"] * 98), b"200"),
        (get(b"/", *[b"x: a"] * 99), b"431"),
        (get(b"/" + b"a" * 70_000), b"414"),
        (get(b"/", b"x: " + b"a" * 1_000_000), b"431"),
    ],
    ids=["url-9k", "header-70k", "headers-100", "headers-101", "url-70k", "header-1m"],
)
def test_what_granian_itself_refuses(head: bytes, status: bytes) -> None:
    async def visit(port: int, server: GranianServer) -> None:
        assert (await ask(port, head))[:13] == b"HTTP/1.1 " + status + b" "

    while_served(visit)


@pytest.mark.live
def test_a_request_in_flight_is_answered_and_the_port_is_free_afterwards() -> None:
    ports = []

    async def visit(port: int, server: GranianServer) -> None:
        ports.append(port)
        slow = asyncio.create_task(ask(port, get(b"/slow")))
        await asyncio.sleep(0.1)
        server.stop()
        assert (await slow).startswith(b"HTTP/1.1 200 ")

    while_served(visit)
    listen([Face("mock", ports[0])])["mock"].close()


@pytest.mark.live
def test_1500_silent_clients_keep_nobody_waiting() -> None:
    async def visit(port: int, server: GranianServer) -> None:
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(1_500)]
        assert (await asyncio.wait_for(ask(port, get(b"/hello")), 2)).startswith(b"HTTP/1.1 200 ")
        for _, writer in silent:
            writer.close()

    while_served(visit)


class Prompt:
    """An app that answers at once what it can; it notes the threads that answered, and whether the loop ran beside."""

    def __init__(self) -> None:
        self.threads: list[int] = []
        self.running = 0
        self.beside = 0

    def at_once(self, scope: dict[str, Any], say: Callable[[dict[str, Any]], object]) -> Any:
        self.threads.append(threading.get_ident())
        self.beside += self.running
        if scope["raw_path"] == b"/bug":
            raise RuntimeError("a bug at once")
        if scope["raw_path"] == b"/ready":
            return Later(0.1, partial(self.answer, body=b"ready"))
        if scope["raw_path"] == b"/broken":
            return Later(0.01, self.broken)
        if scope["raw_path"] != b"/slow":
            self.answer(say, b"at once")
            return None

        async def rest(receive: Any, send: Any) -> None:
            self.running += 1
            sum(range(20_000))
            self.running -= 1
            await asyncio.sleep(0.002)
            self.answer(send, b"later")

        return rest

    def broken(self, _say: Callable[[dict[str, Any]], object]) -> None:
        raise RuntimeError("a bug later")

    def answer(self, say: Callable[[dict[str, Any]], object], body: bytes) -> None:
        say({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        say({"type": "http.response.body", "body": body, "more_body": False})

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        rest = self.at_once(scope, send)
        if rest is not None:
            await rest(receive, send)


def while_prompt(app: Prompt, visit: Callable[[int], Awaitable[None]]) -> None:
    """Run `visit` against the app, which has the turn while the loop waits."""
    turn = Turn()

    async def story() -> None:
        listener = listen([Face("mock")])["mock"]
        first, *others = listener.sockets
        for sock in others:
            sock.close()
        server = GranianServer(app, first, turn)
        serving = asyncio.create_task(server.serve())
        await asyncio.sleep(0)
        await visit(listener.port)
        server.stop()
        await serving
        await asyncio.sleep(0.01)

    with asyncio.Runner(loop_factory=turn.loop) as runner:
        runner.run(asyncio.wait_for(story(), 20))


@pytest.mark.live
def test_what_can_be_answered_at_once_is_answered_where_it_was_read_and_never_beside_the_loop() -> None:
    app = Prompt()

    async def visit(port: int) -> None:
        async def several(path: bytes, body: bytes) -> None:
            for _ in range(20):
                assert (await ask(port, get(path))).endswith(body)

        await asyncio.gather(
            *[several(b"/slow", b"later") for _ in range(4)], *[several(b"/", b"once") for _ in "1234"]
        )

    while_prompt(app, visit)
    assert len(app.threads) == 160
    assert set(app.threads) - {threading.get_ident()}
    assert app.beside == 0


@pytest.mark.live
def test_answers_that_wait_for_their_moment_are_given_each_and_after_the_server_was_told_to_stop() -> None:
    app = Prompt()
    last: list[asyncio.Task[bytes]] = []

    async def visit(port: int) -> None:
        async def several() -> None:
            for _ in range(3):
                began = time.monotonic()
                assert (await ask(port, get(b"/ready"))).endswith(b"\r\n\r\nready")
                assert time.monotonic() - began >= 0.1

        await asyncio.gather(*[several() for _ in range(20)])
        last.append(asyncio.create_task(ask(port, get(b"/ready"))))
        while len(app.threads) < 61:
            await asyncio.sleep(0.001)

    while_prompt(app, visit)
    assert last[0].result().endswith(b"\r\n\r\nready")


@pytest.mark.live
def test_a_bug_in_an_answer_that_waited_is_a_500_and_told_too(capfd: pytest.CaptureFixture[str]) -> None:
    async def visit(port: int) -> None:
        assert (await ask(port, get(b"/broken"))).startswith(b"HTTP/1.1 500 ")
        assert (await ask(port, get(b"/ready"))).endswith(b"ready")

    while_prompt(Prompt(), visit)
    assert "a bug later" in capfd.readouterr().err


@pytest.mark.live
def test_a_bug_at_once_is_a_500_and_told_too(capfd: pytest.CaptureFixture[str]) -> None:
    async def visit(port: int) -> None:
        assert (await ask(port, get(b"/bug"))).startswith(b"HTTP/1.1 500 ")
        assert (await ask(port, get(b"/hello"))).endswith(b"at once")

    while_prompt(Prompt(), visit)
    assert "a bug at once" in capfd.readouterr().err


@pytest.mark.live
def test_with_a_granian_that_nobody_has_read_the_loop_answers_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(granian, "__version__", "2.8.999")
    app = Prompt()

    async def visit(port: int) -> None:
        assert (await ask(port, get(b"/"))).endswith(b"at once")
        assert (await ask(port, get(b"/slow"))).endswith(b"later")

    while_prompt(app, visit)
    assert set(app.threads) == {threading.get_ident()}
