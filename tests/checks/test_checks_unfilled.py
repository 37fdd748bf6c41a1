"""Templates that read what nobody gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from planting import codes, found, mock

LOGIN = {"workspace/mocks/login.toml": mock('path = "/login"', response='capture = { token = "{{ uuid() }}" }')}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (mock('path = "/a"', response='body = "{{ state.tokn }}"'), "never-captured"),
        (mock('path = "/a"', response='headers.X = "{{ state.tokn }}"'), "never-captured"),
        (mock('path = "/a"', response='delay = "{{ state.tokn }}ms"'), "never-captured"),
        (mock('path = "/a"') + '[guard]\nauth.bearer = "{{ state.tokn }}"\n', "never-captured"),
        (mock('path = "/a"') + '[guard]\nelse = { status = 401, body = "{{ state.tokn }}" }\n', "never-captured"),
        (mock('path = "/a"', response='[response.events]\nlist = [{ data = "{{ state.tokn }}" }]'), "never-captured"),
        (mock('path = "/a"') + '[[webhooks]]\nurl = "http://127.0.0.1:9/"\njson = { a = "{{ state.tokn }}", '
         'b = "{{ response.status }}" }\n', "never-captured"),
        (mock('path = "/a"', response='json = { p = "{{ data.prics[0] }}" }'), "no-such-data"),
    ],
)  # fmt: skip
def test_what_is_never_there(tmp_path: Path, text: str, code: str) -> None:
    (problem,) = found(tmp_path, {**LOGIN, "workspace/data/prices.json": "[1]", "workspace/mocks/a.toml": text})
    assert (problem.path, problem.code, problem.severity) == ("workspace/mocks/a.toml", code, "warning")
    assert problem.hint == ("did you mean `token`?" if code == "never-captured" else "did you mean `prices`?")


def test_what_is_there(tmp_path: Path) -> None:
    files = {
        **LOGIN,
        "workspace/mocks/a.toml": mock('path = "/a"', response='body = "{{ state.token }} {{ data.prices }}"'),
        "workspace/mocks/b.toml": mock('path = "/b"', response='body = "{{ data.orders | length }}"'),
        "workspace/mocks/off.toml": mock('path = "/off"', "enabled = false", 'capture = { late = "1" }'),
        "workspace/mocks/c.toml": mock('path = "/c"', response='body = "{{ state.late }}"'),
        "workspace/mocks/orders.toml": '[data]\nresource = "orders"\n',
        "workspace/data/prices.json": "[1]",
    }
    assert codes(tmp_path, files) == []


def test_spaces_have_their_own(tmp_path: Path) -> None:
    files = {**LOGIN, "projects/p/mocks/a.toml": mock('path = "/a"', response='body = "{{ state.token }}"')}
    (problem,) = found(tmp_path, files)
    assert problem.message == "no mock here captures `token`, so `state.token` is never there"
    assert problem.hint == 'keep it where it is known: capture = { token = "{{ … }}" }'
