"""Where a repository is, and every reason why there is none to ask."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from clone import ENVIRON, Clone, needs_git

from keymock.problems import Stop
from keymock.repo.place import first_line, place_of

pytestmark = needs_git


def refused(folder: Path, environ: dict[str, str] | None = None) -> tuple[str, str, str]:
    with pytest.raises(Stop) as stop:
        place_of(folder, environ or ENVIRON)
    (problem,) = stop.value.problems
    assert stop.value.exit_code == 2
    return problem.code, problem.message, problem.hint


def test_a_folder_inside_knows_the_way_from_the_top(clone: Clone) -> None:
    place = place_of(clone.folder / "workspace", ENVIRON)
    assert place.prefix == "workspace/"
    assert place.top == clone.folder
    assert place.objects == clone.folder / ".git/objects"
    assert (place.format, place.shallow) == ("sha1", b"")


def test_a_linked_work_tree_shares_the_objects(clone: Clone, tmp_path: Path) -> None:
    clone.git("worktree", "add", "-q", str(tmp_path / "linked"))
    place = place_of(tmp_path / "linked", ENVIRON)
    assert place.top == tmp_path / "linked"
    assert place.objects == clone.folder / ".git/objects"
    assert place.index != clone.folder / ".git/index"


def test_a_shallow_clone_says_where_it_was_cut_off(clone: Clone, tmp_path: Path) -> None:
    last = clone.commit("more", {"b": ""})
    clone.git("clone", "-q", "--depth=1", f"file://{clone.folder}", str(tmp_path / "shallow"))
    assert place_of(tmp_path / "shallow", ENVIRON).shallow == f"{last}\n".encode()


def test_a_hook_that_points_elsewhere_does_not_lead_astray(clone: Clone, tmp_path: Path) -> None:
    other = Clone(tmp_path / "other")
    led = {**ENVIRON, "GIT_DIR": str(other.folder / ".git"), "GIT_OBJECT_DIRECTORY": str(tmp_path)}
    assert place_of(clone.folder, led).objects == clone.folder / ".git/objects"


def test_no_repository(tmp_path: Path) -> None:
    assert refused(tmp_path) == ("not-a-repository", f"{tmp_path} is in no git repository", "make one: git init")


def test_a_repository_without_a_work_tree(clone: Clone, tmp_path: Path) -> None:
    clone.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    code, message, _ = refused(tmp_path / "bare.git")
    assert code == "not-a-repository"
    assert message.endswith("without a work tree")


def test_no_git(clone: Clone, tmp_path: Path) -> None:
    assert refused(clone.folder, {"PATH": str(tmp_path)})[0] == "no-git"


def test_a_broken_configuration_is_told_in_its_own_words(clone: Clone) -> None:
    (clone.folder / ".git/config").write_text("[core\n")
    code, message, _ = refused(clone.folder)
    assert code == "git-failed"
    assert "bad config line 1" in message


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_somebody_else(clone: Clone) -> None:
    for path in (clone.folder, clone.folder / ".git"):
        os.chown(path, 12345, 12345)
    code, message, hint = refused(clone.folder)
    assert code == "foreign-owner"
    assert "belongs to somebody else" in message
    assert hint.startswith("if you trust it: git config --global --add safe.directory ")


def test_what_git_complains_of() -> None:
    assert first_line("warning: x\nfatal: bad thing\n") == "bad thing"
    assert first_line("odd\n") == "odd"
    assert first_line("") == "it says nothing"
