"""What a merge would make."""

from __future__ import annotations

from pathlib import Path

import pytest
from clone import Clone, needs_git

from keymock.repo import Glass, commit_of, contents, entries
from keymock.repo.merging import merged

pytestmark = needs_git


@pytest.fixture
def two_branches(clone: Clone) -> Clone:
    clone.git("checkout", "-q", "-b", "side")
    clone.commit("side", {"workspace/mocks/side.toml": "", "workspace/mocks/a.toml": "1\n2\nside\n"})
    clone.git("checkout", "-q", "main")
    clone.commit("main", {"workspace/mocks/main.toml": ""})
    return clone


def test_what_both_added_is_in_the_result(two_branches: Clone, glass: Glass) -> None:
    before = sorted(Path(two_branches.folder / ".git").rglob("*"))
    result = merged(glass, commit_of(glass, "main"), commit_of(glass, "side"))
    assert result.conflicts == ()
    assert [entry.path for entry in entries(glass, result.tree, ["workspace"])] == [
        "workspace/mocks/a.toml", "workspace/mocks/main.toml", "workspace/mocks/side.toml",
    ]  # fmt: skip
    assert sorted(Path(two_branches.folder / ".git").rglob("*")) == before, "the repository was written to"


def test_a_conflict_is_named_and_marked(two_branches: Clone, glass: Glass) -> None:
    two_branches.commit("more", {"workspace/mocks/a.toml": "1\n2\nmain\n"})
    result = merged(glass, commit_of(glass, "main"), commit_of(glass, "side"))
    assert result.conflicts == ("workspace/mocks/a.toml",)
    (entry,) = entries(glass, result.tree, ["workspace/mocks/a.toml"])
    assert b"<<<<<<<" in contents(glass, [entry.id])[entry.id]


def test_a_merge_driver_of_the_repository_is_not_run(two_branches: Clone, glass: Glass, tmp_path: Path) -> None:
    two_branches.configure("merge.evil.driver", f"touch {tmp_path}/ran")
    two_branches.commit("more", {"workspace/mocks/a.toml": "1\n2\nmain\n", ".gitattributes": "* merge=evil\n"})
    (two_branches.folder / ".git/info/attributes").write_text("* merge=evil\n")
    assert merged(glass, commit_of(glass, "main"), commit_of(glass, "side")).conflicts
    assert not (tmp_path / "ran").exists()
