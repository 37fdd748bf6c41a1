"""What git knows without any commit, asked of real clones."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from keymock.repo.settings import git_root, user_email, version

PATH = "/usr/local/bin:/usr/bin:/bin"
BARE = {"PATH": PATH, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}

needs_git = pytest.mark.skipif(shutil.which("git", path=PATH) is None, reason="git is not installed")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True, env=BARE)
    return tmp_path


def configure(clone: Path, name: str, value: str) -> None:
    subprocess.run(["git", "-C", str(clone), "config", name, value], check=True, env=BARE)


@needs_git
def test_the_setting_of_the_clone_counts(clone: Path) -> None:
    assert user_email(clone, BARE) is None
    configure(clone, "user.email", "ada@example.com")
    (clone / "inner").mkdir()
    assert user_email(clone / "inner", BARE) == "ada@example.com"


@needs_git
def test_the_users_own_configuration_counts_outside_of_any_clone(tmp_path: Path) -> None:
    own = tmp_path / "gitconfig"
    own.write_text("[user]\n\temail = ada@example.com\n")
    assert user_email(tmp_path, {**BARE, "GIT_CONFIG_GLOBAL": str(own)}) == "ada@example.com"


@needs_git
def test_a_hook_of_another_clone_does_not_lead_astray(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    subprocess.run(["git", "init", "-q", str(other)], check=True, env=BARE)
    configure(other, "user.email", "mallory@example.com")
    configure(clone, "user.email", "ada@example.com")
    led = {
        **BARE, "GIT_DIR": str(other / ".git"), "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.email",
        "GIT_CONFIG_VALUE_0": "eve@example.com",
    }  # fmt: skip
    assert user_email(clone, led) == "ada@example.com"


@needs_git
def test_reading_runs_nothing_that_the_configuration_names(clone: Path) -> None:
    trace = clone / "ran"
    script = clone / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {trace}\n")
    script.chmod(0o755)
    for name in ("core.fsmonitor", "core.pager", "pager.config", "diff.external", "core.sshCommand", "core.editor"):
        configure(clone, name, str(script))
    configure(clone, "alias.config", f"!{script}")
    configure(clone, "user.email", "ada@example.com")
    assert user_email(clone, BARE) == "ada@example.com"
    assert not trace.exists()


def test_without_git_nobody_is_named(tmp_path: Path) -> None:
    assert user_email(tmp_path, {"PATH": str(tmp_path)}) is None
    assert version({"PATH": str(tmp_path)}) is None


@needs_git
def test_version() -> None:
    found = version(BARE)
    assert found is not None
    assert found[0].isdigit()


def test_the_root_is_found_without_git(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    assert git_root(tmp_path / "a/b") is None
    (tmp_path / ".git").write_text("gitdir: elsewhere\n")  # as in a worktree
    assert git_root(tmp_path / "a/b") == tmp_path
