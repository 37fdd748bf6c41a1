"""Who wrote each line."""

from __future__ import annotations

from clone import Clone, needs_git

from keymock.repo import Glass, commit_of
from keymock.repo.blame import blame
from keymock.repo.commits import EPOCH

pytestmark = needs_git

A = "workspace/mocks/a.toml"


def test_each_line_has_its_commit(clone: Clone, glass: Glass) -> None:
    second = clone.commit("change two", {A: "1\ntwo\n3\n"}, who="bob@example.com")
    one, two, three = blame(glass, second, A)
    assert (one.line, one.text, one.subject) == (1, "1", "begin")
    assert (two.line, two.text, two.commit, two.subject) == (2, "two", second, "change two")
    assert two.author is not None
    assert (two.author.name, two.author.email) == ("Bob", "bob@example.com")
    assert three.commit == one.commit == clone.git("rev-parse", "HEAD~1")


def test_lines_that_are_in_no_commit_yet(clone: Clone, glass: Glass) -> None:
    head = commit_of(glass, "HEAD")
    found = blame(glass, head, A, b"1\n2\n3\n4\n")
    assert [(one.commit == head, one.author is None) for one in found] == [(True, False)] * 3 + [(False, True)]
    assert found[-1].commit == ""


def test_commits_that_somebody_wants_ignored_are_not(clone: Clone, glass: Glass) -> None:
    second = clone.commit("change two", {A: "1\ntwo\n3\n"})
    clone.put("ignored", second)
    clone.configure("blame.ignoreRevsFile", "ignored")
    assert blame(glass, second, A)[1].commit == second


def test_a_forged_date(clone: Clone, glass: Glass) -> None:
    raw = clone.git("cat-file", "commit", "HEAD").replace("> ", "> 99999999999999", 1) + "\n"
    forged = clone.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", said=raw.encode())
    author = blame(glass, forged, A)[0].author
    assert author is not None
    assert author.when == EPOCH
