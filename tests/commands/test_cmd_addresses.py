"""Requests that reach a mock: every one is tried on the engine, whatever the mock asks for."""

from __future__ import annotations

import pytest
from prompt import ADA, Shell

from keymock.commands.addresses import Call, call_of
from keymock.commands.invocation import Invocation
from keymock.commands.seen import look


def call(shell: Shell, mock: str) -> Call:
    shell.put("keymock.toml", "")
    shell.put("workspace/mocks/it.toml", mock)
    seen = look(Invocation(folder=shell.folder, environ={"KEYMOCK_USER": ADA}))
    return call_of(seen, seen.route("it"))


@pytest.mark.parametrize(
    ("request_table", "curl"),
    [
        ('path = "/a/:b"', "curl -i http://127.0.0.1:8787/a/1"),
        ('path = "/a/:b<uuid>"', None),
        ('path = "/a/*rest?"', "curl -i http://127.0.0.1:8787/a"),
        ('path = { regex = "^/v[0-9]+/x$" }', None),
        ('path = "/a/:b"\nparams.b = "7"', "curl -i http://127.0.0.1:8787/a/7"),
        ('path = "/a"\nquery.q = { gt = 5 }', None),
        ('path = "/a"\ncookies.s = "1"', "curl -i http://127.0.0.1:8787/a -H 'cookie: s=1'"),
        ('path = "/a"\nhost = "api.localhost"', "curl -i http://api.localhost:8787/a"),
        ('method = ["PUT", "PATCH"]\npath = "/a"', "curl -i -X PUT http://127.0.0.1:8787/a"),
        ('method = "HEAD"\npath = "/a"', "curl -I http://127.0.0.1:8787/a"),
        ('method = "POST"\npath = "/a"\n[request.body]\njson = { n = 1 }', None),
        ('method = "POST"\npath = "/a"\nform.n = "1"', None),
        ('path = "/a"\nauth.bearer = "t"', None),
        ('path = "/größe/a b"', "curl -i http://127.0.0.1:8787/gr%C3%B6%C3%9Fe/a%20b"),
    ],
)
def test_the_mock_answers_its_call(shell: Shell, request_table: str, curl: str | None) -> None:
    found = call(shell, f"[request]\n{request_table}\n")
    assert found.sure
    assert curl is None or found.curl == curl


def test_the_plain_answer_is_called_for(shell: Shell) -> None:
    found = call(
        shell,
        '[request]\npath = "/a"\n\n[[responses]]\nname = "b"\nwhen.query.b = "1"\n\n[[responses]]\nname = "plain"\n',
    )
    assert found.curl == "curl -i http://127.0.0.1:8787/a"


def test_a_mock_of_conditions_alone_gets_one_that_holds(shell: Shell) -> None:
    found = call(shell, '[request]\npath = "/a"\n\n[[responses]]\nname = "b"\nwhen.query.b = "1"\n')
    assert (found.sure, found.curl) == (True, "curl -i 'http://127.0.0.1:8787/a?b=1'")


def test_what_nothing_can_reach_is_not_sure(shell: Shell) -> None:
    assert not call(shell, 'enabled = false\n\n[request]\npath = "/a"\n').sure
