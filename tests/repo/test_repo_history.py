"""What became of files over time."""

from __future__ import annotations

from clone import Clone, needs_git

from keymock.repo import Glass, commit_of
from keymock.repo.history import history, last_changes, with_moves

pytestmark = needs_git

A = "workspace/mocks/a.toml"


def test_the_newest_first_each_file_by_itself(clone: Clone, glass: Glass) -> None:
    clone.commit("two", {A: "1\n", "b*": "", "bx": ""})
    clone.commit("other", {"bx": "1"})
    (clone.folder / "b*").unlink()
    clone.commit("three")
    steps = history(glass, commit_of(glass, "HEAD"), [A, "b*"])
    assert [(step.commit.subject, step.path, step.kind) for step in steps] == [
        ("three", "b*", "deleted"), ("two", "b*", "added"), ("two", A, "changed"), ("begin", A, "added"),
    ]  # fmt: skip
    assert len(history(glass, commit_of(glass, "HEAD"), [A], 1)) == 1


def test_names_and_messages_that_look_like_something_else(clone: Clone, glass: Glass) -> None:
    odd = "workspace/mocks/R100\n1\x01.toml"
    clone.commit("A\n\nR100\nworkspace/mocks/a.toml\n", {odd: ""}, who="x@example.com")
    (step,) = history(glass, commit_of(glass, "HEAD"), [odd])
    assert (step.path, step.kind, step.commit.author.email) == (odd, "added", "x@example.com")


def test_a_file_is_followed_to_where_it_was(clone: Clone, glass: Glass) -> None:
    clone.commit("longer", {A: "".join(f"{number}\n" for number in range(50))})
    clone.git("mv", A, "workspace/mocks/z.toml")
    clone.commit("move")
    clone.commit("change", {"workspace/mocks/z.toml": "".join(f"{number}\n" for number in range(51))})
    steps = with_moves(glass, commit_of(glass, "HEAD"), "workspace/mocks/z.toml")
    assert [(step.commit.subject, step.kind, step.before) for step in steps] == [
        ("change", "changed", ""), ("move", "moved", A), ("longer", "changed", ""), ("begin", "added", ""),
    ]  # fmt: skip


def test_a_copy_has_no_history_of_another_file(clone: Clone, glass: Glass) -> None:
    clone.commit("longer", {A: "".join(f"{number}\n" for number in range(50))})
    clone.commit("alike", {"workspace/mocks/b.toml": "".join(f"{number}\n" for number in range(49))})
    (step,) = with_moves(glass, commit_of(glass, "HEAD"), "workspace/mocks/b.toml")
    assert (step.commit.subject, step.kind, step.before) == ("alike", "added", "")


def test_the_last_change_of_many_files_at_once(clone: Clone, glass: Glass) -> None:
    clone.commit("two", {A: "1\n"})
    clone.commit("three", {"keymock.toml": "port = 1\n"})
    found = last_changes(glass, commit_of(glass, "HEAD"), [A, "keymock.toml", "missing"])
    assert {file: commit.subject for file, commit in found.items()} == {A: "two", "keymock.toml": "three"}
    assert last_changes(glass, commit_of(glass, "HEAD"), []) == {}


def test_a_merge_that_changes_nothing_itself_is_no_step(clone: Clone, glass: Glass) -> None:
    clone.git("checkout", "-q", "-b", "side")
    clone.commit("side", {A: "side\n"})
    clone.git("checkout", "-q", "main")
    clone.commit("main", {"m": ""})
    clone.git("merge", "-q", "--no-ff", "-m", "merge", "side")
    assert [step.commit.subject for step in history(glass, commit_of(glass, "HEAD"), [A])] == ["side", "begin"]
