"""keymock/serve/inside: mocks asked without a server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from keymock.sending import Outgoing, Unsent
from keymock.serve.inside import Inside
from keymock.serve.options import Options
from keymock.serve.service import Service

MOCKS = {
    "user": '[request]\npath = "/users/:id"\n[response.json]\nid = "{{ request.params.id | int }}"\n'
            'q = "{{ request.query.q }}"\n',
    "echo": '[request]\nmethod = "POST"\npath = "/echo"\n[response]\nbody = "{{ request.body }}"\n'
            'capture = { last = "{{ request.body }}" }\n',
    "last": '[request]\npath = "/last"\n[response]\nbody = "{{ state.last }}"\n',
    "slow": '[request]\npath = "/slow"\n[response]\ndelay = "20s"\nbody = "late"\n',
    "reset": '[request]\npath = "/reset"\n[response]\nfault = "reset"\n',
    "parts": '[request]\npath = "/parts"\n[response]\nbody = "abcdef"\nthrottle = { chunks = 3, over = "30ms" }\n',
}  # fmt: skip


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[Inside]:
    folder = tmp_path / "workspace/mocks"
    folder.mkdir(parents=True)
    for name, text in MOCKS.items():
        (folder / f"{name}.toml").write_text(text)
    made = Inside(Service(Options(workspace=str(tmp_path)), time.time_ns))
    yield made
    made.close()


def test_a_mock_answers(inside: Inside) -> None:
    came = inside(Outgoing(url="http://localhost:8787/users/7?q=a%20b"))
    assert (came.status, came.body, came.header("X-Keymock-Mock")) == (
        200, b'{"id":7,"q":"a b"}', "workspace/mocks/user",
    )  # fmt: skip


def test_what_it_remembers_lasts(inside: Inside) -> None:
    for word in (b"one", b"two"):
        assert inside(Outgoing(method="POST", url="http://localhost/echo", body=word)).body == word
    assert inside(Outgoing(url="http://localhost/last")).body == b"two"


def test_a_body_that_comes_in_parts_is_whole(inside: Inside) -> None:
    came = inside(Outgoing(url="http://localhost/parts"))
    assert came.body == b"abcdef"
    assert came.seconds > 0


def test_a_miss_is_an_answer(inside: Inside) -> None:
    assert inside(Outgoing(url="http://localhost/nothing")).header("x-keymock-error") == "no-mock"


def test_a_mock_that_takes_too_long_is_not_waited_for(inside: Inside) -> None:
    with pytest.raises(Unsent, match=r"has not answered within 0\.2 s") as caught:
        inside(Outgoing(url="http://localhost/slow", timeout=0.2))
    assert caught.value.code == "no-answer"


def test_a_fault_breaks_off(inside: Inside) -> None:
    with pytest.raises(Unsent) as caught:
        inside(Outgoing(url="http://localhost/reset"))
    assert caught.value.code == "broken-answer"
