"""What somebody typed, as a commit; or a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from clone import ENVIRON, Clone, needs_git

from keymock.problems import Problem, Stop
from keymock.repo import Glass, behind_glass
from keymock.repo.revision import commit_of, empty_tree, has_commits, tree_of

pytestmark = needs_git


def refused(glass: Glass, revision: str) -> Problem:
    with pytest.raises(Stop) as stop:
        commit_of(glass, revision)
    (problem,) = stop.value.problems
    return problem


def test_names_ids_and_steps_back(clone: Clone, glass: Glass) -> None:
    first = clone.git("rev-parse", "HEAD")
    second = clone.commit("second", {"b": ""})
    clone.git("tag", "-m", "annotated", "v1")
    assert [commit_of(glass, name) for name in ("main", "HEAD", second[:8], "v1", "main@{0}")] == [second] * 5
    assert [commit_of(glass, name) for name in ("HEAD~1", f"{second}^", ":/begin")[:2]] == [first] * 2


def test_a_detached_head_is_as_good_as_any(clone: Clone, glass: Glass) -> None:
    first = clone.git("rev-parse", "HEAD")
    clone.commit("second")
    clone.git("checkout", "-q", "--detach", first)
    assert commit_of(glass, "HEAD") == first


@pytest.mark.parametrize("revision", ["", "-v", "--git-dir=/etc", "--output=x", "main\n", "a\0b"])
def test_what_could_be_an_option_is_no_revision(glass: Glass, revision: str) -> None:
    assert refused(glass, revision).code == "no-such-revision"


def test_a_slip_is_told_the_nearest(clone: Clone, glass: Glass) -> None:
    clone.git("branch", "feature/login")
    problem = refused(glass, "feature/logn")
    assert (problem.code, problem.message) == ("no-such-revision", "there is no revision `feature/logn` here")
    assert problem.hint == "did you mean `feature/login`?"
    assert refused(glass, "0123abcd").hint == "if another clone has it: git fetch"


def test_a_tag_named_like_a_branch_does_not_pass_for_it(clone: Clone, glass: Glass) -> None:
    clone.configure("core.warnAmbiguousRefs", "false")
    clone.git("tag", "main")
    problem = refused(glass, "main")
    assert problem.code == "ambiguous-revision"
    assert problem.message == "`main` has more than one meaning: refs/heads/main, refs/tags/main"
    assert commit_of(glass, "refs/heads/main") == clone.git("rev-parse", "refs/heads/main")


def test_no_commits_yet(tmp_path: Path) -> None:
    Clone(tmp_path / "new")
    with behind_glass(tmp_path / "new", ENVIRON) as glass:
        assert not has_commits(glass)
        assert refused(glass, "HEAD").message == "this repository has no commit yet"


def test_a_shallow_clone_says_what_to_fetch(clone: Clone, tmp_path: Path) -> None:
    clone.commit("second")
    clone.git("clone", "-q", "--depth=1", f"file://{clone.folder}", str(tmp_path / "shallow"))
    with behind_glass(tmp_path / "shallow", ENVIRON) as glass:
        assert has_commits(glass)
        problem = refused(glass, "HEAD~1")
    assert problem.code == "shallow"
    assert problem.message == "there is no revision `HEAD~1` here, and this clone is shallow"
    assert problem.hint == "git fetch --unshallow"


def test_replaced_commits_are_seen_as_they_were_made(clone: Clone, glass: Glass) -> None:
    first = clone.git("rev-parse", "HEAD")
    second = clone.commit("second", {"workspace/mocks/a.toml": "other"})
    clone.git("replace", first, second)
    assert tree_of(glass, first) == clone.git("--no-replace-objects", "rev-parse", f"{first}^{{tree}}")


def test_the_tree_of_a_workspace_below_the_top(clone: Clone) -> None:
    with behind_glass(clone.folder / "workspace", ENVIRON) as glass:
        head = commit_of(glass, "HEAD")
        assert tree_of(glass, head) == clone.git("rev-parse", "HEAD:workspace")


def test_a_workspace_that_was_not_there_yet(clone: Clone) -> None:
    first = clone.git("rev-parse", "HEAD")
    clone.commit("api", {"api/keymock.toml": ""})
    with behind_glass(clone.folder / "api", ENVIRON) as glass, pytest.raises(Stop) as stop:
        tree_of(glass, first)
    (problem,) = stop.value.problems
    assert problem.code == "no-workspace"
    assert problem.message == f"at {first[:10]} the workspace's folder api is not there"


def test_a_workspace_that_was_a_link(clone: Clone) -> None:
    (clone.folder / "api").symlink_to("workspace")
    linked = clone.commit("a link")
    (clone.folder / "api").unlink()
    clone.commit("a folder", {"api/keymock.toml": ""})
    with behind_glass(clone.folder / "api", ENVIRON) as glass, pytest.raises(Stop) as stop:
        tree_of(glass, linked)
    assert stop.value.problems[0].message.endswith("api is a symbolic link")


def test_the_empty_tree_is_named_as_the_repository_names(glass: Glass, tmp_path: Path) -> None:
    assert empty_tree(glass) == "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    Clone(tmp_path / "long", format="sha256").commit("begin")
    with behind_glass(tmp_path / "long", ENVIRON) as long:
        assert len(empty_tree(long)) == 64
        assert len(commit_of(long, "HEAD")) == 64
