"""What each commit did itself: of a merge, only what git would not have made of it."""

from __future__ import annotations

import pytest
from clone import ENVIRON, Clone, needs_git

from keymock.problems import Stop
from keymock.repo import authored, behind_glass

pytestmark = needs_git


def told(clone: Clone, base: str = "main", head: str = "topic") -> list[tuple[str, list[str]]]:
    with behind_glass(clone.folder, ENVIRON) as glass:
        found = authored(glass, clone.git("rev-parse", base), clone.git("rev-parse", head))
    return [(one.commit.subject, [f"{change.deed} {change.path}" for change in one.changes]) for one in found]


def branch(clone: Clone) -> None:
    clone.git("checkout", "-q", "-b", "topic")
    clone.commit("mine", {"workspace/mocks/mine.toml": "1\n"})
    clone.git("checkout", "-q", "main")
    clone.commit("theirs", {"workspace/mocks/a.toml": "1\n2\n3\n4\n"})
    clone.git("checkout", "-q", "topic")


def test_commits_in_their_order(clone: Clone) -> None:
    clone.git("checkout", "-q", "-b", "topic")
    clone.commit("one", {"workspace/mocks/b.toml": ""})
    clone.git("mv", "workspace/mocks/a.toml", "workspace/mocks/c.toml")
    clone.commit("two")
    assert told(clone) == [
        ("one", ["create workspace/mocks/b.toml"]),
        ("two", ["delete workspace/mocks/a.toml", "create workspace/mocks/c.toml"]),
    ]


def test_a_merge_that_adds_nothing_has_done_nothing(clone: Clone) -> None:
    branch(clone)
    clone.git("merge", "-q", "--no-ff", "main", "-m", "merge")
    assert told(clone)[-1] == ("merge", [])


def test_what_a_merge_adds_or_throws_away_is_its_own(clone: Clone) -> None:
    branch(clone)
    clone.git("merge", "-q", "--no-commit", "--no-ff", "main")
    clone.commit("evil", {"workspace/mocks/hidden.toml": ""})
    assert told(clone)[-1] == ("evil", ["create workspace/mocks/hidden.toml"])
    clone.git("checkout", "-q", "-b", "other", "HEAD~1")
    clone.git("merge", "-q", "-s", "ours", "main", "-m", "ours")
    assert told(clone, head="other")[-1] == ("ours", ["update workspace/mocks/a.toml"])


def test_a_conflict_is_settled_by_who_merges(clone: Clone) -> None:
    branch(clone)
    clone.commit("mine too", {"workspace/mocks/a.toml": "1\n2\n3\nmine\n"})
    clone.git("merge", "-q", "-s", "ours", "main", "-m", "settled")
    assert told(clone)[-1] == ("settled", ["update workspace/mocks/a.toml"])


def test_a_workspace_below_the_top_has_its_own_names(clone: Clone) -> None:
    clone.git("checkout", "-q", "-b", "topic")
    clone.commit("one", {"deep/keymock.toml": "", "other.txt": ""})
    with behind_glass(clone.folder / "deep", ENVIRON) as glass:
        (one,) = authored(glass, clone.git("rev-parse", "main"), clone.git("rev-parse", "topic"))
    assert [change.path for change in one.changes] == ["keymock.toml"]


def test_several_at_once_are_held_against_each(clone: Clone) -> None:
    for name in ("x", "y", "z"):
        clone.git("checkout", "-q", "-b", name, "main")
        clone.commit(name, {f"{name}.txt": ""})
    clone.git("checkout", "-q", "-b", "topic", "x")
    clone.git("merge", "-q", "y", "z", "-m", "octopus")
    assert set(told(clone, base="main")[-1][1]) == {"create x.txt", "create y.txt", "create z.txt"}


def test_a_clone_that_is_cut_off_says_what_to_fetch(clone: Clone) -> None:
    branch(clone)
    clone.commit("more", {"workspace/mocks/more.toml": ""})
    shallow = clone.folder.parent / "shallow"
    clone.git("clone", "-q", "--depth=1", "--no-single-branch", f"file://{clone.folder}", str(shallow))
    cut = Clone.__new__(Clone)
    cut.folder, cut.minute = shallow, 0
    with pytest.raises(Stop) as stopped:
        told(cut, base="origin/main", head="origin/topic")
    (problem,) = stopped.value.problems
    assert (problem.code, "git fetch --unshallow" in problem.hint) == ("shallow", True)
