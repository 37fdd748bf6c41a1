"""Where git's index lock is, and whether it counts."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from keymock.serve.gitlock import LONGEST, GitLock, git_folder

pytestmark = pytest.mark.live


def git(folder: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *words],
        cwd=folder,
        check=True,
        capture_output=True,
    )


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "repo")
    git(tmp_path / "repo", "commit", "-q", "--allow-empty", "-m", "first")
    return tmp_path / "repo"


def age(path: Path, seconds: float) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


def test_a_workspace_below_the_top_of_its_repository(repo: Path) -> None:
    (repo / "tests/mocks").mkdir(parents=True)
    assert git_folder(repo / "tests/mocks") == repo / ".git"
    lock = GitLock(repo / "tests/mocks")
    assert not lock.held()
    (repo / ".git/index.lock").touch()
    assert lock.held()
    (repo / ".git/index.lock").unlink()
    assert not lock.held()


def test_a_linked_work_tree_has_an_index_of_its_own(repo: Path) -> None:
    git(repo, "worktree", "add", "-q", "../other")
    found = git_folder(repo.parent / "other")
    assert found is not None
    assert found.samefile(repo / ".git/worktrees/other")
    (repo / ".git/index.lock").touch()
    assert not GitLock(repo.parent / "other").held()
    (found / "index.lock").touch()
    assert GitLock(repo.parent / "other").held()


def test_a_relative_gitdir_as_submodules_have_it(tmp_path: Path) -> None:
    (tmp_path / "modules/sub").mkdir(parents=True)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/.git").write_text("gitdir: ../modules/sub\n")
    (tmp_path / "modules/sub/index.lock").touch()
    assert GitLock(tmp_path / "sub").held()


@pytest.mark.parametrize("content", [b"", b"gitdir:", b"nonsense", b"\xff\xfe\x00", b"gitdir: \n"])
def test_a_dot_git_that_says_nothing_is_no_repository(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".git").write_bytes(content)
    assert git_folder(tmp_path) is None
    assert not GitLock(tmp_path).at_work()


def test_a_lock_that_a_killed_git_left_behind_does_not_count(repo: Path) -> None:
    (repo / ".git/index.lock").touch()
    age(repo / ".git/index.lock", LONGEST + 1)
    assert not GitLock(repo).held()


def test_git_was_at_work_a_moment_ago(repo: Path) -> None:
    (repo / "a").write_text("a")
    git(repo, "add", "a")
    assert GitLock(repo).at_work()
    time.sleep(0.15)
    assert not GitLock(repo).at_work()


def test_two_looks_differ_if_git_was_at_work_between(repo: Path) -> None:
    lock = GitLock(repo)
    before = lock.state()
    assert lock.state() == before
    (repo / "new").write_text("x")
    git(repo, "add", "new")
    assert lock.state() != before
    assert not lock.state().held
    (repo / ".git/index.lock").touch()
    assert lock.state().held
