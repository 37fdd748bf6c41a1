from __future__ import annotations

import os
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest
from tree_answers import mock, plant

from keymock.ahead import AheadTree
from keymock.catalog import Catalog, Crew, Source, Unit
from keymock.catalog import load as load_tree
from keymock.crew import WORTH_IT
from keymock.layout import Item
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
    told = ahead._heard()
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
    told = AheadTree(tmp_path, many=0)._heard()
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
        assert bool(ahead._told) == bool(copies)
        assert len(ahead.files()) == 2


def many(root: Path, number: int = WORTH_IT + 10) -> Path:
    broken = {"workspace/mocks/m7.toml": "statsu = 1\n"}
    files = {f"workspace/mocks/m{each}.toml": mock(f"/m{each}") for each in range(number)}
    return plant(root, {"keymock.toml": "", **files, **broken})


def load(actor: str | None, source: Source, crew: Crew) -> Catalog:
    return load_tree(source, actor=actor, crew=crew)


def test_a_tree_that_was_begun_by_the_copy_is_the_same(tmp_path: Path) -> None:
    ahead = Workspace(many(tmp_path), "ada", tree_of=partial(AheadTree, load=partial(load, "ada")))
    one, other = ahead.load(), Workspace(tmp_path, "ada").load()
    assert (dict(one.units), list(one.units)) == (dict(other.units), list(other.units))
    assert (one.problems, one.tree.files) == (other.problems, other.tree.files)
    assert dict(one.routes) == dict(other.routes)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    assert ahead.load(one) is one


def test_mocks_of_the_copy_are_used_where_there_are_any(tmp_path: Path) -> None:
    def only_there(items: Sequence[Item]) -> list[Unit]:
        assert os.getpid() != here or items[-1].id != "workspace/mocks/m99", "the last of them is the copy's"
        return [Unit((), (), (), (), item.id) for item in items]

    here = os.getpid()
    tree = AheadTree(many(tmp_path), load=lambda source, crew: crew(only_there, listed(source)))
    items = listed(tree)
    time.sleep(0.5)  # so that the copy is at it
    assert [unit.context for unit in tree.crew(only_there, items).values()] == [item.id for item in items]


def listed(source: Source) -> list[Item]:
    files = sorted(file for file in source.files() if file.endswith(".toml") and "/" in file)
    return [Item(file, "mock", "workspace", file) for file in files]


@pytest.mark.parametrize("other", ["fewer", "dies", "says nothing"])
def test_a_copy_that_is_at_something_else_is_left(tmp_path: Path, other: str) -> None:
    def begin(source: Source, crew: Crew) -> None:
        if other == "fewer":
            crew(made, listed(source)[1:])
        elif other == "dies":
            os._exit(3)

    def made(items: Sequence[Item]) -> list[Unit]:
        return [Unit((), (), (), (), item.id) for item in items]

    tree = AheadTree(many(tmp_path), load=begin)
    items = listed(tree)
    assert list(tree.crew(made, items)) == [item.id for item in items]
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_listing_that_is_not_taken_ends_the_copy_with_its_mocks(tmp_path: Path) -> None:
    tree = AheadTree(many(tmp_path), load=partial(load, None))
    assert tree.files(GLOBS).keys() == WorkTree(tmp_path).files(GLOBS).keys()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
