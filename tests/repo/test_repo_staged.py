"""What the next commit would hold."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from clone import ENVIRON, Clone, needs_git

from keymock.problems import Stop
from keymock.repo import Glass, behind_glass, changes, commit_of, empty_tree
from keymock.repo.staged import staged_tree

pytestmark = needs_git

ADA = {**ENVIRON, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@x", "GIT_COMMITTER_NAME": "a",
       "GIT_COMMITTER_EMAIL": "a@x"}  # fmt: skip

A = "workspace/mocks/a.toml"


def paths(glass: Glass, tree: str) -> list[tuple[str, str]]:
    return [(one.path, one.deed) for one in changes(glass, commit_of(glass, "HEAD"), tree)]


def test_what_is_staged_and_nothing_else(clone: Clone, glass: Glass) -> None:
    before = (clone.folder / ".git/index").read_bytes()
    assert paths(glass, staged_tree(glass, ENVIRON)) == []
    assert (clone.folder / ".git/index").read_bytes() == before
    clone.put(A, "staged\n")
    clone.git("add", A)
    clone.put(A, "not staged\n")
    clone.put("new", "not staged")
    assert paths(glass, staged_tree(glass, ENVIRON)) == [(A, "update")]


def test_the_index_that_a_hook_is_handed(clone: Clone, tmp_path: Path) -> None:
    """`git commit FILE` commits that file alone, whatever else is staged, by an index of its own."""
    told = tmp_path / "told"
    hook = clone.folder / ".git/hooks/pre-commit"
    hook.write_text(f'#!/bin/sh\necho "$GIT_INDEX_FILE" > {told}\ncp "$GIT_INDEX_FILE" {tmp_path}/index\nexit 1\n')
    hook.chmod(0o755)
    clone.put("staged", "")
    clone.git("add", "staged")
    clone.put(A, "alone\n")
    subprocess.run(
        ["git", "commit", "-m", "x", A], cwd=clone.folder, capture_output=True, check=False,
        env=ADA,
    )  # fmt: skip
    assert told.exists()
    with behind_glass(clone.folder, ENVIRON) as glass:
        handed = {**ENVIRON, "GIT_INDEX_FILE": str(tmp_path / "index")}
        assert paths(glass, staged_tree(glass, handed)) == [(A, "update")]
        assert paths(glass, staged_tree(glass, ENVIRON)) == [("staged", "create")]


def test_a_split_index(clone: Clone, glass: Glass) -> None:
    clone.git("update-index", "--split-index")
    clone.put(A, "staged\n")
    clone.git("add", A)
    assert paths(glass, staged_tree(glass, ENVIRON)) == [(A, "update")]


def test_nothing_was_ever_staged(tmp_path: Path) -> None:
    Clone(tmp_path / "new")
    with behind_glass(tmp_path / "new", ENVIRON) as glass:
        assert staged_tree(glass, ENVIRON) == empty_tree(glass)


def test_amid_a_merge(clone: Clone, glass: Glass) -> None:
    clone.git("checkout", "-q", "-b", "side")
    clone.commit("side", {A: "side\n"})
    clone.git("checkout", "-q", "main")
    clone.commit("main", {A: "main\n"})
    subprocess.run(["git", "merge", "side"], cwd=clone.folder, env=ADA, capture_output=True, check=False)
    with pytest.raises(Stop) as stop:
        staged_tree(glass, ENVIRON)
    assert stop.value.problems[0].code == "unmerged"
