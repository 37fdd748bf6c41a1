"""`keymock blame`, on a clone with a history."""

from __future__ import annotations

import pytest
from clone import Clone, needs_git
from prompt import Shell
from tree_answers import mock

pytestmark = needs_git

VARIANTS = """\
[request]
path = "/users/:id"

[[responses]]
name = "gone"
status = 404
when.params.id = "0"

[[responses]]
name = "found"
status = 200
[responses.headers]
X-A = "1"
"""


@pytest.fixture
def history(shell: Shell) -> Clone:
    """A mock by bob, a header that ada changed, defaults by cy, and a body by bob."""
    clone = Clone(shell.folder)
    clone.commit("begin", {"keymock.toml": "", ".gitignore": "private/\n.keymock/\n"})
    text = mock("/a", response='headers.X-A = "1"')
    clone.commit("by bob", {"workspace/mocks/a.toml": text, "workspace/mocks/a.body.txt": "hi\n" * 30},
                 who="bob@example.com")  # fmt: skip
    clone.commit("by cy", {"workspace/mocks/_defaults.toml": '[response]\nheaders.X-B = "1"\n'}, who="cy@example.com")
    clone.commit("by ada", {"workspace/mocks/a.toml": text.replace('"1"', '"2"')})
    return clone


def blamed(shell: Shell, *words: str) -> dict[tuple[str, str], str]:
    """Who wrote each line, by file and text."""
    return {(line["file"], line["text"]): line["email"] for line in shell("blame", *words, "--json").json}


def test_each_line_of_mock_body_and_defaults(history: Clone, shell: Shell) -> None:
    found = blamed(shell, "/a")
    assert found["workspace/mocks/a.toml", 'path = "/a"'] == "bob@example.com"
    assert found["workspace/mocks/a.toml", 'headers.X-A = "2"'] == "ada@example.com"
    assert found["workspace/mocks/_defaults.toml", 'headers.X-B = "1"'] == "cy@example.com"
    assert found["workspace/mocks/a.body.txt", "hi"] == "bob@example.com"


def test_in_words(history: Clone, shell: Shell) -> None:
    told = shell("blame", "GET", "/a").out
    commit = history.git("rev-parse", "HEAD")[:10]
    assert told.startswith("200  workspace/mocks/a\n\nworkspace/mocks/_defaults.toml\n  1  ")
    assert f'  {commit}  2026-01-01  ada@example.com  headers.X-A = "2"\n' in told
    assert told.endswith("  … and 10 lines more: -v\n")
    assert shell("blame", "/a", "-v").out.count("  hi\n") == 30


def test_a_line_that_is_not_committed(history: Clone, shell: Shell) -> None:
    history.put("workspace/mocks/a.toml", mock("/a", response='headers.X-A = "3"'))
    assert blamed(shell, "/a")["workspace/mocks/a.toml", 'headers.X-A = "3"'] == ""
    assert blamed(shell, "/a", "--at", "HEAD")["workspace/mocks/a.toml", 'headers.X-A = "2"'] == "ada@example.com"
    history.put("workspace/mocks/new.toml", mock("/new"))
    assert set(blamed(shell, "/new").values()) == {"cy@example.com", ""}


def test_of_several_answers_the_one_that_is_given(history: Clone, shell: Shell) -> None:
    history.commit("variants", {"workspace/mocks/users.toml": VARIANTS})
    found = {text for file, text in blamed(shell, "/users/1") if file == "workspace/mocks/users.toml"}
    assert {'name = "found"', 'X-A = "1"', 'path = "/users/:id"'} <= found
    assert 'name = "gone"' not in found
    found = {text for file, text in blamed(shell, "/users/0") if file == "workspace/mocks/users.toml"}
    assert 'name = "gone"' in found
    assert 'X-A = "1"' not in found


def test_a_body_that_is_no_text(history: Clone, shell: Shell) -> None:
    history.put("workspace/mocks/a.body.txt", b"\0\xff")
    assert blamed(shell, "/a")["workspace/mocks/a.body.txt", "(no text)"] == "bob@example.com"


def test_an_overlay_is_in_no_commit(history: Clone, shell: Shell) -> None:
    overlay = "private/ada@example.com/workspace/mocks/a.toml"
    history.put(overlay, "[response]\nstatus = 500\n")
    assert blamed(shell, "/a")[overlay, "status = 500"] == ""
    assert shell("blame", "/a").out.startswith("500  workspace/mocks/a\n")


def test_a_contract_and_records_have_authors_too(history: Clone, shell: Shell) -> None:
    paths = '"/things": {"get": {"operationId": "all", "responses": {"200": {"description": "x"}}}}'
    contract = f'{{"openapi": "3.0.0", "info": {{"title": "t", "version": "1"}}, "paths": {{{paths}}}}}\n'
    history.commit("contract", {"projects/shop/openapi.json": contract}, who="cy@example.com")
    assert set(blamed(shell, "/things").values()) == {"cy@example.com"}
    history.put("workspace/mocks/notes.toml", '[request]\npath = "/notes"\n\n[data]\nresource = "notes"\n')
    history.put("workspace/data/notes.json", '[{"id": 1}]\n')
    history.commit("records", who="bob@example.com")
    assert "bob@example.com" in blamed(shell, "/notes/1").values()
    assert shell("log", "/notes/1").out.count("bob@example.com") >= 1


def test_no_mock_no_blame(history: Clone, shell: Shell) -> None:
    told = shell("blame", "POST", "/a")
    assert told.code == 1
    assert told.err == "keymock: error: no mock answers POST /a [no-mock]\n  see why: keymock explain POST /a\n"
