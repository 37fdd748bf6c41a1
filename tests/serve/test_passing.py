"""Requests passed on to a real API: both ways as they are, and what is said where it fails."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asgi_driver
import pytest
from conversation import Answer as Got
from conversation import Said
from real_api import Answer, Asked, RealApi, real_api
from tree_answers import mock, plant

from keymock.journal.showing import Choice, entries
from keymock.outbound import Allowed, Host
from keymock.serve.app import MockApp
from keymock.serve.options import Options
from keymock.serve.service import Service
from keymock.spec import Mode
from keymock.toggles import Toggles
from keymock.variables import Mask

USERS = {"projects/shop/mocks/users.toml": mock("/users", response='body = "mock"')}


def echo(asked: Asked) -> Answer:
    said = {"method": asked.method, "target": asked.target, "headers": asked.headers, "body": asked.body.decode()}
    return Answer(200, (("Content-Type", "application/json"), ("X-Up", "1")), json.dumps(said).encode())


def app_of(root: Path, url: str, mode: str = "real", files: dict[str, str] = USERS, **more: Any) -> MockApp:
    project = f'[upstream]\nmode = "{mode}"\ntimeout = "500ms"\nurls.local = "{url}"\n'
    tree = plant(root, {"keymock.toml": "", "projects/shop/project.toml": project, **files})
    service = Service(Options(workspace=str(tree), **more), time.time_ns)
    return MockApp(service, time.time_ns, time.perf_counter_ns, None)


def ask(app: MockApp, *asked: Said) -> list[Got]:
    async def all_of_them() -> list[Got]:
        try:
            return [await asgi_driver.answer(app, one) for one in asked]
        finally:
            await app.close()

    return asyncio.run(all_of_them())


def get(app: MockApp, target: str = "/users", method: str = "GET", body: bytes = b"", **headers: str) -> Got:
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return ask(app, Said(method, target, pairs, body))[0]


def problem(got: Got) -> tuple[int, str, str]:
    said = json.loads(got.body)
    return got.status, said["code"], said["detail"]


def test_a_request_goes_out_as_it_came_without_what_is_keymocks(tmp_path: Path) -> None:
    with real_api(echo) as api:
        own = {"X_Keymock_Session": "s", "X_Keymock_Flow": "f", "Cookie": "a=1; keymock_session=s"}
        hop = {"Connection": "x-hop, close", "X_Hop": "1", "TE": "trailers"}
        app = app_of(tmp_path, api.url + "/v1/")
        got = get(app, "/a%2Fb?x=1&x=2", "POST", b"hello", X_Mine="1", **own, **hop)
    said = json.loads(got.body)
    assert (got.status, said["method"], said["target"], said["body"]) == (200, "POST", "/v1/a%2Fb?x=1&x=2", "hello")
    assert said["headers"] == {
        "host": api.url.removeprefix("http://"), "x-mine": "1", "content-length": "5", "cookie": "a=1",
    }  # fmt: skip
    assert dict(got.headers)["x-keymock-source"] == "real"
    assert dict(got.headers)["x-up"] == "1"
    assert "x-keymock-mock" not in dict(got.headers)


def test_an_answer_comes_back_as_it_is(tmp_path: Path) -> None:
    body = bytes(range(256)) * 4096

    def says(asked: Asked) -> Answer:
        headers = (
            ("Content-Encoding", "gzip"), ("Set-Cookie", "a=1; Domain=127.0.0.1; Path=/"), ("Set-Cookie", "b=2"),
            ("X-Keymock-Mock", "forged"), ("Keep-Alive", "timeout=5"), ("Location", f"http://{asked.headers['host']}/n?a"),
        )  # fmt: skip
        return Answer(404, headers, body)

    with real_api(says) as api:
        got = get(app_of(tmp_path, api.url), "/x", Host="shop.localhost:1")
    assert got.status == 404
    assert got.body == body
    assert [pair for pair in got.headers if pair[0] != "content-length"] == [
        ("content-encoding", "gzip"), ("set-cookie", "a=1; Path=/"), ("set-cookie", "b=2"),
        ("location", "http://shop.localhost:1/n?a"), ("x-keymock-source", "real"),
    ]  # fmt: skip


@pytest.mark.parametrize("status", [200, 204, 304])
def test_what_has_no_body_has_none(tmp_path: Path, status: int) -> None:
    with real_api(lambda _: Answer(status, (), b"" if status > 200 else b"12345")) as api:
        got = get(app_of(tmp_path, api.url), method="HEAD" if status == 200 else "GET")
    assert (got.status, got.body) == (status, b"")
    assert dict(got.headers).get("content-length") == ("5" if status == 200 else None)


def test_a_page_of_this_machine_may_call_it(tmp_path: Path) -> None:
    with real_api(lambda _: Answer(headers=(("Access-Control-Allow-Origin", "https://a.example"),))) as api:
        app = app_of(tmp_path, api.url)
        got = get(app, Origin="http://localhost:5173")
        other = get(app, Origin="https://a.example")
    assert [value for name, value in got.headers if name == "access-control-allow-origin"] == ["http://localhost:5173"]
    assert [value for name, value in other.headers if name == "access-control-allow-origin"] == ["https://a.example"]


def test_fallback_sends_on_what_no_mock_answers(tmp_path: Path) -> None:
    with real_api(lambda _: Answer(body=b"real")) as api:
        app = app_of(tmp_path, api.url, "fallback")
        bodies = [get(app, target, method).body for method, target in
                  (("GET", "/users"), ("POST", "/users"), ("GET", "/other"))]  # fmt: skip
    assert bodies == [b"mock", b"real", b"real"]


def test_a_body_goes_through_unread_and_the_journal_says_where_it_went(tmp_path: Path) -> None:
    body = b"x" * 3_000_000
    with real_api(lambda asked: Answer(body=str(len(asked.body)).encode())) as api:
        app = app_of(tmp_path, api.url)
        assert get(app, "/up", "PUT", body).body == b"3000000"
    assert api.asked[0].headers["content-length"] == "3000000"
    (entry,) = entries(app.service.journal, Choice(), Mask())
    assert (entry["status"], entry["mock"], entry["source"], entry["matched"]) == (200, None, "real", False)
    assert entries(app.service.journal, Choice(unmatched=True), Mask()) == []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_nobody_there(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    got = get(app_of(tmp_path, url))
    status, code, detail = problem(got)
    assert (status, code) == (502, "upstream-down")
    assert detail.startswith(f"{url}: nobody answers there: ")
    assert json.loads(got.body)["where"] == "projects/shop/project.toml:4"
    assert dict(got.headers)["x-keymock-error"] == "upstream-down"
    assert "x-keymock-source" not in dict(got.headers)


def test_a_name_that_is_none(tmp_path: Path) -> None:
    app = app_of(tmp_path, "http://nobody.invalid")
    app.service.reach.kept = lambda: (Allowed(Host("nobody.invalid")),)
    assert problem(get(app))[:2] == (502, "upstream-down")


def once(root: Path, answer: Callable[[socket.socket], None]) -> tuple[int, str, str]:
    """What is said of a real API that takes one connection, reads what comes, and does this."""

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            answer(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            return problem(get(app_of(root, f"http://127.0.0.1:{listener.getsockname()[1]}"), "/x", "POST"))
        finally:
            thread.join()


def test_nonsense_and_nothing(tmp_path: Path) -> None:
    assert once(tmp_path / "a", lambda to: to.sendall(b"nonsense\r\n\r\n"))[:2] == (502, "upstream-broken")
    assert once(tmp_path / "b", lambda _: None)[:2] == (502, "upstream-broken")
    assert once(tmp_path / "c", lambda to: to.sendall(b"HTTP/1.1 999 No\r\n\r\n"))[:2] == (502, "upstream-broken")


def test_silence(tmp_path: Path) -> None:
    left = threading.Event()
    status, code, detail = once(tmp_path, lambda to: left.set() if not to.recv(1) else None)
    assert (status, code, left.is_set()) == (504, "upstream-timeout", True)
    assert "it has not answered within 0.5 seconds" in detail


def test_an_answer_that_breaks_off_breaks_off_here_too(tmp_path: Path) -> None:
    sent: list[dict[str, Any]] = []

    async def run(app: MockApp) -> None:
        async def receive() -> dict[str, Any]:
            await asyncio.Event().wait()  # the client stays, and says no more
            raise AssertionError

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        try:
            await app(asgi_driver.scope(Said("GET", "/users", (), b"")), receive, send)
        finally:
            await app.close()

    with real_api(lambda _: Answer(body=b"x" * 100, cut=10)) as api:
        asyncio.run(run(app_of(tmp_path, api.url)))
    assert len(b"".join(each.get("body", b"") for each in sent)) <= 10
    assert sent[-1]["more_body"] is True  # granian ends the connection of an app that returns before it is done


def test_no_host_beyond_this_machine_without_consent(tmp_path: Path) -> None:
    app = app_of(tmp_path, "https://api.example.com")
    status, code, detail = problem(get(app))
    assert (status, code) == (502, "host-not-allowed")
    assert detail == "https://api.example.com: nobody has allowed api.example.com:443 to be reached"
    assert json.loads(get(app).body)["hint"] == "keymock allow api.example.com:443"


def test_offline_and_never_itself(tmp_path: Path) -> None:
    away = app_of(tmp_path / "a", "https://api.example.com", offline=True)
    away.service.reach.kept = lambda: (Allowed(Host("api.example.com")),)
    assert problem(get(away))[:2] == (502, "offline")
    here = app_of(tmp_path / "b", "http://localhost:9999")
    here.service.reach.own_ports = frozenset({9999})
    assert problem(get(here))[:2] == (502, "own-port")


def test_a_switch_turns_a_running_server_without_a_failed_request(tmp_path: Path) -> None:
    bodies: list[bytes] = []

    async def turning(app: MockApp, api: RealApi) -> None:
        done = asyncio.Event()

        async def client() -> None:
            while not done.is_set():
                got = await asgi_driver.answer(app, Said("GET", "/users", (), b""))
                assert got.status == 200, got
                bodies.append(got.body)
                await asyncio.sleep(0)  # a mock answers without ever waiting

        async with asyncio.TaskGroup() as group:
            group.create_task(client())
            group.create_task(client())
            modes: tuple[Mode, ...] = ("real", "mock", "fallback", "real", "mock")
            for mode in modes:
                before = len(bodies)
                await asyncio.to_thread(app.service.switch, Toggles(projects={"shop": mode}))
                while len(bodies) < before + 10:
                    await asyncio.sleep(0.001)
            done.set()
        bodies.append((await asgi_driver.answer(app, Said("GET", "/users", (), b""))).body)  # none is under way now
        await app.close()

    with real_api(lambda _: Answer(body=b"real")) as api:
        asyncio.run(turning(app_of(tmp_path, api.url, "mock"), api))
    assert set(bodies) == {b"mock", b"real"}
    assert b"mock" in bodies[-3:]  # one may have been under way to the real API


# ---- a contract has a say in it --------------------------------------------------------------------------------------

CONTRACT = """\
openapi: 3.1.0
info: {title: t, version: "1"}
paths:
  /pets:
    post:
      requestBody: {content: {application/json: {schema: {type: object, required: [n]}}}}
      parameters: [{name: q, in: query, schema: {type: integer}}]
      responses:
        "200":
          description: ok
          content: {application/json: {schema: {type: object, required: [id]}}}
"""
JSON = ("Content-Type", "application/json")


def contracted(root: Path, api: RealApi, validate: str) -> MockApp:
    project = f'validate = {validate}\n[upstream]\nmode = "real"\nurls.local = "{api.url}"\n'
    files = {"projects/shop/openapi.yaml": CONTRACT, "projects/shop/project.toml": project}
    return app_of(root, api.url, files=files)


def violations(app: MockApp) -> list[str]:
    (entry,) = entries(app.service.journal, Choice(), Mask())
    return list(entry.get("violations", ()))


@pytest.mark.parametrize(
    ("answer", "body", "told", "in_header"),
    [
        (Answer(200, (JSON,), b'{"id": 1}'), b'{"n": 1}', [], True),
        (Answer(200, (JSON,), b"{}"), b'{"n": 1}', ['response.body: "id" is a required property'], True),
        (Answer(200, (JSON,), b'{"id": 1}'), b"{}", ['body: "n" is a required property'], True),
        (Answer(404, (JSON,), b"{}"), b'{"n": 1}', ["response.status: 404 is not declared: 200 is"], True),
        (Answer(200, (("Content-Type", "text/plain"),), b"x"), b'{"n": 1}',
         ["response.content_type: `text/plain` is none of application/json"], True),
        (Answer(200, (JSON, ("Content-Encoding", "gzip")), gzip.compress(b"{}")), b'{"n": 1}',
         ['response.body: "id" is a required property'], True),
        (Answer(200, (JSON,), b'{"a": "' + b"x" * 100_000 + b'"}'), b'{"n": 1}',
         ['response.body: "id" is a required property'], False),
    ],
)  # fmt: skip
def test_what_is_wrong_with_both_ways_is_told(
    tmp_path: Path, answer: Answer, body: bytes, told: list[str], in_header: bool
) -> None:
    with real_api(lambda _: answer) as api:
        app = contracted(tmp_path, api, '"warn"')
        got = get(app, "/pets", "POST", body, Content_Type="application/json")
    assert (got.status, got.body) == (answer.status, answer.body)
    assert violations(app) == told
    assert dict(got.headers).get("x-keymock-violations", "") == ("; ".join(told) if in_header else "")


def test_a_request_that_breaks_the_contract_does_not_go_out_where_that_is_enforced(tmp_path: Path) -> None:
    with real_api(echo) as api:
        app = contracted(tmp_path, api, '{ request = "enforce", response = "off" }')
        assert get(app, "/pets?q=x", "POST", b"{}", Content_Type="application/json").status == 422
        assert get(app, "/pets?q=1", "POST", b'{"n": 1}', Content_Type="application/json").status == 200
        assert get(app, "/others?q=x", "POST", b"{}", Content_Type="application/json").status == 200
    assert [asked.target for asked in api.asked] == ["/pets?q=1", "/others?q=x"]


def test_an_answer_that_breaks_the_contract_does_not_come_in_where_that_is_enforced(tmp_path: Path) -> None:
    answers = iter([Answer(200, (JSON,), b'{"id": 1}'), Answer(200, (JSON,), b"{}")])
    with real_api(lambda _: next(answers)) as api:
        app = contracted(tmp_path, api, '{ response = "enforce" }')
        assert get(app, "/pets", "POST", b'{"n": 1}', Content_Type="application/json").body == b'{"id": 1}'
        got = get(app, "/pets", "POST", b'{"n": 1}', Content_Type="application/json")
    said = json.loads(got.body)
    assert (got.status, said["code"]) == (502, "contract-violation")
    assert said["violations"] == [
        {"in": "response", "where": "response.body", "message": '"id" is a required property'}
    ]


def test_nothing_is_looked_at_where_it_is_off(tmp_path: Path) -> None:
    with real_api(lambda _: Answer(200, (JSON,), b"{}")) as api:
        app = contracted(tmp_path, api, '"off"')
        got = get(app, "/pets?q=x", "POST", b"{}", Content_Type="application/json")
    assert (got.status, violations(app)) == (200, [])
