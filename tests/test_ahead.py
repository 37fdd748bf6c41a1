from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest
from tree_answers import mock, plant

from keymock.ahead import AheadTree
from keymock.workspace import Workspace, WorkTree

TREE = {
    "keymock.toml": 'projects = ["services/*/mock"]\n',
    "workspace/mocks/a.toml": mock("/a"),
    "services/pay/mock/mocks/m.toml": mock("/m"),
    "private/ada/mocks/own.toml": mock("/own"),
    "private/bob/mocks/own.toml": mock("/own"),
}
GLOBS = ["services/*/mock"]


def test_the_listing_is_that_of_the_moment_it_was_made(tmp_path: Path) -> None:
    plain, ahead = WorkTree(plant(tmp_path, TREE), "ada"), AheadTree(tmp_path, "ada", many=0)
    told = ahead._told()
    assert told is not None
    assert (told.projects, told.files, told.notes) == (GLOBS, plain.files(GLOBS), plain.notes)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_the_first_listing_is_the_copys_and_the_next_ones_are_new(tmp_path: Path) -> None:
    ahead = AheadTree(plant(tmp_path, TREE), many=0)
    first = ahead.files(GLOBS)
    assert first == WorkTree(tmp_path).files(GLOBS)
    plant(tmp_path, {"workspace/mocks/new.toml": mock("/new")})
    assert ahead.files(GLOBS).keys() - first.keys() == {"workspace/mocks/new.toml"}


def test_a_listing_of_something_else_is_not_taken(tmp_path: Path) -> None:
    ahead = AheadTree(plant(tmp_path, TREE), many=0)
    assert ahead.files([]) == WorkTree(tmp_path).files([])


@pytest.mark.parametrize("settings", [None, "projects = 1\n", "nonsense"])
def test_settings_that_cannot_be_read_name_no_projects(tmp_path: Path, settings: str | None) -> None:
    plant(tmp_path, TREE)
    (tmp_path / "keymock.toml").unlink()
    if settings is not None:
        plant(tmp_path, {"keymock.toml": settings})
    told = AheadTree(tmp_path, many=0)._told()
    assert told is not None
    assert (told.projects, told.files) == ([], WorkTree(tmp_path).files())


def test_what_is_wrong_with_the_listing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keymock.workspace.MAX_FILES", 1)
    ahead = AheadTree(plant(tmp_path, TREE), many=0)
    assert [note.code for note in (ahead.files(GLOBS), ahead.notes)[1]] == ["too-many-files"] * 2


def test_a_workspace_read_by_way_of_it_is_the_same(tmp_path: Path) -> None:
    plant(tmp_path, TREE)
    ahead = Workspace(tmp_path, "ada", tree_of=partial(AheadTree, many=0))
    one, other = ahead.load(), Workspace(tmp_path, "ada").load()
    assert (one.units, one.tree.files) == (other.units, other.tree.files)
    assert len(one.routes) == 3


def test_a_small_tree_is_listed_when_it_is_asked_for(tmp_path: Path) -> None:
    for many, copies in ((5, 1), (6, 0)):  # two files, and the folders above them
        ahead = AheadTree(
            plant(tmp_path / str(many), {"workspace/mocks/a/m.toml": "", "projects/x/n.toml": ""}), many=many
        )
        assert bool(ahead._copy) == bool(copies)
        assert len(ahead.files()) == 2
