"""Where a workspace is, where state lies, and how a file is written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tree_answers import mock, plant

from keymock.disk import discover, state_folder, write_whole

TREE = {"keymock.toml": "", "workspace/mocks/a.toml": mock("/a"), "projects/shop/mocks/m.toml": mock("/m")}


def test_the_workspace_is_found_upwards_then_one_level_down(tmp_path: Path) -> None:
    root = plant(tmp_path / "repo/mocks", TREE)
    assert discover(root) == root
    assert discover(root / "projects/shop/mocks") == root
    assert discover(root.parent) == root
    assert discover(tmp_path) is None
    plant(tmp_path / "repo/other", TREE)
    assert discover(root.parent) is None, "one of two is a guess"


def test_folders_alone_make_a_workspace(tmp_path: Path) -> None:
    (tmp_path / "projects/shop/mocks").mkdir(parents=True)
    assert discover(tmp_path / "projects") == tmp_path


def test_where_consent_and_keys_are_kept() -> None:
    assert state_folder({"XDG_STATE_HOME": "/s"}) == Path("/s/keymock")
    for relative in ({}, {"XDG_STATE_HOME": "s"}):
        assert state_folder(relative).parts[-3:] == (".local", "state", "keymock")


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write_whole(tmp_path / "taken", b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["taken"]
    write_whole(tmp_path / "deep/free", b"new", 0o600)
    assert (tmp_path / "deep/free").read_bytes() == b"new"
    assert (tmp_path / "deep/free").stat().st_mode & 0o777 == 0o600


def test_a_command_line_that_looks_for_a_workspace_loads_none() -> None:
    told = "import sys, keymock.disk; print(sorted(name for name in sys.modules if name.startswith('keymock.')))"
    assert subprocess.check_output([sys.executable, "-c", told], text=True) == "['keymock.disk']\n"
