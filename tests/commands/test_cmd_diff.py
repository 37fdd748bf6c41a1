"""`keymock diff`: two revisions, or one and the work tree."""

from __future__ import annotations

import pytest
from clone import Clone, needs_git
from prompt import Shell

pytestmark = needs_git

USER = "projects/shop/mocks/user.toml"
BEFORE = '[request]\npath = "/users/:id"\n[response]\njson = { id = 1, email = "a" }\n'
AFTER = BEFORE.replace(', email = "a"', "")


@pytest.fixture
def clone(shell: Shell) -> Clone:
    made = Clone(shell.folder)
    made.commit("begin", {"keymock.toml": "", USER: BEFORE})
    return made


def test_a_revision_against_the_work_tree(shell: Shell, clone: Clone) -> None:
    assert shell("diff", "main").out == "main → the work tree: nothing that callers see is different\n"
    clone.put(USER, AFTER)
    done = shell("diff", "main")
    assert (done.code, done.out.splitlines()[0]) == (0, "main → the work tree: 1 breaking")
    assert "✗ `$.email` is gone (was text)" in done.out


def test_two_revisions_in_three_spellings(shell: Shell, clone: Clone) -> None:
    clone.git("checkout", "-q", "-b", "topic")
    clone.commit("less", {USER: AFTER})
    clone.git("checkout", "-q", "main")
    clone.commit("more", {"workspace/mocks/new.toml": 'request.path = "/new"\n'})
    assert shell("diff", "main", "topic").out.startswith("main → topic: 2 breaking")
    assert shell("diff", "main..topic").out.startswith("main → topic: 2 breaking")
    assert shell("diff", "main...topic").out.startswith("main → topic: 1 breaking")
    assert shell("diff", "..topic").out.startswith("HEAD → topic")


def test_what_fails(shell: Shell, clone: Clone) -> None:
    assert shell("diff", "main", "--fail-on", "any").code == 0
    clone.put(USER, AFTER)
    assert shell("diff", "main", "--fail-on", "breaking").code == 1
    assert shell("diff", "main", "--fail-on", "breaking", "--accept", "GET /users/:name").code == 0
    assert shell("diff", "main", "--fail-on", "any", "--accept", "GET /users/:id").code == 1


def test_a_commit_says_which_break_it_means(shell: Shell, clone: Clone) -> None:
    clone.commit("less\n\nKeymock-Breaking: GET /users/:id nobody reads it", {USER: AFTER})
    done = shell("diff", "main~1", "main", "--fail-on", "breaking")
    assert done.code == 0
    assert "accepted: nobody reads it" in done.out


def test_json_and_markdown(shell: Shell, clone: Clone) -> None:
    clone.put(USER, AFTER)
    written = shell("diff", "main", "--json").json
    assert written["breaking"] is True
    assert [change["mock"] for change in written["changes"]] == ["projects/shop/mocks/user"]
    assert shell("diff", "main", "--format", "json").json == written
    assert "- **`GET /users/:id`** · shop" in shell("diff", "main", "--format", "markdown").out


def test_what_roles_withhold_then_or_now_is_not_told(shell: Shell, clone: Clone) -> None:
    clone.commit("roles", {"ROLES": "* admin:ops@example.com\n/workspace/ member:ada@example.com\n"})
    clone.put(USER, AFTER)
    done = shell("diff", "main")
    assert "users" not in done.out
    assert "1 change withheld from you by ROLES" in done.out
    assert "✗ `$.email`" in shell("--as", "ops@example.com", "diff", "main").out


def test_a_private_mock_leaves_no_trace(shell: Shell, clone: Clone) -> None:
    clone.put("private/ada@example.com/mocks/mine.toml", 'request.path = "/mine"\n')
    clone.put("private/ada@example.com/projects/shop/mocks/user.toml", "response.status = 500\n")
    assert "nothing that callers see" in shell("diff", "main").out


def test_what_cannot_be_compared(shell: Shell, clone: Clone) -> None:
    for words, code in ((("mian",), "no-such-revision"), (("-x",), ""), (("a", "b", "c"), "bad-range")):
        done = shell("diff", *words)
        assert done.code == 2
        assert code in done.err
        assert "Traceback" not in done.err
    assert "did you mean `main`?" in shell("diff", "mian").err
    assert clone.git("status", "--porcelain") == ""


def test_no_repository(shell: Shell) -> None:
    shell.put("keymock.toml", "")
    done = shell("diff", "main")
    assert (done.code, "not-a-repository" in done.err) == (2, True)
