from __future__ import annotations

from pathlib import Path

import pytest
from clone import Clone, needs_git
from contracted_shop import OPENAPI
from prompt import Shell

from keymock.commands.contract.bases import Bases
from keymock.commands.invocation import Invocation
from keymock.commands.seen import Seen, look
from keymock.problems import Stop

pytestmark = needs_git

DOCUMENT = "projects/shop/openapi.yaml"
MOCK = "projects/shop/mocks/get.toml"
GOOD = 'operation = "getUser"\n[response]\njson = { id = 1, name = "Ada" }\n'


@pytest.fixture
def clone(shell: Shell) -> Clone:
    made = Clone(shell.folder)
    made.commit("begin", {"keymock.toml": "", DOCUMENT: OPENAPI, MOCK: GOOD})
    return made


def seen_by(shell: Shell, folder: Path | None = None) -> Seen:
    return look(Invocation(folder=folder or shell.folder, environ=shell.environ))


def base(seen: Seen, revision: str = "", mock: str = "projects/shop/mocks/get", file: str = MOCK) -> str:
    (opened,) = seen.catalog.contracts
    bases = Bases(seen, revision, [file, DOCUMENT])
    return bases.of(mock, [file], opened.named, opened.files, seen.routes.get(mock)).commit


def test_it_is_the_last_commit_of_the_mock(clone: Clone, shell: Shell) -> None:
    second = clone.commit("the mock", {MOCK: GOOD + "# more\n"})
    clone.commit("the document", {DOCUMENT: OPENAPI + "# more\n"})
    assert base(seen_by(shell)) == second


def test_one_in_which_they_did_not_agree_is_passed_over(clone: Clone, shell: Shell) -> None:
    first = clone.git("rev-parse", "HEAD")
    clone.commit("both", {MOCK: GOOD + "# more\n", DOCUMENT: OPENAPI.replace("[id, name]", "[id, name, self]")})
    assert base(seen_by(shell)) == first


def test_a_mock_that_never_agreed_begins_from_its_last_commit(clone: Clone, shell: Shell) -> None:
    last = clone.commit("a mock", {"projects/shop/mocks/odd.toml": GOOD.replace("id = 1", 'id = "x"')})
    seen = seen_by(shell)
    assert base(seen, mock="projects/shop/mocks/odd", file="projects/shop/mocks/odd.toml") == last


def test_a_new_mock_begins_from_the_newest_document_that_it_agrees_with(clone: Clone, shell: Shell) -> None:
    first = clone.git("rev-parse", "HEAD")
    clone.commit("the document", {DOCUMENT: OPENAPI.replace("[id, name]", "[id, name, self]")})
    clone.put("projects/shop/mocks/new.toml", GOOD)
    assert base(seen_by(shell), mock="projects/shop/mocks/new", file="projects/shop/mocks/new.toml") == first


def test_a_revision_that_is_named_counts(clone: Clone, shell: Shell) -> None:
    first = clone.git("rev-parse", "HEAD")
    clone.commit("the mock", {MOCK: GOOD + "# more\n"})
    assert base(seen_by(shell), first) == first


def test_which_files_no_commit_has(clone: Clone, shell: Shell) -> None:
    seen = seen_by(shell)
    bases = Bases(seen, "", [])
    assert list(bases.uncommitted(seen, [MOCK, DOCUMENT])) == []
    clone.put(MOCK, GOOD + "# more\n")
    assert list(bases.uncommitted(seen, [MOCK, DOCUMENT, "projects/shop/mocks/none.toml"])) == [MOCK]


def test_a_clone_that_is_cut_off_cannot_tell(clone: Clone, shell: Shell, tmp_path: Path) -> None:
    clone.git("clone", "-q", "--depth", "1", f"file://{clone.folder}", str(tmp_path / "shallow"))
    with pytest.raises(Stop) as stop:
        base(seen_by(shell, tmp_path / "shallow"))
    assert stop.value.problems[0].code == "shallow"
