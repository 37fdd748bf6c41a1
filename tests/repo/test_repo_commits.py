"""Commits, in order, with all they say."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from clone import ENVIRON, Clone, needs_git

from keymock.problems import Stop
from keymock.repo import Glass, behind_glass, commit_of
from keymock.repo.commits import EPOCH, commit, commits, merge_base

pytestmark = needs_git


def test_one_commit(clone: Clone, glass: Glass) -> None:
    text = "Change a\n\nBecause.\n\nKeymock-Breaking: GET /users/:id all\n  of it\nSigned-off-by: B <b@example.com>"
    name = clone.commit(text, who="bob@example.com")
    found = commit(glass, name)
    assert found.id == name
    assert found.parents == (clone.git("rev-parse", "HEAD~1"),)
    assert (found.author.name, found.author.email) == ("Bob", "bob@example.com")
    assert found.committer.when == datetime.fromisoformat("2026-01-01T00:00:06+01:00")
    assert found.subject == "Change a"
    assert found.message == text
    assert found.trailers == (
        ("Keymock-Breaking", "GET /users/:id all of it"), ("Signed-off-by", "B <b@example.com>"),
    )  # fmt: skip


def test_a_range_in_the_order_it_grew(clone: Clone, glass: Glass) -> None:
    base = clone.git("rev-parse", "HEAD")
    clone.git("checkout", "-q", "-b", "side")
    side = clone.commit("side", {"s": ""})
    clone.git("checkout", "-q", "main")
    main = clone.commit("main", {"m": ""})
    clone.git("merge", "-q", "--no-ff", "-m", "merge", "side")
    merge = clone.git("rev-parse", "HEAD")
    found = commits(glass, base, merge)
    assert {one.id for one in found} == {side, main, merge}
    assert found[-1].parents == (main, side)
    assert commits(glass, merge, base) == []
    assert merge_base(glass, side, main) == base


def test_a_mailmap_renames_nobody(clone: Clone, glass: Glass) -> None:
    clone.configure("log.mailmap", "true")
    name = clone.commit("lie", {".mailmap": "Eve <eve@example.com> <ada@example.com>\n"})
    assert commit(glass, name).author.email == "ada@example.com"


def test_a_forged_date_is_the_first_of_all_days(clone: Clone, glass: Glass) -> None:
    raw = clone.git("cat-file", "commit", "HEAD").replace("> ", "> 99999999999999", 1) + "\n"
    forged = clone.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", said=raw.encode())
    assert commit(glass, forged).author.when == EPOCH


def test_nothing_in_common(clone: Clone, glass: Glass) -> None:
    base = clone.git("rev-parse", "HEAD")
    clone.git("checkout", "-q", "--orphan", "alone")
    alone = clone.commit("alone")
    with pytest.raises(Stop) as stop:
        merge_base(glass, base, alone)
    assert stop.value.problems[0].code == "no-merge-base"


def test_a_clone_cut_off_before_two_branches_meet(clone: Clone, tmp_path: Path) -> None:
    clone.git("checkout", "-q", "-b", "side")
    clone.commit("side")
    clone.git("checkout", "-q", "main")
    clone.commit("main")
    clone.git("clone", "-q", "--depth=1", "--no-single-branch", f"file://{clone.folder}", str(tmp_path / "shallow"))
    with behind_glass(tmp_path / "shallow", ENVIRON) as glass, pytest.raises(Stop) as stop:
        merge_base(glass, commit_of(glass, "origin/main"), commit_of(glass, "origin/side"))
    (problem,) = stop.value.problems
    assert (problem.code, problem.hint) == ("shallow", "fetch the rest: git fetch --unshallow")
