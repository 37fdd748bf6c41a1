"""Answers that are given where they were read, beside others that go by the event loop.

Nothing is counted twice or lost: calls, turns and scenarios have one memory, and the journal one row of numbers,
whichever way a request was answered.
"""

from __future__ import annotations

import http.client
import threading
from collections import Counter
from pathlib import Path

import pytest
from live_server import Serve, Server

from keymock.serve.calls import ControlClient

pytestmark = pytest.mark.live

CLIENTS, ROUNDS = 6, 20

TREE = {
    "keymock.toml": 'name = "side by side"\n',
    "workspace/mocks/call.toml": '[request]\npath = "/call"\n[response]\nbody = "{{ call }}"\n',
    "workspace/mocks/late.toml": '[request]\npath = "/late"\n[response]\nbody = "{{ call }}"\ndelay = "2ms"\n',
    "workspace/mocks/echo.toml": '[request]\nmethod = "POST"\npath = "/echo"\n'
    '[response]\nbody = "{{ request.body }}"\n',
    "workspace/mocks/plain.toml": '[request]\npath = "/plain"\n[response]\nbody = "plain"\n',
    "workspace/mocks/turn.toml": 'select = "cycle"\n[request]\npath = "/turn"\n'
    '[[responses]]\nname = "a"\nbody = "a"\n[[responses]]\nname = "b"\nbody = "b"\n',
    **{
        f"workspace/mocks/{state}.toml": f'[request]\npath = "/order"\n'
        f'[scenario]\nname = "order"\nrequires = "{state}"\nsets = "{following}"\n[response]\nbody = "{state}"\n'
        for state, following in (("Started", "paid"), ("paid", "Started"))
    },
}
PATHS = ("/call", "/order", "/echo", "/turn", "/late", "/plain", "/nowhere")


class Client(threading.Thread):
    """Asks all paths in turn over a connection of its own, and keeps what it got."""

    def __init__(self, server: Server, number: int) -> None:
        super().__init__(daemon=True)
        self.server = server
        self.number = number
        self.got: list[tuple[str, int, str]] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        for _ in range(ROUNDS):
            for path in PATHS:
                method, body = ("POST", str(self.number)) if path == "/echo" else ("GET", None)
                connection.request(method, path, body)
                answer = connection.getresponse()
                self.got.append((path, answer.status, answer.read().decode()))
        connection.close()


def test_nothing_is_counted_twice_or_lost(serve: Serve, tmp_path: Path) -> None:
    root = tmp_path / "side"
    for name, text in TREE.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    server = serve(root)
    clients = [Client(server, number) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join(120)

    got = {path: [body for client in clients for at, _, body in client.got if at == path] for path in PATHS}
    calls = CLIENTS * ROUNDS
    for path in ("/call", "/late"):
        assert sorted(map(int, got[path])) == list(range(1, calls + 1))
    assert Counter(got["/turn"]) == {"a": calls // 2, "b": calls // 2}
    assert Counter(got["/order"]) == {"Started": calls // 2, "paid": calls // 2}
    for client in clients:
        assert {body for at, _, body in client.got if at == "/echo"} == {str(client.number)}
        assert {status for at, status, _ in client.got} == {200, 404}
    journal = ControlClient(server.ready.control, server.ready.token)
    ids = [entry["id"] for entry in journal.journal(limit=100_000)]
    assert ids == list(range(1, calls * len(PATHS) + 1))
