"""The work tree as a source: what is as a commit has it has the commit's stamps."""

from __future__ import annotations

import pytest
from clone import ENVIRON, Clone, needs_git

from keymock.repo import place_of
from keymock.repo.commit_tree import CommitTree
from keymock.repo.uncommitted import Uncommitted

pytestmark = needs_git

FILES = {"keymock.toml": "", "workspace/mocks/a.toml": 'request.path = "/a"\n', "workspace/mocks/b.body.txt": "ü\n"}


@pytest.mark.parametrize("format", ["sha1", "sha256"])
def test_what_is_committed_has_the_stamps_of_its_commit(tmp_path_factory: pytest.TempPathFactory, format: str) -> None:
    clone = Clone(tmp_path_factory.mktemp(format), format=format)
    commit = clone.commit("begin", FILES)
    past = CommitTree(place_of(clone.folder, ENVIRON), ENVIRON, commit)
    now = Uncommitted(clone.folder, format)
    assert now.files() == past.files()
    clone.put("workspace/mocks/a.toml", 'request.path = "/b"\n')
    assert Uncommitted(clone.folder, format).stamp("workspace/mocks/a.toml") != past.stamp("workspace/mocks/a.toml")


def test_it_is_what_it_was_when_it_was_listed(tmp_path_factory: pytest.TempPathFactory) -> None:
    clone = Clone(tmp_path_factory.mktemp("clone"))
    clone.commit("begin", FILES)
    now = Uncommitted(clone.folder)
    before = now.files()
    clone.put("workspace/mocks/a.toml", "later")
    assert now.read("workspace/mocks/a.toml") == FILES["workspace/mocks/a.toml"].encode()
    assert now.files() == before
    assert list(now.notes) == []
    assert now.path("workspace/mocks/a.toml") == ""


def test_links_and_private_folders_are_no_part_of_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    clone = Clone(tmp_path_factory.mktemp("clone"))
    clone.commit("begin", {**FILES, "private/ada@example.com/mocks/a.toml": ""})
    (clone.folder / "workspace/mocks/link.toml").symlink_to("/etc/passwd")
    listed = Uncommitted(clone.folder).files()
    assert listed["workspace/mocks/link.toml"][0] == "l"
    assert not [file for file in listed if file.startswith("private")]
