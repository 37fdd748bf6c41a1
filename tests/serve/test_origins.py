"""Where answers came from, told when somebody reads the journal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from clone import Clone, needs_git
from tree_answers import mock, plant

from keymock.serve.options import Options
from keymock.serve.origins import Origins
from keymock.serve.service import Service

TREE = {
    "workspace/mocks/a.toml": '# a comment\n[request]\npath = "/a"\n',
    "workspace/mocks/a.body.txt": "hello",
    "workspace/mocks/b.toml": mock("/b"),
}


def entry(number: int, mock: str | None) -> dict[str, Any]:
    return {"id": number, "mock": mock}


ASKED = [entry(1, "workspace/mocks/a"), entry(2, None), entry(3, "workspace/mocks/gone")]


def origins(root: Path, **options: Any) -> Origins:
    return Service(Options(workspace=str(root), **options), lambda: 0).origins


def test_file_and_line(tmp_path: Path) -> None:
    first, none, gone = origins(plant(tmp_path, TREE)).beside(ASKED)
    assert first == {"id": 1, "mock": "workspace/mocks/a", "file": "workspace/mocks/a.toml", "line": 2}
    assert (none, gone) == (ASKED[1], ASKED[2])


@needs_git
def test_the_last_commit_of_any_of_its_files(tmp_path: Path) -> None:
    clone = Clone(tmp_path)
    old = clone.commit("begin", TREE)
    new = clone.commit("say more", {"workspace/mocks/a.body.txt": "hello, world"}, who="bob@example.com")
    first, *_ = origins(tmp_path).beside(ASKED, commits=True)
    assert first["commit"] == {
        "id": new, "author": "bob@example.com", "when": "2026-01-01T00:00:06+01:00", "subject": "say more",
    }  # fmt: skip
    first, *_ = origins(tmp_path, commit=old).beside(ASKED, commits=True)
    assert first["commit"]["id"] == old


@pytest.mark.parametrize("repository", [False, pytest.param(True, marks=needs_git)])
def test_where_nothing_is_committed_there_is_no_last_commit(tmp_path: Path, repository: bool) -> None:
    if repository:
        Clone(tmp_path)
    plant(tmp_path, TREE)
    first, *_ = origins(tmp_path).beside(ASKED, commits=True)
    assert first["commit"] is None
    assert first["line"] == 2
