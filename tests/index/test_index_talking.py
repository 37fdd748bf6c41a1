"""What a WebSocket cannot say, each told where it is written; and what it answers to plain HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest
from tree_answers import ask, load, plant, world

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
