from __future__ import annotations

from pathlib import Path

import pytest

from keymock.catalog.source import content
from keymock.index import BodyFault
from keymock.workspace import WorkTree


def test_the_bytes_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xff\0")
    tree = WorkTree(tmp_path)
    stamp = tree.stamp("a")
    assert stamp is not None
    assert content(tree, {"a": stamp}, "a", 2) == b"\xff\0"


@pytest.mark.parametrize(
    ("stamp", "code"),
    [
        (None, "body-missing"),
        (("l", 0, 1, 0), "symlink"),
        (("x", 0, 1, 0), "not-a-file"),
        (("f", 0, 3, 0), "too-large"),
        (("f", 0, 1, 0), "unreadable"),
    ],
)
def test_what_is_no_content(tmp_path: Path, stamp: tuple[str, int, int, int] | None, code: str) -> None:
    stamps = {"gone": stamp} if stamp is not None else {}
    with pytest.raises(BodyFault) as caught:
        content(WorkTree(tmp_path), stamps, "gone", 2)
    assert caught.value.code == code
    assert str(caught.value)
