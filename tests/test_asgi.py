from __future__ import annotations

from pathlib import Path

import pytest
from asgi_driver import ask
from conversation import Said
from tree_answers import mock, plant

from keymock.asgi import create_app

A = "workspace/mocks/a.toml"
TREE = {A: mock("/a", response='body = "one"')}
ROLES = "* admin:ops@example.com\n/workspace/ member:ada@example.com\n"


def said(target: str = "/a", **headers: str) -> Said:
    return Said("GET", target, tuple(headers.items()), b"")


def test_it_serves_the_tree_as_it_is_now_and_follows_when_told_to(tmp_path: Path) -> None:
    app = create_app(plant(tmp_path, TREE))
    assert ask(app, said()).body == b"one"
    plant(tmp_path, {A: mock("/a", response='body = "two"')})
    assert ask(app, said()).body == b"one"
    assert app.service.rescan()
    assert ask(app, said()).body == b"two"


@pytest.mark.parametrize(("actor", "status"), [(None, 404), ("bob@example.com", 404), ("ada@example.com", 200)])
def test_it_serves_as_somebody(tmp_path: Path, actor: str | None, status: int) -> None:
    app = create_app(str(plant(tmp_path, {**TREE, "ROLES": ROLES})), actor=actor)
    assert ask(app, said()).status == status


@pytest.mark.parametrize(
    ("allow", "host", "status"),
    [
        (None, "testserver", 200),
        ([], "testserver", 421),
        ([], "localhost", 200),
        (["TestServer"], "testserver", 200),
    ],
)
def test_the_host_is_checked_only_if_asked_to(tmp_path: Path, allow: list[str] | None, host: str, status: int) -> None:
    app = create_app(plant(tmp_path, TREE), allow_hosts=allow)
    assert ask(app, said(host=host)).status == status


def test_options_are_those_of_the_server(tmp_path: Path) -> None:
    plant(tmp_path, {A: 'select = "random"\n[request]\npath = "/a"\n' + "".join(
        f'[[responses]]\nname = "{name}"\nbody = "{name}"\n' for name in "abcd"
    )})  # fmt: skip

    def told(seed: int) -> list[bytes]:
        app = create_app(tmp_path, seed=seed)
        return [ask(app, said()).body for _ in range(12)]

    assert told(1) == told(1) != told(2)
    with pytest.raises(TypeError):
        create_app(tmp_path, sead=1)
