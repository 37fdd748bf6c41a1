"""`keymock new`: writes a mock, and says how to reach it."""

from __future__ import annotations

import io
import os
import pty
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from prompt import HERE, Shell

from keymock.asgi import create_app
from keymock.engine import answer
from keymock.exchange import Reply, Request


@pytest.fixture
def empty(shell: Shell) -> Shell:
    shell.put("keymock.toml", "")
    return shell


def replied(shell: Shell, curl: str) -> tuple[int, bytes]:
    """What the workspace answers to a printed curl line."""
    words = shlex.split(curl)
    method, headers, body, url = "", {}, "", ""
    rest = iter(words[1:])
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(rest)
        elif word != "-i":
            url = word
    app = create_app(shell.folder, actor=shell.environ["KEYMOCK_USER"])
    reply = answer(Request.of(method or ("POST" if body else "GET"), url, headers, body), app.service.world)
    assert isinstance(reply, Reply)
    return reply.status, reply.body


def curl_of(out: str) -> str:
    return next(line.removeprefix("try    ") for line in out.splitlines() if line.startswith("try"))


def test_a_mock_in_one_line(empty: Shell) -> None:
    done = empty("new", "GET", "/users/:id", "200", '{"id": 1}')
    assert (done.code, done.err) == (0, "")
    assert done.out == ("wrote  workspace/mocks/users/get-by-id.toml\ntry    curl -i http://127.0.0.1:8787/users/1\n")
    assert replied(empty, curl_of(done.out)) == (200, b'{"id":1}')


@pytest.mark.parametrize(
    ("line", "status", "body"),
    [
        (("/health",), 200, b""),
        (("get", "/hello", "Hello"), 200, b"Hello"),
        (("POST", "/orders", "201", '{"id": null}'), 201, b'{\n  "id": null\n}\n'),
        (("--method", "PUT", "--route", "/a/:b<int>", "--status", "204"), 204, b""),
        (("GET", "/n", "--json-body", "42"), 200, b"42"),
        (("GET,POST", "/both", "ok"), 200, b"ok"),
        (("*", "/any/*rest", "ok"), 200, b"ok"),
        (("GET", "http://localhost:3000/users?expand=profile&expand=all", "ok"), 200, b"ok"),
        (("GET", "/a b/ü", "ok"), 200, b"ok"),
        (("GET", "/opt/?", "ok"), 200, b"ok"),
        (("GET", "/re/:code<re:[A-Z]{3}>", "ok"), 200, b"ok"),
    ],
)
def test_the_curl_line_really_works(empty: Shell, line: tuple[str, ...], status: int, body: bytes) -> None:
    done = empty("new", *line)
    assert done.code == 0, done.err
    assert done.err == ""
    assert replied(empty, curl_of(done.out)) == (status, body)


def test_headers(empty: Shell) -> None:
    empty("new", "POST", "/login", "--header", "Set-Cookie: a=1", "--header", "set-cookie: b=2", "--header", "X-A: 1")
    text = (empty.folder / "workspace/mocks/login/post.toml").read_text()
    assert 'headers.Set-Cookie = ["a=1", "b=2"]' in text
    assert 'headers.X-A = "1"' in text


def test_a_body_from_a_file_and_from_standard_input(empty: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    empty.put("sub/logo.png", b"\x89PNG\0\1")
    done = empty("new", "GET", "/logo", "200", "@logo.png", at=empty.folder / "sub")
    assert done.out.splitlines()[:2] == [
        "wrote  ../workspace/mocks/logo/get.toml",
        "       ../workspace/mocks/logo/get.body.png",
    ]
    assert replied(empty, curl_of(done.out)) == (200, b"\x89PNG\0\1")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{{ not a template }}")))
    done = empty("new", "GET", "/piped", "200", "-")
    assert done.code == 0, done.err
    assert (empty.folder / "workspace/mocks/piped/get.body.txt").read_bytes() == b"{{ not a template }}"


def test_names_and_titles(empty: Shell) -> None:
    empty("new", "/users/:id", "--name", "Get a user")
    assert (empty.folder / "workspace/mocks/get-a-user.toml").read_text().startswith('name = "Get a user"\n')
    empty("new", "/users", "--name", "users/list")
    assert "name =" not in (empty.folder / "workspace/mocks/users/list.toml").read_text()


def test_nothing_is_overwritten(empty: Shell) -> None:
    empty("new", "/a", "200", "first", "--name", "a")
    before = (empty.folder / "workspace/mocks/a.toml").read_text()
    done = empty("new", "/b", "--name", "a")
    assert done.code == 2
    assert "workspace/mocks/a.toml is there already, and nothing is overwritten" in done.err
    empty.put("workspace/mocks/c.body.bin", b"")
    empty.put("x.bin", b"1")
    assert empty("new", "/c", "@x.bin", "--name", "c").code == 2
    assert not (empty.folder / "workspace/mocks/c.toml").exists()
    assert (empty.folder / "workspace/mocks/a.toml").read_text() == before


def test_a_second_mock_of_a_route_is_written_beside_and_says_so(empty: Shell) -> None:
    empty("new", "/a", "200")
    done = empty("new", "/a", "404")
    assert done.out.startswith("wrote  workspace/mocks/a/get-404.toml\n")
    assert "note   workspace/mocks/a/get goes before it; a condition more, or `priority = 1`, decides" in done.err


def test_a_mock_that_goes_before_another_says_whose_answer_it_takes(empty: Shell) -> None:
    empty("new", "/users/:id", "200", "any", "--scope", "workspace")
    empty("new", "/shops", "--scope", "project:shop")
    done = empty("new", "/users/:id", "404")
    assert done.out.startswith("wrote  projects/shop/mocks/users/get-by-id.toml\n")
    assert done.err == "note   workspace/mocks/users/get-by-id answered this until now\n"
    assert "note" not in empty("new", "/other", "404").err


def test_a_body_that_was_meant_as_json_says_where_it_is_none(empty: Shell) -> None:
    done = empty("new", "/a", "200", '{"n": {{ call }}, "m": 1')
    assert done.code == 0
    assert "note   the body begins as JSON and is none (expecting ',' delimiter, line 1, column 25)" in done.err
    for body in ('{"n": {{ call }}}', "[]", "{{ call }}", "text"):
        assert empty("new", "/a", "200", body).err.count("JSON") == 0


def test_what_cannot_be_written_is_not_there(empty: Shell) -> None:
    done = empty("new", "/a/:id", "200", '{"id": "{{ params.id }}"}')
    assert done.err.startswith("nothing is written: this is what the file would be\nworkspace/mocks/a/get-by-id.toml:")
    assert "write `request.params`" in done.err
    assert not (empty.folder / "workspace").exists()


def test_json_is_that_of_the_interface(empty: Shell) -> None:
    found = empty("new", "GET", "/logo", "@" + str(empty.put("x.svg", "<svg/>")), "--json").json
    assert found["mock"] == "workspace/mocks/logo/get"
    assert sorted(found["files"]) == ["workspace/mocks/logo/get.body.svg", "workspace/mocks/logo/get.toml"]


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        (("GET",), "PATH is missing after `GET`", "keymock new GET /users"),
        ((), "PATH is missing", "keymock new GET /users/:id"),
        (("GTE", "/a"), "`GTE` is no usual method", "did you mean `GET`?"),
        (("TRACE", "/a"), "TRACE is never answered by a mock", ""),
        (("GET", "/a", "99"), "`99` is no status of an answer", "200 to 599"),
        (("GET", "/a", "200", "two", "words"), "`words` is one word too many", "quotes"),
        (("GET", "/a/:", "200"), "`/a/:`", ""),
        (("GET", "/a", "--header", "nothing"), "`nothing` is no header", "`Location: /orders/1`"),
        (("GET", "/a", "--header", "Content-Length: 3"), "frames the message", ""),
        (("GET", "/a", "@missing.json"), "cannot be read", ""),
        (("GET", "/a", "--json-body", "{a}"), "is not JSON", "quotes"),
        (("GET", "/a", "x", "--body", "y"), "body is given twice", ""),
        (("GET", "/a", "--body", "x", "--json-body", "1"), "both --body and --json-body", ""),
        (("GET", "/a", "--scope", "worksapce"), "`worksapce` is no scope", "did you mean `workspace`?"),
        (("GET", "/a", "--scope", "project:No"), "cannot name a project", "small letters"),
    ],
)
def test_what_makes_no_sense_is_said(empty: Shell, line: tuple[str, ...], message: str, hint: str) -> None:
    done = empty("new", *line)
    assert done.code == 2
    assert message in done.err
    assert hint in done.err
    assert not (empty.folder / "workspace").exists()


# ---- scope -------------------------------------------------------------------------------------------------------


def files(done_json: object) -> list[str]:
    assert isinstance(done_json, dict)
    return [str(file) for file in done_json["files"]]


def test_the_scope_is_that_of_the_folder_else_the_only_project_else_the_workspace(shop: Shell) -> None:
    here = shop.folder / "projects/shop/mocks"
    assert files(shop("new", "/a", "--json", at=here).json) == ["projects/shop/mocks/a/get.toml"]
    assert files(shop("new", "/b", "--json").json) == ["projects/shop/mocks/b/get.toml"]
    shop.put("projects/other/mocks/x.toml", '[request]\npath = "/x"\n')
    shop.put("ROLES", "* admin:ada@example.com\n")
    assert files(shop("new", "/c", "--json").json) == ["workspace/mocks/c/get.toml"]
    assert files(shop("new", "/d", "--json", at=shop.folder / "private/ada@example.com").json) == [
        "private/ada@example.com/mocks/d/get.toml"
    ]


def test_a_scope_by_name(shop: Shell) -> None:
    assert files(shop("new", "/a", "--json", "--scope", "private").json) == ["private/ada@example.com/mocks/a/get.toml"]
    assert files(shop("new", "/a", "--json", "--scope", "workspace").json) == ["workspace/mocks/a/get.toml"]
    done = shop("new", "/a", "--scope", "project:shpo")
    assert (done.code, "did you mean `shop`?" in done.err) == (2, True)
    assert shop("new", "/a", "--scope", "private", KEYMOCK_USER="").code == 2


def test_a_new_project_begins_with_its_first_mock(empty: Shell) -> None:
    done = empty("new", "/pay", "--scope", "project:payments", "--json")
    assert files(done.json) == ["projects/payments/mocks/pay/get.toml"]


def test_the_address_is_one_that_reaches_the_project(shop: Shell) -> None:
    done = shop("new", "/orders/:id", "200", "ok", "--scope", "project:shop")
    assert curl_of(done.out) == "curl -i http://127.0.0.1:8787/shop/api/orders/1"
    assert replied(shop, curl_of(done.out)) == (200, b"ok")


@pytest.mark.parametrize("user", ["vic@example.com", "una@example.com", "stranger@example.com"])
def test_who_may_not_write_there_writes_nothing(shop: Shell, user: str) -> None:
    done = shop("new", "/a", "@" + str(shop.put("x.bin", b"1")), "--scope", "project:shop", "--as", user)
    assert done.code == 1
    assert "[forbidden]" in done.err
    assert not list((shop.folder / "projects/shop/mocks").glob("a*"))


# ---- the wizard --------------------------------------------------------------------------------------------------


def test_the_wizard_asks(tmp_path: Path) -> None:
    (tmp_path / "keymock.toml").touch()
    here, there = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "keymock", "new"], cwd=tmp_path, stdin=there, stdout=there, stderr=there,
        env={"PATH": os.environ["PATH"], "KEYMOCK_USER": "ada@example.com", "PYTHONPATH": HERE,
             "XDG_STATE_HOME": str(tmp_path / "state")},
    ) as process:  # fmt: skip
        os.close(there)
        for question, reply in (
            (b"Method [GET]: ", b"gte\n"),
            (b"Method [GET]: ", b"\n"),
            (b"Path, like /users/:id: ", b"users\n"),
            (b"Path, like /users/:id: ", b"/users/:id\n"),
            (b"Name [users/get-by-id]: ", b"users/one\n"),
            (b"Status [200]: ", b"\n"),
            (b"Header, like Cache-Control: no-store (Enter: no more): ", b"nonsense\n"),
            (b"Header, like Cache-Control: no-store (Enter: no more): ", b"X-A: 1\n"),
            (b"Header, like Cache-Control: no-store (Enter: no more): ", b"\n"),
            (b"Body (text, JSON, or @FILE): ", b'{"id": 1}\n'),
            (b"Scope (workspace, private) [workspace]: ", b"private\n"),
        ):
            shown = b""
            while not shown.endswith(question):
                shown += os.read(here, 1024)
            os.write(here, reply)
        shown = b""
        while b"first  keymock up" not in shown:
            shown += os.read(here, 1024)
        assert process.wait(20) == 0
    os.close(here)
    written = tmp_path / "private/ada@example.com/mocks/users/one.toml"
    assert "json = { id = 1 }" in written.read_text()
    assert 'headers.X-A = "1"' in written.read_text()
