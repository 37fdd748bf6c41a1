"""Two hands make what one would have made, in the same order, whatever happens to the second."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

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
    assert crew.forked(made, many) == alone(made, many)


def test_a_copy_that_comes_to_grief_leaves_nothing_out() -> None:
    here = os.getpid()

    def only_here(items: Sequence[Item]) -> list[Unit]:
        if os.getpid() != here:
            os._exit(3)
        return made(items)

    many = items(crew.WORTH_IT)
    assert crew.forked(only_here, many) == alone(made, many)


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
