"""`keymock request ls`."""

from __future__ import annotations

from prompt import Shell
from requests_of_a_shop import requests

__all__ = ["requests"]


def test_requests_are_listed(requests: Shell) -> None:
    assert requests("request", "ls").out.splitlines() == [
        "POST  {{ base_url }}/login      projects/shop/requests/auth/login  Log in",
        "GET   {{ base_url }}/users/:id  projects/shop/requests/users/get",
    ]


def test_for_a_program(requests: Shell) -> None:
    requests.put("projects/shop/requests/bad.toml", "url = 1\n")
    login, bad, _ = requests("request", "ls", "--json").json
    assert login == {
        "request": "projects/shop/requests/auth/login", "name": "Log in", "method": "POST",
        "url": "{{ base_url }}/login", "examples": [], "scope": "project", "project": "shop",
        "file": "projects/shop/requests/auth/login.toml", "broken": False,
    }  # fmt: skip
    assert bad["broken"] is True
    assert "1 request cannot be read: keymock check" in requests("request", "ls").err


def test_an_empty_workspace_is_told_how_to_begin(shell: Shell) -> None:
    shell.put("keymock.toml", "")
    assert "keymock request new" in shell("request", "ls").err
