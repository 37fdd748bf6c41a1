from __future__ import annotations

from pathlib import Path

import pytest
from tree_answers import ask, load, mock, plant, world

from keymock.catalog import update

GOOD = {"workspace/mocks/m.toml": mock("/m", response='body = "one"'), "workspace/mocks/other.toml": mock("/o")}

EDITS: list[dict[str, str | None]] = [
    {"workspace/mocks/m.toml": mock("/m", response='body = "two"')},
    {"workspace/mocks/m.toml": None},
    {"workspace/mocks/new.toml": mock("/new"), "workspace/mocks/m.toml": mock("/moved")},
    {"workspace/mocks/other.body.txt": "text"},
    {"workspace/mocks/m.toml": "broken"},
    {"workspace/mocks/README.md": "# nothing"},
    {"workspace/mocks/m.toml": mock("/m", response='body_file = "late.txt"'), "workspace/mocks/late.txt": "late"},
    {"private/ada/mocks/own.toml": mock("/own")},
]


@pytest.mark.parametrize("edit", EDITS)
def test_an_update_is_what_loading_anew_would_be(tmp_path: Path, edit: dict[str, str | None]) -> None:
    before = load(plant(tmp_path, GOOD), "ada")
    plant(tmp_path, {file: text for file, text in edit.items() if text is not None})
    for file, text in edit.items():
        if text is None:
            (tmp_path / file).unlink()
    after = update(before, list(edit))
    loaded = load(tmp_path, "ada", before=before)
    assert after is not None
    assert after.routes == loaded.routes
    assert after.problems == loaded.problems
    assert after.tree.bodies == loaded.tree.bodies


def test_what_is_heard_of_late_or_twice_is_no_change(tmp_path: Path) -> None:
    """After a checkout, events of files that were read already trickle in."""
    before = load(plant(tmp_path, GOOD | {"workspace/mocks/broken.toml": "broken"}))
    after = update(before, ["workspace/mocks/m.toml", "workspace/mocks/broken.toml"])
    assert after is not None
    assert all(after.units[name] is unit for name, unit in before.units.items())


@pytest.mark.parametrize(
    "file",
    ["keymock.toml", "ROLES", "projects/p/project.toml", "workspace/mocks/_defaults.toml",
     "private/ada/workspace/mocks/m.toml"],
)  # fmt: skip
def test_what_touches_many_mocks_needs_the_whole_tree(tmp_path: Path, file: str) -> None:
    before = load(plant(tmp_path, GOOD | {"projects/p/mocks/m.toml": mock("/p")}), "ada")
    plant(tmp_path, {file: ""})
    assert update(before, [file]) is None


def test_an_edit_of_a_body_reaches_every_mock_that_sends_it(tmp_path: Path) -> None:
    shared = {f"workspace/mocks/{name}.toml": mock(f"/{name}", response='body_file = "b.txt"') for name in "ab"}
    before = load(plant(tmp_path, shared | {"workspace/mocks/b.txt": "old"}))
    plant(tmp_path, {"workspace/mocks/b.txt": "newer"})
    after = update(before, ["workspace/mocks/b.txt"])
    assert after is not None
    assert [ask(world(after), path).body for path in ("/a", "/b")] == [b"newer", b"newer"]
