"""The names that a repository has for its commits."""

from __future__ import annotations

from clone import Clone, needs_git

from keymock.repo import Glass
from keymock.repo.names import full_names, names

pytestmark = needs_git


def test_branches_tags_and_remote_branches(clone: Clone, glass: Glass) -> None:
    clone.git("branch", "feature/login")
    clone.git("tag", "v1")
    clone.git("update-ref", "refs/remotes/origin/main", "HEAD")
    clone.git("pack-refs", "--all")
    clone.git("branch", "after-packing")
    assert names(glass.place) == ["after-packing", "feature/login", "main", "origin/main", "v1"]


def test_full_names(clone: Clone, glass: Glass) -> None:
    clone.git("tag", "main")
    assert full_names(glass.place, "main") == ["refs/heads/main", "refs/tags/main"]
    assert full_names(glass.place, "nothing") == []


def test_references_that_cannot_be_read_are_no_harm(clone: Clone, glass: Glass) -> None:
    (clone.folder / ".git/refs/heads/broken").write_bytes(b"\xff\n")
    assert "main" in names(glass.place)
    (clone.folder / ".git/HEAD").unlink()
    assert names(glass.place) == []
