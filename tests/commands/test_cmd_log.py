"""`keymock log`, on a clone with a history."""

from __future__ import annotations

from pathlib import Path

import pytest
from clone import Clone, needs_git
from prompt import Shell
from tree_answers import mock

pytestmark = needs_git

LONG = mock("/users/:id", response="headers.X-A = '1'\nheaders.X-B = '2'\nstatus = 200")


@pytest.fixture
def history(shell: Shell) -> Clone:
    """A mock that bob wrote as `old`, that ada moved to `users/get`, and whose body changed after."""
    clone = Clone(shell.folder)
    clone.commit("begin", {"keymock.toml": "", ".gitignore": "private/\n.keymock/\n"})
    clone.commit("Add a user", {"workspace/mocks/old.toml": LONG}, who="bob@example.com")
    (clone.folder / "workspace/mocks/users").mkdir()
    clone.git("mv", "workspace/mocks/old.toml", "workspace/mocks/users/get.toml")
    clone.commit("Sort by resource")
    clone.commit("Users have names", {"workspace/mocks/users/get.body.json": '{"name": "Ada"}\n'})
    return clone


def test_the_commits_of_a_mock_its_body_and_where_it_lay(history: Clone, shell: Shell) -> None:
    moved = "workspace/mocks/users/get.toml (was workspace/mocks/old.toml)"
    rows = [[word for word in line.split("  ") if word] for line in shell("log", "users/get").out.splitlines()]
    assert [[word.strip() for word in row[2:]] for row in rows] == [
        ["ada@example.com", "added", "workspace/mocks/users/get.body.json", "Users have names"],
        [
            "ada@example.com",
            "moved",
            moved,
            "Sort by resource",
        ],
        ["bob@example.com", "added", "workspace/mocks/old.toml", "Add a user"],
    ]


def test_as_json(history: Clone, shell: Shell) -> None:
    newest, moved, first = shell("log", "users/get", "--json").json
    assert newest["commit"] == history.git("rev-parse", "HEAD")
    assert newest["file"] == "workspace/mocks/users/get.body.json"
    assert (moved["kind"], moved["before"]) == ("moved", "workspace/mocks/old.toml")
    assert (first["email"], first["subject"]) == ("bob@example.com", "Add a user")


def test_a_route_is_the_mock_that_answers_it(history: Clone, shell: Shell) -> None:
    assert shell("log", "GET", "/users/1").out == shell("log", "users/get").out
    assert shell("log", "/users/1", "--at", "HEAD~1").out.count("\n") == 2
    told = shell("log", "/nothing")
    assert (told.code, "no mock answers GET /nothing" in told.err) == (1, True)


def test_what_is_not_committed_comes_first(history: Clone, shell: Shell) -> None:
    history.put("workspace/mocks/users/get.body.json", "{}")
    assert shell("log", "users/get").out.startswith("not committed  workspace/mocks/users/get.body.json\n")


def test_a_private_mock_is_in_no_commit(history: Clone, shell: Shell) -> None:
    history.put("private/ada@example.com/mocks/mine.toml", mock("/mine"))
    assert shell("log", "/mine").out == "not committed  private/ada@example.com/mocks/mine.toml\n"
    assert shell("log", "/mine", "--json").json == []


def test_a_clone_that_was_cut_off_says_so(history: Clone, shell: Shell, tmp_path: Path) -> None:
    history.git("clone", "-q", "--depth=1", f"file://{history.folder}", str(tmp_path / "shallow"))
    for words in (("log", "users/get"), ("blame", "/users/1")):
        told = shell(*words, at=tmp_path / "shallow")
        assert told.code == 0
        assert told.err.endswith("fetch the rest: git fetch --unshallow\n")
        assert "shallow" not in shell(*words).err


def test_what_one_may_not_see_has_no_history(history: Clone, shell: Shell) -> None:
    history.put("ROLES", "* admin:ops@example.com\n")
    assert shell("log", "users/get").code == 2
    assert shell("log", "/users/1").code == 1


def test_without_a_repository_or_a_commit(shell: Shell) -> None:
    shell.put("keymock.toml", "")
    shell.put("workspace/mocks/a.toml", mock("/a"))
    assert "is in no git repository" in shell("log", "a").err
    Clone(shell.folder)
    told = shell("log", "a")
    assert (told.code, "no commit yet" in told.err) == (2, True)
