"""A small server of its own, which remembers what it was sent and answers as it was told: the other end of a call."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Received(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    wait: float = 0.0


class Receiver:
    """`answers` are given one after the other, the last one again and again."""

    def __init__(self, port: int, answers: tuple[Answer, ...]) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.received: list[Received] = []
        self._answers = answers
        self._more = threading.Condition()

    def take(self, received: Received) -> Answer:
        with self._more:
            self.received.append(received)
            self._more.notify_all()
            return self._answers[min(len(self.received), len(self._answers)) - 1]

    def wait_for(self, number: int, seconds: float = 20) -> list[Received]:
        """What came, as soon as it is so much. Fails if it is not in time."""
        with self._more:
            assert self._more.wait_for(lambda: len(self.received) >= number, seconds), self.received
            return list(self.received)


@contextlib.contextmanager
def receiving(*answers: Answer) -> Iterator[Receiver]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    receiver = Receiver(server.server_address[1], answers or (Answer(),))
    server.take = receiver.take  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        take: Callable[[Received], Answer] = self.server.take  # type: ignore[attr-defined]
        answer = take(Received(self.command, self.path, dict(self.headers), body))
        time.sleep(answer.wait)
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        with contextlib.suppress(OSError):  # whoever waited too long has gone
            self.wfile.write(answer.body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = handle_any  # noqa: N815  (the names that http.server calls)

    def log_message(self, *_: object) -> None:
        return
