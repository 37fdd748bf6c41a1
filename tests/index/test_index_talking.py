"""What a WebSocket cannot say, each told where it is written; and what it answers to plain HTTP."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from tree_answers import ask, load, plant, world

from keymock.engine import Refusal, answer
from keymock.exchange import Reply, Request
from keymock.state import Session

MOCK = "workspace/mocks/m.toml"


def plain(tmp_path: Path, websocket: str, request: str = "", more: str = "") -> Path:
    text = f'[request]\npath = "/a/:id"\n{request}\n[websocket]\n{websocket}\n{more}'
    return plant(tmp_path, {MOCK: text})


@pytest.mark.parametrize(
    ("websocket", "problem"),
    [
        ('on_connect = ["a", "b {{ m }}"]', "5:26 unknown-name: unknown name `m`"),
        ('on_connect = ["{{ message }}"]', "5:19 unknown-name: unknown name `message`"),
        ('on_message = [{ send = { json = { a = "{{ request.params.x }}" } } }]', "5:58 unknown-name: the path has no"),
        ('on_connect = [{ binary = "no base64!" }]', "5:26 bad-message: `binary` is not base64"),
        ("on_connect = [{ close = 1006 }]", "5:25 bad-message: 1006 is no code to close with"),
        ("on_connect = [{ close = 2000 }]", "5:25 bad-message: 2000 is no code to close with"),
        ("on_connect = [{ close = 999 }]", "5:25 bad-value: "),
        (f'on_connect = [{{ close = 4000, reason = "{"a" * 124}" }}]', "5:40 bad-message: a reason has 123 bytes"),
        ('on_connect = [{ text = "a", json = 1 }]', "5:15 bad-value: a message is one of"),
        ('on_message = [{ reason = "a" }]', "5:17 bad-message: `reason` says why"),
        ('on_message = [{ when = { regex = "(" }, send = "a" }]', "5:26 invalid-regex: "),
        ('on_message = [{ when = { text = { regex = "(" } }, send = "a" }]', "5:35 invalid-regex: "),
        ('on_message = [{ when = { jsonpath."$[" = 1 }, send = "a" }]', "5:35 invalid-jsonpath: "),
        ('on_message = [{ when = { contains = "a", text = "b" }, send = "a" }]', "5:42 bad-message: `text` beside"),
        ('on_message = [{ when = { contians = "a" }, send = "a" }]', "5:26 unknown-key: "),
        ('every = [{ send = "a" }]', "5:10 missing-key: "),
        ('every = [{ interval = "1 s", send = "a" }]', "5:23 bad-value: "),
    ],
)
def test_what_is_wrong_with_a_websocket(websocket: str, problem: str, tmp_path: Path) -> None:
    (found,) = load(plain(tmp_path, websocket)).problems
    assert f"{found.line}:{found.column} {found.code}: {found.message}".startswith(problem)
    assert found.path == MOCK


def test_a_websocket_is_asked_for_by_get(tmp_path: Path) -> None:
    (found,) = load(plain(tmp_path, "", 'method = "POST"')).problems
    assert (found.code, found.line) == ("bad-method", 3)


def test_plain_http_is_told_to_upgrade(tmp_path: Path) -> None:
    reply = ask(world(load(plain(tmp_path, 'on_connect = "hi"'))), "/a/1")
    assert reply.status == 426
    assert (b"upgrade", b"websocket") in reply.headers
    assert b"ws://" in reply.body


def test_plain_http_gets_the_response_if_there_is_one(tmp_path: Path) -> None:
    reply = ask(world(load(plain(tmp_path, 'on_connect = "hi"', more='[response]\nbody = "page"'))), "/a/1")
    assert (reply.status, reply.body) == (200, b"page")


GUARDED = """
[scenario]
name = "door"
sets = "open"

[guard]
auth.bearer = "t"

[[responses]]
when.query.room = "full"
status = 409
"""


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [("", {}, 401), ("?room=full", {"Authorization": "Bearer t"}, 409), ("", {"Authorization": "Bearer t"}, 101)],
)
def test_guards_and_conditions_answer_in_the_place_of_a_talk(
    query: str, headers: dict[str, str], status: int, tmp_path: Path
) -> None:
    asked = Request.of("GET", f"/a/1{query}", headers)
    asked.upgrade, asked.session = True, Session("s", 7)
    reply = answer(asked, world(load(plain(tmp_path, 'on_connect = "hi"', more=GUARDED + "[[responses]]\n"))))
    assert isinstance(reply, Reply)
    assert (reply.status, reply.talk is not None) == (status, status == 101)
    assert asked.session.scenario("workspace", "door") == ("Started" if status == 401 else "open")


LIMITED = """
[scenario]
name = "door"
sets = "open"

[response]
rate_limit = { requests = 1, per = "1m" }
delay = "{{ request.query.ms | int }}ms"
capture = { room = "{{ request.params.id }}" }
"""


def test_what_a_response_says_of_limits_waits_and_memory_holds_for_the_handshake(tmp_path: Path) -> None:
    served, session = world(load(plain(tmp_path, 'on_connect = "{{ state.room }}"', more=LIMITED))), Session("s", 7)

    def connect(query: str) -> Reply:
        asked = Request.of("GET", f"/a/1{query}")
        asked.upgrade, asked.session = True, session
        reply = answer(asked, served)
        assert isinstance(reply, Reply)
        return reply

    first = connect("?ms=20")
    assert (first.status, first.delay, session.scenario("workspace", "door")) == (101, 0.02, "open")
    assert first.talk is not None
    assert [frame.data for frame in first.talk.opened(0.0)] == ["1"]
    second = connect("?ms=20")
    assert (second.status, second.talk, second.mock) == (429, None, "workspace/mocks/m")


def test_a_template_that_fails_at_the_handshake_is_a_500_and_moves_nothing(tmp_path: Path) -> None:
    asked = Request.of("GET", "/a/1")
    asked.upgrade, asked.session = True, Session("s", 7)
    more = LIMITED.replace("requests = 1", "requests = 2")
    reply = answer(asked, world(load(plain(tmp_path, 'on_connect = "hi"', more=more))))
    assert isinstance(reply, Reply)
    assert (reply.status, reply.error, reply.talk) == (500, "template-failed", None)
    assert asked.session.scenario("workspace", "door") == "Started"


def test_who_may_not_use_a_mock_gets_403_before_any_talk(tmp_path: Path) -> None:
    here = world(load(plain(tmp_path, 'on_connect = "hi"')))
    asked = Request.of("GET", "/a/1")
    asked.upgrade = True
    refused = msgspec.structs.replace(here, refused={"workspace/mocks/m": Refusal("you may only look")})
    reply = answer(asked, refused)
    assert isinstance(reply, Reply)
    assert (reply.status, reply.talk) == (403, None)
