"""git is started with a clean environment, and ends."""

from __future__ import annotations

from pathlib import Path

from clone import ENVIRON, needs_git

from keymock.repo.start import cleaned, configured, git


def test_the_environment_keeps_where_the_users_configuration_lies() -> None:
    kept = cleaned({"GIT_CONFIG_GLOBAL": "/g", "GIT_DIR": "/d", "GIT_TRACE": "1", "HOME": "/h", "LC_ALL": "de_CH"})
    assert kept["GIT_CONFIG_GLOBAL"] == "/g"
    assert kept["HOME"] == "/h"
    assert kept["LC_ALL"] == "C"
    assert not {"GIT_DIR", "GIT_TRACE"} & kept.keys()


def test_the_environment_lets_nothing_be_fetched_replaced_or_asked() -> None:
    kept = cleaned({"GIT_ALLOW_PROTOCOL": "ext:ssh", "GIT_REPLACE_REF_BASE": "refs/evil"})
    assert kept["GIT_ALLOW_PROTOCOL"] == "none"
    assert kept["GIT_NO_REPLACE_OBJECTS"] == "1"
    assert kept["GIT_TERMINAL_PROMPT"] == "0"
    assert "GIT_REPLACE_REF_BASE" not in kept


def test_settings_become_variables() -> None:
    assert configured([("a.b", "1"), ("c.d", "")]) == {
        "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "a.b", "GIT_CONFIG_VALUE_0": "1", "GIT_CONFIG_KEY_1": "c.d",
        "GIT_CONFIG_VALUE_1": "",
    }  # fmt: skip


@needs_git
def test_git_reads_what_it_is_told() -> None:
    done = git(("hash-object", "--stdin"), cleaned(ENVIRON), said=b"")
    assert done is not None
    assert done.stdout == b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\n"


def test_without_git_there_is_no_answer(tmp_path: Path) -> None:
    assert git(("--version",), {"PATH": str(tmp_path)}) is None


def test_a_git_that_does_not_end_is_ended(tmp_path: Path) -> None:
    slow = tmp_path / "git"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    assert git(("--version",), {"PATH": f"{tmp_path}:/bin:/usr/bin"}, seconds=0.2) is None
