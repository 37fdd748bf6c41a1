"""`keymock new --from request:ID`: a mock of a saved request and its example."""

from __future__ import annotations

from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from prompt import Shell
from receiver import Answer, receiving
from requests_of_a_shop import CANARY, every_file, requests

from keymock.testing import serve

__all__ = ["requests"]

USER = """\
name = "Get a user"
url = "{{ base_url }}/accounts/{{ account.id }}/users/7?expand=all"

[[examples]]
name = "not-found"
status = 404
json = { error = "none" }

[[examples]]
name = "ok"
headers = { Date = "today", X-Total = "1", Set-Cookie = "session=abc; Path=/" }
body_file = "user.ok.json"
"""


@pytest.fixture
def saved(requests: Shell) -> Shell:
    requests.put("projects/shop/requests/users/user.toml", USER)
    requests.put("projects/shop/requests/users/user.ok.json", '{"id": 7, "api_key": "k-1", "t": "{{ x }}"}\n')
    return requests


def test_the_example_that_is_named_becomes_the_answer(saved: Shell) -> None:
    told = saved("new", "--from", "request:users/user", "--example", "ok", "--json").json
    assert told["mock"] == "projects/shop/mocks/users/user"
    body, mock = told["files"]
    assert (saved.folder / mock).read_text() == (
        'name = "Get a user"\n\n[request]\nmethod = "GET"\npath = "/accounts/:id/users/:id2"\n\n'
        '[response]\nstatus = 200\nheaders.X-Total = "1"\nheaders.Set-Cookie = "session=redacted-session; Path=/"\n'
    )  # fmt: skip
    assert (saved.folder / body).read_text() == '{\n  "id": 7,\n  "api_key": "redacted-api-key",\n  "t": "{{ x }}"\n}\n'


def test_several_examples_become_answers_by_their_names(saved: Shell) -> None:
    busy = '\n[[examples]]\nname = "too busy"\nstatus = 503\nheaders.Retry-After = "9"\nbody_file = "busy.html"\n'
    late = busy.replace("503", "504").replace("too busy", "Too-busy")
    saved.put("projects/shop/requests/users/user.toml", USER + busy + late)
    saved.put("projects/shop/requests/users/busy.html", "<p>{{ x }}</p>")
    told = saved("new", "--from", "request:users/user", "--json").json
    *bodies, mock = told["files"]
    assert [body.rpartition("/")[2] for body in bodies] == [
        "user.ok.body.json", "user.too-busy.body.html", "user.too-busy-2.body.html",
    ]  # fmt: skip
    text = (saved.folder / mock).read_text()
    assert text.startswith(
        'name = "Get a user"\n\n[request]\nmethod = "GET"\npath = "/accounts/:id/users/:id2"\n\n'
        '[[responses]]\nname = "ok"\nstatus = 200\nheaders.X-Total = "1"\n'
    )
    assert 'name = "not-found"\nstatus = 404\njson = { error = "none" }\n' in text
    with serve(saved.folder) as server:
        for prefer, status, body in (
            ("", 200, b'"t": "{{ x }}"'), ("example=ok", 200, b"redacted-api-key"), ("code=404", 404, b"none"),
            ("example=not-found", 404, b"none"), ('example="too busy"', 503, b"<p>{{ x }}</p>"),
            ("code=504", 504, b"<p>"),
        ):  # fmt: skip
            request = Request(f"{server.url}/accounts/1/users/7", headers={"Prefer": prefer} if prefer else {})  # noqa: S310  (ours)
            try:
                with urlopen(request) as answer:  # noqa: S310  (ours)
                    found = answer.status, answer.read(), answer.headers
            except HTTPError as fault:
                found = fault.code, fault.read(), fault.headers
            assert (found[0], body in found[1]) == (status, True), prefer
            assert found[2].get("retry-after") == ("9" if status > 500 else None)


def test_another_example_another_name_another_scope(saved: Shell) -> None:
    line = ("new", "--from", "request:users/user", "--example", "not-found", "--name", "none", "--scope", "workspace")
    assert saved(*line, "--json").json["mock"] == "workspace/mocks/none"
    text = (saved.folder / "workspace/mocks/none.toml").read_text()
    assert "status = 404" in text
    assert 'error = "none"' in text


def test_a_name_that_is_taken_gets_a_number(saved: Shell) -> None:
    line = ("new", "--from", "request:users/user", "--json")
    assert [saved(*line).json["mock"].rpartition("/")[2] for _ in range(3)] == ["user", "user-2", "user-3"]


def test_the_base_path_of_the_project_is_not_said_twice(saved: Shell) -> None:
    saved.put("projects/shop/project.toml", 'base_path = "/accounts"\n')
    told = saved("new", "--from", "request:users/user", "--json").json
    assert 'path = "/:id/users/:id2"' in (saved.folder / told["files"][-1]).read_text()
    assert "/accounts/1/users/1" in told["curl"]


def test_from_a_real_answer_to_a_mock_that_gives_the_same(requests: Shell) -> None:
    real = Answer(201, (("Content-Type", "application/json"), ("X-Request-Id", "r-1")),
                  f'{{"id": 7, "seen": "{CANARY}", "access_token": "t-9"}}'.encode())  # fmt: skip
    with receiving(real) as server:
        line = ("request", "send", "auth/login", "--save-example", "ok", "--var", f"base_url={server.url}", "--json")
        files = requests(*line).json["files"]
    assert files == ["projects/shop/requests/auth/login.ok.json", "projects/shop/requests/auth/login.toml"]
    assert CANARY.encode() not in every_file(requests.folder)
    for mock in requests.folder.glob("projects/shop/mocks/*.toml"):
        mock.unlink()
    assert requests("new", "--from", "request:auth/login").code == 0
    came = requests("request", "send", "auth/login", "--json").json["response"]
    assert (came["status"], came["json"]) == (
        201,
        {"id": 7, "seen": "redacted", "access_token": "redacted-access-token"},
    )
    assert requests("check").code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--from", "request:users/usr"), "did you mean `users/user`?"),
        (("--from", "reqest:users/user"), "did you mean `request`?"),
        (("--from", "users/user"), "--from request:NAME"),
        (("--from", "request:users/user", "--example", "okay"), "did you mean `ok`?"),
        (("--from", "request:auth/login"), "--save-example ok"),
        (("--from", "request:users/user", "--status", "200"), "--status has no place"),
        (("GET", "/x", "--from", "request:users/user"), "`GET` has no place"),
        (("GET", "/x", "--example", "ok"), "--example belongs to --from"),
    ],
)
def test_slips_are_told(saved: Shell, words: tuple[str, ...], told: str) -> None:
    done = saved("new", *words)
    assert (done.code, told in done.err) == (2, True), done.err


def test_an_operation_of_a_contract_becomes_a_mock(shell: Shell) -> None:
    from contracted_shop import OPENAPI
    from tree_answers import plant

    plant(shell.folder, {"keymock.toml": "", "projects/shop/openapi.yaml": OPENAPI})
    done = shell("new", "--from", "operation:shop#getUser", "--example", "bob", "--json")
    assert done.code == 0, done.err
    text = (shell.folder / "projects/shop/mocks/get-user.toml").read_text(encoding="utf-8")
    assert 'path = "/users/{id}"' in text
    assert 'name = "Bob"' in text
    assert "did you mean `getUser`?" in shell("new", "--from", "operation:getUsr").err
    assert "did you mean `bob`?" in shell("new", "--from", "operation:getUser", "--example", "bobb").err
