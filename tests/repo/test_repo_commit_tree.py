"""A commit as a source of mocks: what the work tree would give, read without a checkout."""

from __future__ import annotations

import os

import pytest
from clone import ENVIRON, Clone, needs_git
from tree_answers import mock

from keymock.catalog import load
from keymock.repo import place_of
from keymock.repo.commit_tree import CommitTree
from keymock.workspace import WorkTree

pytestmark = needs_git

MONOREPO = {
    "keymock.toml": 'projects = ["services/*/mock"]\n',
    "ROLES": "* admin:ada@example.com\n",
    "workspace/mocks/a.toml": mock("/a", response='body = "a"'),
    "projects/shop/mocks/b.toml": mock("/b"),
    "projects/shop/mocks/b.body.json": "{}",
    "services/pay/mock/mocks/c.toml": mock("/c"),
    "services/pay/src/main.py": "",
    "private/ada@example.com/mocks/mine.toml": mock("/mine"),
}


def tree(clone: Clone, commit: str, folder: str = ".") -> CommitTree:
    return CommitTree(place_of(clone.folder / folder, ENVIRON), ENVIRON, commit)


def test_a_commit_loads_as_its_checkout_does(clone: Clone) -> None:
    commit = clone.commit("all", MONOREPO)
    past, now = tree(clone, commit), WorkTree(clone.folder)
    one, other = (load(source, actor="ada@example.com") for source in (past, now))
    assert one.routes == other.routes
    assert list(one.projects) == ["shop", "pay"]
    assert one.policy == other.policy
    assert sorted(one.tree.files) == sorted(other.tree.files), "what is listed is what matters, and nothing private"
    assert not any(file.startswith("private/") for file in past.files())


def test_a_workspace_below_the_top(clone: Clone) -> None:
    commit = clone.commit("api", {f"api/{file}": text for file, text in MONOREPO.items()})
    catalog = load(tree(clone, commit, "api"), actor=None)
    assert sorted(catalog.routes) == ["projects/pay/mocks/c", "projects/shop/mocks/b", "workspace/mocks/a"]


def test_what_two_commits_have_in_common_is_made_once(clone: Clone) -> None:
    first = clone.commit("all", MONOREPO)
    second = clone.commit("change", {"workspace/mocks/a.toml": mock("/a", response='body = "new"')})
    one = load(tree(clone, first), actor=None)
    two = load(tree(clone, second), actor=None, before=one)
    same = [name for name, unit in two.units.items() if unit is one.units[name]]
    assert sorted(same) == ["projects/pay/mocks/c", "projects/shop/mocks/b"]
    assert two.routes["workspace/mocks/a"] != one.routes["workspace/mocks/a"]


def test_links_and_submodules_are_listed_as_such(clone: Clone) -> None:
    head = clone.commit("all", MONOREPO)
    (clone.folder / "workspace/mocks/link.toml").symlink_to("a.toml")
    clone.git("add", "-A")
    clone.git("update-index", "--add", "--cacheinfo", f"160000,{head},projects/module")
    clone.git("commit", "-q", "-m", "odd")
    source = tree(clone, clone.git("rev-parse", "HEAD"))
    stamps = source.files()
    assert stamps["workspace/mocks/link.toml"][0] == "l"
    assert stamps["projects/module"][0] == "x"
    assert {problem.code for problem in load(source, actor=None).problems} == {"symlink"}
    with pytest.raises(OSError, match="not a file of this commit"):
        source.read("workspace/mocks/link.toml")


def test_names_that_are_no_text_are_left_out_and_told(clone: Clone) -> None:
    (clone.folder / os.fsdecode(b"workspace/mocks/caf\xe9.toml")).write_text(mock("/x"))
    source = tree(clone, clone.commit("latin", MONOREPO))
    assert [problem.code for problem in source.notes] == ["bad-name"]
    assert load(source, actor=None).routes.keys() >= {"workspace/mocks/a"}


def test_a_folder_called_roles_is_no_way_to_be_without_rules(clone: Clone) -> None:
    source = tree(clone, clone.commit("folder", {"ROLES/x": "", "workspace/mocks/a.toml": mock("/a")}))
    catalog = load(source, actor="ada@example.com")
    assert catalog.policy.broken
    assert [problem.code for problem in catalog.problems] == ["not-a-file"]


def test_a_large_body_is_read_when_it_is_asked_for(clone: Clone) -> None:
    large = b"x" * 1_000_000
    clone.put("workspace/mocks/big.body.bin", large)
    source = tree(clone, clone.commit("large", {"workspace/mocks/big.toml": mock("/big")}))
    assert source.read("workspace/mocks/big.body.bin") == large
    assert source.stamp("workspace/mocks/big.body.bin") is not None
    assert source.stamp("workspace/mocks/none") is None
    assert load(source, actor=None).routes["workspace/mocks/big"].answers[0].body == large


def test_the_top_may_be_a_pattern(clone: Clone) -> None:
    clone.commit("all", {"keymock.toml": 'projects = ["*-mock"]\n', "pay-mock/mocks/c.toml": mock("/c")})
    catalog = load(tree(clone, clone.git("rev-parse", "HEAD")), actor=None)
    assert sorted(catalog.routes) == ["projects/pay-mock/mocks/c"]
