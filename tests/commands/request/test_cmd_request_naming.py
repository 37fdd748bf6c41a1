"""ID on the command line: what it means, and what the shell completes."""

from __future__ import annotations

import click
import pytest
from prompt import Shell
from requests_of_a_shop import requests

from keymock.commands.request.naming import RequestName, named
from keymock.commands.verb import GIVEN
from keymock.problems import Stop

__all__ = ["requests"]


def test_a_tail_is_enough_if_it_is_the_only_one() -> None:
    ids = ["projects/shop/requests/auth/login", "workspace/requests/login"]
    assert named("auth/login", ids) == ids[0]
    with pytest.raises(Stop, match="ambiguous"):
        named("login", ids)
    with pytest.raises(Stop, match="there is no request `lgin`") as caught:
        named("lgin", ids)
    assert caught.value.problems[0].hint == "did you mean `login`?"


def test_the_shell_completes_ids(requests: Shell) -> None:
    context = click.Context(click.Command("send"))
    context.meta[GIVEN] = {"workspace": str(requests.folder), "user": "ada@example.com"}
    found = RequestName().shell_complete(context, click.Argument(["request"]), "log")
    assert [item.value for item in found] == ["projects/shop/requests/auth/login"]
