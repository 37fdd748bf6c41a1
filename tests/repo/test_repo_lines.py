"""Lines are merged as git merges them, whatever the repository around says."""

from __future__ import annotations

from pathlib import Path

import pytest
from clone import ENVIRON, needs_git

from keymock.problems import Stop
from keymock.repo.lines import merge_lines

pytestmark = needs_git


def files(folder: Path, *contents: bytes) -> tuple[Path, Path, Path]:
    for name, content in zip("abc", contents, strict=True):
        (folder / name).write_bytes(content)
    return folder / "a", folder / "b", folder / "c"


def test_lines_of_both_sides(tmp_path: Path) -> None:
    named = files(tmp_path, b"1\n2\n3\n4\n", b"0\n1\n2\n3\n4\n", b"1\n2\n3\n4\n5\n")
    assert merge_lines(*named, ENVIRON, ("us", "them")) == (b"0\n1\n2\n3\n4\n5\n", 0)
    named = files(tmp_path, b"1\n", b"2\n", b"3\n")
    assert merge_lines(*named, ENVIRON, ("us", "them"), 9) == (
        b"<<<<<<<<< us\n2\n=========\n3\n>>>>>>>>> them\n", 1,
    )  # fmt: skip


def test_what_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(Stop):
        merge_lines(*files(tmp_path, b"\0a", b"\0b", b"\0c"), ENVIRON, ("us", "them"))
