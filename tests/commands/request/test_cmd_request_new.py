"""`keymock request new`."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from prompt import Shell
from requests_of_a_shop import requests

__all__ = ["requests"]


def written(shell: Shell, *words: str) -> tuple[str, str]:
    """The file that was written, and its text."""
    (file,) = shell("request", "new", "--json", *words).json["files"]
    return file, (shell.folder / file).read_text()


def test_method_and_address(requests: Shell) -> None:
    assert written(requests, "GET", "http://127.0.0.1:3000/health?deep=1") == (
        "projects/shop/requests/health/get.toml",
        'method = "GET"\nurl = "http://127.0.0.1:3000/health"\n\n[query]\ndeep = "1"\n',
    )


def test_what_begins_as_the_environment_says_is_saved_so_and_ids_are_parameters(requests: Shell) -> None:
    assert written(requests, "http://shop.localhost:8787/users/7/orders/12") == (
        "projects/shop/requests/users/get-by-user_id-orders-by-order_id.toml",
        'method = "GET"\nurl = "{{ base_url }}/users/:user_id/orders/:order_id"\n\n'
        '[params]\nuser_id = "7"\norder_id = "12"\n',
    )


def test_a_body_makes_it_a_post(requests: Shell) -> None:
    _, text = written(requests, "{{ base_url }}/orders", '{"a": 1}', "--header", "X-A: b", "--name", "Place an order")
    assert text == (
        'name = "Place an order"\nmethod = "POST"\nurl = "{{ base_url }}/orders"\n\n[headers]\nX-A = "b"\n\n'
        "[json]\na = 1\n"
    )


@pytest.mark.parametrize("words", [("--", "curl", "-X", "PUT", "http://a/b"), ("curl -X PUT http://a/b",)])
def test_a_curl_command_line(requests: Shell, words: tuple[str, ...]) -> None:
    file, text = written(requests, *words)
    assert file == "projects/shop/requests/b/put.toml"
    assert text == 'method = "PUT"\nurl = "http://a/b"\nredirects = false\n'


def test_a_curl_command_line_from_the_clipboard(requests: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("curl 'http://a/c' \\\n  -H 'X-A: 1'\n"))
    assert "X-A" in written(requests, "-")[1]


def test_what_was_written_can_be_sent(requests: Shell) -> None:
    done = requests("request", "new", "GET", "http://shop.localhost:8787/users/7", "--name", "one")
    assert done.out == "wrote  projects/shop/requests/one.toml\n"
    assert done.err == "send   keymock request send one\n"
    assert requests("request", "send", "one", "-q").out == '{\n  "id": 7\n}\n'


def test_nothing_is_overwritten(requests: Shell) -> None:
    assert requests("request", "new", "GET", "http://a/", "--name", "users/get").code == 2
    assert "[exists]" in requests("request", "new", "GET", "http://a/", "--name", "users/get").err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "URL is missing"),
        (("GTE", "http://a/"), "did you mean `get`?"),
        (("GET", "http://a/", "x", "y"), "`y` is one word too many"),
        (("GET", "http://a/", "--header", "X"), "`X` is no header"),
        (("curl --hedaer x http://a",), "did you mean `--header`?"),
        (("GET", "http://a/", "--scope", "shop"), "did you mean `project:shop`?"),
    ],
)
def test_slips_are_told(requests: Shell, words: tuple[str, ...], told: str) -> None:
    done = requests("request", "new", *words)
    assert (done.code, told in done.err) == (2, True), done.err


def test_who_may_not_write_does_not(requests: Shell) -> None:
    requests.put("ROLES", "* admin:ops@example.com\n/projects/shop/ user:ada@example.com\n")
    assert requests("request", "new", "GET", "http://a/x").code == 1
    assert not Path(requests.folder / "projects/shop/requests/x").exists()


def test_an_address_that_is_no_pattern_names_its_request_all_the_same(requests: Shell) -> None:
    done = requests("request", "new", "GET", "http://shop.localhost:8787/{{ secret.KEY }}/by/{{ secret.KEY }}/x")
    assert done.code == 0, done.err
    assert "requests/" in done.out
