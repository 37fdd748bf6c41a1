"""A small real API in a thread of the test, on a port of its own: what keymock passes requests on to."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Asked(NamedTuple):
    """One request as the real API got it."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    """What it says. `cut` is how many bytes of the body it sends before it ends the connection; -1: all."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    cut: int = -1


Says = Callable[[Asked], Answer]


class RealApi:
    """The server, and all that it was asked."""

    def __init__(self, server: ThreadingHTTPServer, asked: list[Asked]) -> None:
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        self.port = int(server.server_address[1])
        self.asked = asked


@contextlib.contextmanager
def real_api(says: Says) -> Iterator[RealApi]:
    """Serves while the block runs."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            with contextlib.suppress(ConnectionError):
                super().handle_one_request()

        def __getattr__(self, name: str) -> Callable[[], None]:
            if name.startswith("do_"):
                return self.answer
            raise AttributeError(name)

        def answer(self) -> None:
            body = self._body()
            one = Asked(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            asked.append(one)
            said = says(one)
            self.send_response_only(said.status)
            names = {name.lower() for name, _ in said.headers}
            for name, value in said.headers:
                self.send_header(name, value)
            if not names & {"content-length", "transfer-encoding"} and said.status not in (204, 304):
                self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(said.body if said.cut < 0 else said.body[: said.cut])
            if said.cut >= 0:
                self.close_connection = True

        def _body(self) -> bytes:
            if self.headers.get("transfer-encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("content-length") or 0))
            parts = []
            while size := int(self.rfile.readline().strip(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield RealApi(server, asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
