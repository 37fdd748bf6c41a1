"""Two hands make what one would have made, in the same order, whatever happens to the second."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from keymock import crew
from keymock.catalog import Unit, alone, load
from keymock.layout import Item
from keymock.workspace import Workspace, WorkTree


def items(number: int) -> list[Item]:
    return [Item(f"{each}.toml", "mock", "workspace", f"workspace/mocks/{each}.toml") for each in range(number)]


def made(items: Sequence[Item]) -> list[Unit]:
    return [Unit((), (), ((item.file, ("f", 1, 2, 3)),), (), item.id) for item in items]


def test_many_are_made_by_two_in_their_order() -> None:
    many = items(crew.WORTH_IT + 1)
    both, one = crew.forked(made, many), alone(made, many)
    assert both == one
    assert list(both) == list(one)


def test_a_copy_that_comes_to_grief_leaves_nothing_out() -> None:
    here = os.getpid()

    def only_here(items: Sequence[Item]) -> list[Unit]:
        if os.getpid() != here:
            os._exit(3)
        return made(items)

    many = items(crew.WORTH_IT)
    assert crew.forked(only_here, many) == alone(made, many)


def test_a_copy_that_dies_on_the_way_has_made_what_it_told_of(tmp_path: Path) -> None:
    here = os.getpid()

    def for_a_while(items: Sequence[Item]) -> list[Unit]:
        if os.getpid() != here and items[0].id < f"workspace/mocks/{crew.WORTH_IT - 3 * crew.AT_ONCE}":
            os._exit(3)
        with (tmp_path / str(os.getpid())).open("a") as log:
            log.write(f"{len(items)}\n")
        return made(items)

    many = items(crew.WORTH_IT)
    assert crew.forked(for_a_while, many) == alone(made, many)
    told = {int(file.name): sum(map(int, file.read_text().split())) for file in tmp_path.iterdir()}
    assert told.pop(here) <= crew.WORTH_IT
    assert all(other <= 3 * crew.AT_ONCE for other in told.values())


def test_a_fault_in_this_process_ends_the_copy_too() -> None:
    here = os.getpid()

    def not_here(items: Sequence[Item]) -> list[Unit]:
        if os.getpid() == here:
            raise RuntimeError("here")
        return made(items)

    with pytest.raises(RuntimeError, match="here"):
        crew.forked(not_here, items(crew.WORTH_IT))
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_tree_loaded_by_two_is_the_tree(tmp_path: Path) -> None:
    mocks = tmp_path / "workspace" / "mocks"
    mocks.mkdir(parents=True)
    for number in range(crew.WORTH_IT + 5):
        broken = "statsu = 1\n" if number % 100 == 7 else ""
        (mocks / f"m{number}.toml").write_text(
            f'[request]\npath = "/m{number}"\n[response]\n{broken}body = "{number}"\n'
        )
    two = Workspace(tmp_path, None).load()
    one = load(WorkTree(tmp_path), actor=None)
    assert two.units == one.units
    assert list(two.units) == list(one.units)
    assert len(two.problems) == len(one.problems) > 0
    assert WorkTree(tmp_path).files().keys() == two.tree.files.keys()
