"""`keymock request show`."""

from __future__ import annotations

from prompt import Shell
from requests_of_a_shop import requests

__all__ = ["requests"]


def test_it_is_shown_as_it_would_be_sent(requests: Shell) -> None:
    assert requests("request", "show", "auth/login").out == (
        "POST http://shop.localhost:8787/login\nAccept: application/json\nContent-Type: application/json\n\n"
        '{\n  "user": "ada",\n  "password": "•••"\n}\n'
    )


def test_for_a_program(requests: Shell) -> None:
    told = requests("request", "show", "users/get", "--var", "base_url=http://a.example", "--json").json
    assert told == {
        "request": "projects/shop/requests/users/get", "file": "projects/shop/requests/users/get.toml",
        "environment": "local", "method": "GET", "url": "http://a.example/users/7", "headers": [["Accept", "*/*"]],
        "body": "", "examples": [],
    }  # fmt: skip
