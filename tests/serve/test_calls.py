"""The client of the control plane against the real app on real sockets, and against what else may listen there."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from standin import TOKEN, Service

from keymock.problems import Stop
from keymock.serve.calls import ControlClient
from keymock.serve.control import create
from keymock.serve.granian_server import GranianServer

pytestmark = pytest.mark.live


@contextmanager
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        yield sock


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def client(service: Service) -> Iterator[ControlClient]:
    """A client of the app on a granian of its own."""
    sock = socket.create_server(("127.0.0.1", 0))
    port = sock.getsockname()[1]
    loop = asyncio.new_event_loop()
    server = GranianServer(create(service, token=TOKEN, port=port), sock)
    thread = threading.Thread(target=lambda: loop.run_until_complete(server.serve()))
    thread.start()
    try:
        yield ControlClient(f"http://127.0.0.1:{port}", TOKEN)
    finally:
        loop.call_soon_threadsafe(server.stop)
        thread.join(5)
        loop.close()


def test_every_call_over_the_wire(client: ControlClient, service: Service) -> None:
    assert client.status()["generation"] == 3
    assert client.routes()[0]["mock"] == "workspace/mocks/a"
    assert client.explain("POST", "/a?b=1", {"x": "1"}, {"n": 1})["answer"]["status"] == 200
    assert client.journal(unmatched=True, limit=2)[0]["id"] == 7
    assert service.remembered.asked["unmatched"] is True
    assert service.remembered.asked["limit"] == 2
    client.clear_journal("ada")
    assert client.entry(7)["near_misses"] == []
    assert client.verify({"path": "/orders", "timeout": 0.1}, "ada")["ok"]
    assert client.coverage()["mocks"] == []
    assert client.sessions()[0]["session"] == "ada"
    assert client.put_session("ada", seed=7)["seed"] == 1
    assert client.override("ada", [{"request": {"path": "/a"}}], keep=False)["session"] == "ada"
    assert client.state("ada")["scenarios"] == {"shop/order": "paid"}
    assert client.move("shop/a b", "paid", "ada")["state"] == "paid"
    assert client.end_session("a/b")["session"] == "a/b"
    assert [call for call in service.calls if "ada" in call or "a/b" in call] == [
        "clear ada", "verify ada", "put ada 7", "override ada 1 False", "state ada", "stores ada",
        "move ada shop a b paid", "end a/b",
    ]  # fmt: skip
    assert client.wait(3)
    assert not client.wait(4, timeout=0.25)
    assert service.asked[-1] == (4, 0.25)
    assert client.sync()["problems"][0]["code"] == "c"
    assert client.reset("*")["reset"]
    assert client.call("GET", "/openapi.json")["openapi"].startswith("3.1")


def told(wrong: Callable[[], object]) -> tuple[str, str]:
    """The code and the sentence of the problem."""
    with pytest.raises(Stop) as stop:
        wrong()
    (problem,) = stop.value.problems
    return problem.code, problem.message


def test_a_token_of_another_run(client: ControlClient, service: Service) -> None:
    assert told(ControlClient(client.url, "other").status)[0] == "wrong-token"
    assert service.calls == []


def test_what_the_server_refuses_is_told_in_its_own_words(client: ControlClient) -> None:
    code, message = told(lambda: client.journal(limit=0))
    assert code == "invalid-request"
    assert "the parameter `limit`" in message
    assert told(lambda: client.sync(timeout=0.001))[0] == "timeout"
    assert told(lambda: client.call("GET", "/nowhere"))[0] == "no-route"


def test_nobody_listens() -> None:
    with listener() as sock:
        port = sock.getsockname()[1]
    code, message = told(ControlClient(f"http://127.0.0.1:{port}", TOKEN).status)
    assert (code, message) == ("no-server", "the server is not there: nobody listens")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", "no-keymock"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>", "no-keymock"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]", "no-keymock"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{", "no-keymock"),
        (b"", "no-answer"),
    ],
)
def test_something_else_listens(answer: bytes, code: str) -> None:
    with listener() as sock:

        def serve() -> None:
            connection, _ = sock.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        assert told(ControlClient(f"http://127.0.0.1:{sock.getsockname()[1]}", TOKEN).status)[0] == code
        thread.join()


def test_no_answer_in_time() -> None:
    with listener() as sock:
        client = ControlClient(f"http://127.0.0.1:{sock.getsockname()[1]}", TOKEN, patience=0.1)
        assert told(client.status) == ("no-answer", "the server has not answered within 0.1 seconds")


@pytest.mark.parametrize(
    "url", ["", "nonsense", "https://127.0.0.1:1", "http://127.0.0.1", "http://h:99999", "ftp://h:1"]
)
def test_what_is_no_address(url: str) -> None:
    assert told(lambda: ControlClient(url, TOKEN))[0] == "bad-server"


@pytest.mark.parametrize("token", ["a\r\nx-evil: 1", "é"])
def test_what_is_no_token(token: str) -> None:
    assert told(lambda: ControlClient("http://127.0.0.1:1", token))[0] == "bad-token"
