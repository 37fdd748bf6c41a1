"""Answers kept as examples of their request."""

from __future__ import annotations

from prompt import Shell
from requests_of_a_shop import requests

__all__ = ["requests"]


def test_an_answer_is_kept_beside_its_request(requests: Shell) -> None:
    before = (requests.folder / "projects/shop/requests/users/get.toml").read_text()
    done = requests("request", "send", "users/get", "--save-example", "ok")
    assert "wrote  projects/shop/requests/users/get.toml\n       projects/shop/requests/users/get.ok.json" in done.err
    text = (requests.folder / "projects/shop/requests/users/get.toml").read_text()
    assert text == f'{before}\n[[examples]]\nname = "ok"\nstatus = 200\nbody_file = "get.ok.json"\n'
    assert (requests.folder / "projects/shop/requests/users/get.ok.json").read_text() == '{\n  "id": 7\n}\n'
    assert requests("request", "ls", "--json").json[1]["examples"] == ["ok"]


def test_no_example_is_overwritten_and_nothing_is_sent_then(requests: Shell) -> None:
    assert requests("request", "send", "users/get", "--save-example", "ok").code == 0
    done = requests("request", "send", "users/get", "--save-example", "ok")
    assert (done.code, done.out, "[exists]" in done.err) == (2, "", True)


def test_a_name_that_no_file_could_have(requests: Shell) -> None:
    assert "cannot name an example" in requests("request", "send", "users/get", "--save-example", "../x").err


def test_the_secret_of_the_request_is_not_kept(requests: Shell) -> None:
    assert requests("request", "send", "auth/login", "--save-example", "ok").code == 0
    text = (requests.folder / "projects/shop/requests/auth/login.toml").read_text()
    assert 'headers.x-echo = "redacted"' in text
    body = (requests.folder / "projects/shop/requests/auth/login.ok.json").read_text()
    assert "redacted-password" in body


def test_who_may_not_change_keeps_nothing(requests: Shell) -> None:
    requests.put("ROLES", "* admin:ops@example.com\n/projects/shop/ user:ada@example.com\n")
    assert requests("request", "send", "users/get", "--save-example", "ok").code == 1
    assert not (requests.folder / "projects/shop/requests/users/get.ok.json").exists()
