from __future__ import annotations

from pathlib import Path

import pytest
from clone import Clone, needs_git
from contracted_shop import OPENAPI
from prompt import Result, Shell

pytestmark = needs_git

DOCUMENT = "projects/shop/openapi.yaml"
MOCK = "projects/shop/mocks/get-user.toml"
CHANGED = OPENAPI.replace("{id: 2, name: Bob}", "{id: 2, name: Bob, email: bob@example.com}").replace(
    "self: {type: string, format: uri}", "self: {type: string, format: uri}\n        email: {type: string}"
)


@pytest.fixture
def clone(shell: Shell) -> Clone:
    """A mock that was made from the example `bob`, its name edited, a comment in it; committed with its document."""
    made = Clone(shell.folder)
    shell.put("keymock.toml", "")
    shell.put(DOCUMENT, OPENAPI)
    assert shell("new", "--from", "operation:getUser", "--example", "bob").code == 0
    text = (shell.folder / MOCK).read_text().replace('name = "Bob"', 'name = "Bobby"')
    shell.put(MOCK, f"# ours\n{text}")
    made.commit("begin")
    return made


def mock(shell: Shell) -> str:
    return (shell.folder / MOCK).read_text()


def test_a_mock_is_brought_up_to_its_document_and_the_edit_survives(clone: Clone, shell: Shell) -> None:
    clone.put(DOCUMENT, CHANGED)
    before = mock(shell)
    done = shell("contract", "sync")
    assert done.code == 0
    assert mock(shell) == before.replace('name = "Bobby"', 'name = "Bobby", email = "bob@example.com"')
    assert 'body $.email  is new: "bob@example.com"' in done.out
    assert "1 mock changed of 1" in done.out
    assert shell("contract", "check").code == 0


def test_check_and_dry_run_write_nothing(clone: Clone, shell: Shell) -> None:
    assert shell("contract", "sync", "--check").code == 0
    clone.put(DOCUMENT, CHANGED)
    before = mock(shell)
    done = shell("contract", "sync", "--check", "--json")
    assert (done.code, done.json["written"], done.json["problems"]) == (1, [], [])
    (one,) = done.json["mocks"]
    assert (one["mock"], one["operation"], one["files"]) == ("projects/shop/mocks/get-user", "GET /users/{id}", [MOCK])
    dry = shell("contract", "sync", "--dry-run")
    assert dry.code == 0
    assert f"--- a/{MOCK}" in dry.out
    assert "+json = " in dry.out
    assert mock(shell) == before


def test_a_conflict_is_named_on_both_sides_and_the_rest_is_done(clone: Clone, shell: Shell) -> None:
    clone.put(DOCUMENT, CHANGED.replace("name: {type: string, minLength: 2}", "title: {type: string}").replace(
        "required: [id, name]", "required: [id]").replace("name: Bob,", "title: Bob,"))  # fmt: skip
    done = shell("contract", "sync", "--json")
    assert done.code == 1
    (problem,) = done.json["problems"]
    assert (problem["code"], problem["path"]) == ("sync-conflict", MOCK)
    assert problem["message"] == 'body $.name stays "Bobby", and the document no longer has it'
    line = OPENAPI.split("\n").index("    User:") + 1
    assert problem["hint"] == f"declared at {DOCUMENT}:{line}"
    assert done.json["written"] == [MOCK]
    assert 'name = "Bobby"' in mock(shell)
    assert 'title = "Bob"' in mock(shell)


def test_the_base_is_where_the_two_last_agreed(clone: Clone, shell: Shell) -> None:
    clone.commit("the document and the mock change, and no longer agree", {
        DOCUMENT: CHANGED.replace("required: [id, name]", "required: [id, name, email]"),
        MOCK: mock(shell) + "# another comment\n",
    })  # fmt: skip
    done = shell("contract", "sync")
    assert done.code == 0
    assert 'email = "bob@example.com"' in mock(shell)


def test_a_base_that_is_named_is_where_the_branches_parted(clone: Clone, shell: Shell) -> None:
    clone.git("checkout", "-q", "-b", "topic")
    clone.commit("the document", {DOCUMENT: CHANGED})
    clone.commit("the mock", {MOCK: mock(shell) + "# later\n"})
    assert shell("contract", "sync").out.strip() == "0 mocks changed of 1"
    assert shell("contract", "sync", "--base", "main").code == 0
    assert 'email = "bob@example.com"' in mock(shell)
    wrong = shell("contract", "sync", "--base", "mian")
    assert (wrong.code, "did you mean `main`?" in wrong.err) == (2, True)


def test_operations_that_come_go_and_change_their_names_are_told(clone: Clone, shell: Shell) -> None:
    clone.commit("another", {"projects/shop/mocks/remove.toml": 'operation = "deleteUser"\n[response]\nstatus = 204\n'})
    document = OPENAPI.replace("operationId: getUser", "operationId: readUser").replace("    delete:", "    patch:")
    clone.put(DOCUMENT, document.replace("deleteUser", "patchUser"))
    done = shell("contract", "sync", "--json")
    assert done.code == 1
    (gone,) = done.json["problems"]
    assert (gone["code"], gone["path"], gone["line"]) == ("sync-gone", "projects/shop/mocks/remove.toml", 1)
    (told,) = done.json["operations"]
    assert (told["added"], told["removed"]) == (["PATCH /users/{id}"], ["DELETE /users/{id}"])
    assert [one["id"] for one in told["renamed"]] == ["readUser"]
    assert "is new: keymock new --from operation:patchUser" in shell("contract", "sync").err


def test_what_no_commit_has_is_not_written_over(clone: Clone, shell: Shell) -> None:
    clone.put(DOCUMENT, CHANGED)
    clone.put(MOCK, mock(shell) + "# not committed\n")
    done = shell("contract", "sync")
    assert done.code == 2
    assert f"no commit has what is in {MOCK} now; nothing was written" in done.err
    assert "email" not in mock(shell)
    assert shell("contract", "sync", "--uncommitted").code == 0
    assert mock(shell).endswith("# not committed\n")
    assert "email" in mock(shell)


def test_a_mock_that_was_never_committed_begins_where_it_agrees(clone: Clone, shell: Shell) -> None:
    clone.put("projects/shop/mocks/new.toml", 'operation = "getUser"\n[response]\njson = { id = 1, name = "Zoe" }\n')
    clone.put(DOCUMENT, CHANGED)
    assert shell("contract", "sync", "--dry-run").code == 0


def test_who_may_not_write_the_mocks_writes_none(clone: Clone, shell: Shell) -> None:
    clone.commit("roles", {"ROLES": "* admin:ops@example.com\n/projects/shop/ viewer:ada@example.com\n"})
    clone.put(DOCUMENT, CHANGED)
    before = mock(shell)
    done = shell("contract", "sync")
    assert (done.code, "[forbidden]" in done.err, mock(shell)) == (1, True, before)
    assert shell("contract", "sync", KEYMOCK_USER="ops@example.com").code == 0


# ---- where it cannot be told ---------------------------------------------------------------------------------------


def _said(done: Result) -> tuple[int, str]:
    return done.code, done.err.partition("[")[2].partition("]")[0]


def test_outside_of_a_repository_and_before_the_first_commit(shell: Shell) -> None:
    shell.put("keymock.toml", "")
    shell.put(DOCUMENT, OPENAPI)
    assert _said(shell("contract", "sync", GIT_CEILING_DIRECTORIES=str(shell.folder.parent))) == (2, "not-a-repository")
    Clone(shell.folder)
    assert _said(shell("contract", "sync")) == (2, "no-commits")


def test_a_shallow_clone_cannot_tell(clone: Clone, shell: Shell, tmp_path: Path) -> None:
    clone.commit("the document", {DOCUMENT: CHANGED})
    clone.git("clone", "-q", "--depth", "1", f"file://{clone.folder}", str(tmp_path / "shallow"))
    done = shell("contract", "sync", at=tmp_path / "shallow")
    assert _said(done) == (2, "shallow")
    assert "git fetch --unshallow" in done.err


def test_a_document_that_was_not_there(clone: Clone, shell: Shell) -> None:
    clone.git("mv", DOCUMENT, "projects/shop/api.yaml")
    clone.commit("another name", {"projects/shop/project.toml": 'contract = "api.yaml"\n'})
    clone.put("projects/shop/api.yaml", CHANGED)
    assert shell("contract", "sync", "--check").code == 1  # the only document of a project may have another name
    clone.git("checkout", "-q", "--orphan", "fresh")
    clone.git("rm", "-q", "-f", "--cached", "projects/shop/api.yaml")
    (shell.folder / "projects/shop/api.yaml").unlink()
    clone.commit("only the mock")
    clone.put("projects/shop/api.yaml", OPENAPI)
    done = shell("contract", "sync")
    assert done.code == 0
    assert f"left   {MOCK.removesuffix('.toml')}: projects/shop/api.yaml was not there" in done.err
    assert _said(shell("contract", "sync", "--base", "HEAD")) == (2, "no-base")
