"""Which workspace, and who."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from keymock.commands.invocation import Actor, Invocation, actor_of, root_of
from keymock.problems import Stop

PATH = {"PATH": "/usr/local/bin:/usr/bin:/bin", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}


def workspace(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "keymock.toml").touch()
    return folder


def test_the_workspace_is_found_upwards_then_a_level_down(tmp_path: Path) -> None:
    root = workspace(tmp_path / "repo/mocks")
    (root / "projects/shop").mkdir(parents=True)
    for folder in (root, root / "projects/shop", tmp_path / "repo"):
        assert root_of(Invocation(folder=folder, environ={})) == root


def test_the_line_goes_before_the_environment(tmp_path: Path) -> None:
    one, other = workspace(tmp_path / "one"), workspace(tmp_path / "other")
    named = {"KEYMOCK_WORKSPACE": str(other)}
    assert root_of(Invocation(folder=one, environ=named)) == other
    assert root_of(Invocation(folder=tmp_path, environ=named, workspace="one")) == one


@pytest.mark.parametrize("given", ["", "nowhere", "empty", "empty/file"])
def test_none_at_all_says_how_to_make_one(tmp_path: Path, given: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty/file").touch()
    with pytest.raises(Stop) as stopped:
        root_of(Invocation(folder=tmp_path / "empty" if not given else tmp_path, environ={}, workspace=given))
    assert stopped.value.exit_code == 2
    assert "keymock init" in stopped.value.problems[0].hint


def test_a_path_on_the_line_is_never_looked_for_above(tmp_path: Path) -> None:
    inner = workspace(tmp_path) / "inner"
    inner.mkdir()
    with pytest.raises(Stop):
        root_of(Invocation(folder=tmp_path, environ={}, workspace="inner"))


def test_who_acts(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True, env=PATH)
    subprocess.run(["git", "-C", str(tmp_path), "config", "user.email", "git@example.com"], check=True, env=PATH)
    named = {**PATH, "KEYMOCK_USER": "env@example.com"}
    assert actor_of(Invocation(folder=tmp_path, environ=named, user="as@example.com"), tmp_path) == Actor(
        "as@example.com", "--as"
    )
    assert actor_of(Invocation(folder=tmp_path, environ=named), tmp_path) == Actor("env@example.com", "KEYMOCK_USER")
    assert actor_of(Invocation(folder=tmp_path, environ=PATH), tmp_path) == Actor("git@example.com", "git user.email")


def test_nobody(tmp_path: Path) -> None:
    assert actor_of(Invocation(folder=tmp_path, environ=PATH), tmp_path) == Actor(None, "nobody is named")


@pytest.mark.parametrize("name", ["ada lovelace", ".ada", "a/b", "a" * 129, "\33[31m"])
def test_a_name_that_nobody_can_have_stops(tmp_path: Path, name: str) -> None:
    with pytest.raises(Stop) as stopped:
        actor_of(Invocation(folder=tmp_path, environ={"KEYMOCK_USER": name}), tmp_path)
    assert stopped.value.exit_code == 2
    assert "KEYMOCK_USER" in stopped.value.problems[0].message
