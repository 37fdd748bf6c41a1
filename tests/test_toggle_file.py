"""Toggles survive a restart, and a file that is broken is told of."""

from __future__ import annotations

from pathlib import Path

import pytest

from keymock.index.switch import Pinned
from keymock.toggle_file import ToggleFile
from keymock.toggles import Toggles

SET = Toggles(mocks={"workspace/mocks/a": "off", "workspace/mocks/b": Pinned("empty")}, preset="down")


def test_what_is_kept_is_read_again_by_nobody_else(tmp_path: Path) -> None:
    file = ToggleFile(tmp_path)
    file.write(SET)
    assert ToggleFile(tmp_path).read() == (SET, None)
    assert file.path.stat().st_mode & 0o777 == 0o600


def test_nothing_set_leaves_no_file(tmp_path: Path) -> None:
    file = ToggleFile(tmp_path)
    file.write(SET)
    file.write(Toggles())
    assert not file.path.exists()
    assert file.read() == (Toggles(), None)


@pytest.mark.parametrize("text", ["{", '{"mocks": {"a": "on"}}', '{"else": 1}', "\xff"])
def test_a_broken_file_counts_as_none_and_is_told(tmp_path: Path, text: str) -> None:
    file = ToggleFile(tmp_path)
    file.path.write_text(text, encoding="latin-1")
    toggles, problem = file.read()
    assert toggles == Toggles()
    assert problem is not None
    assert (problem.path, problem.code, problem.severity) == (".keymock/toggles.json", "bad-toggles", "warning")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.json").write_text('{"preset": "down"}')
    file = ToggleFile(tmp_path)
    file.path.symlink_to(tmp_path / "elsewhere.json")
    assert file.read()[0] == Toggles()
