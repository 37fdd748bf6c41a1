from __future__ import annotations

import os
from pathlib import Path

import pytest
from tree_answers import mock, plant

from keymock import roles
from keymock.disk import write_whole
from keymock.layout import Layout
from keymock.problems import Stop
from keymock.workspace import Workspace, WorkTree

TREE = {"keymock.toml": "", "workspace/mocks/a.toml": mock("/a"), "projects/shop/mocks/m.toml": mock("/m")}


def test_a_listing_is_of_what_may_matter(tmp_path: Path) -> None:
    root = plant(tmp_path, {
        **TREE, "README.md": "", "src/x.toml": "", ".git/config": "", "workspace/.cache/x.toml": "", "ROLES": "",
        "private/ada/mocks/a.toml": "", "private/bob/mocks/a.toml": "", "services/pay/mock/mocks/m.toml": "",
        "environments/dev.toml": "",
    })  # fmt: skip
    assert sorted(WorkTree(root, "ada").files(["services/*/mock"])) == [
        "ROLES", "environments/dev.toml", "keymock.toml", "private/ada/mocks/a.toml", "projects/shop/mocks/m.toml",
        "services/pay/mock/mocks/m.toml", "workspace/mocks/a.toml",
    ]  # fmt: skip
    assert "private/ada/mocks/a.toml" not in WorkTree(root).files()


def test_links_are_listed_and_never_followed(tmp_path: Path) -> None:
    root = plant(tmp_path / "w", TREE)
    plant(tmp_path / "elsewhere", {"x.toml": mock("/x")})
    (root / "workspace/mocks/folder").symlink_to(tmp_path / "elsewhere")
    (root / "workspace/mocks/file.toml").symlink_to(tmp_path / "elsewhere/x.toml")
    tree = WorkTree(root)
    found = tree.files()
    assert {name: stamp[0] for name, stamp in found.items() if "f" in name.rpartition("/")[2][:1]} == {
        "workspace/mocks/folder": "l", "workspace/mocks/file.toml": "l",
    }  # fmt: skip
    with pytest.raises(OSError):
        tree.read("workspace/mocks/file.toml")


def test_a_pipe_does_not_hold_anybody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a regular file"):
        WorkTree(tmp_path).read("pipe")


def test_a_stamp_tells_two_states_apart(tmp_path: Path) -> None:
    tree = WorkTree(plant(tmp_path, TREE))
    first = tree.stamp("workspace/mocks/a.toml")
    write_whole(tmp_path / "workspace/mocks/a.toml", b"other")
    assert tree.stamp("workspace/mocks/a.toml") != first
    assert tree.stamp("workspace/mocks") is None
    assert tree.stamp("nowhere") is None
    assert tree.stamp("nul\0") is None


# ---- writing ---------------------------------------------------------------------------------------------------------

OPEN = roles.Policy(roles.Roles())


def save(root: Path, file: str, *, policy: roles.Policy = OPEN, actor: str | None = None, fresh: bool = True) -> None:
    workspace = Workspace(root, actor)
    expect = workspace.tree.stamp(file) if fresh else None
    workspace.save(file, b"new", policy=policy, layout=Layout(), expect=expect)


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    save(plant(tmp_path, TREE), "workspace/mocks/deep/new.toml")
    save(tmp_path, "workspace/mocks/a.toml")
    assert (tmp_path / "workspace/mocks/deep/new.toml").read_bytes() == b"new"
    assert (tmp_path / "workspace/mocks/a.toml").read_bytes() == b"new"
    assert not list(tmp_path.rglob("*.tmp"))


def test_nothing_is_overwritten_that_changed_meanwhile(tmp_path: Path) -> None:
    plant(tmp_path, TREE)
    with pytest.raises(Stop, match="is there already"):
        save(tmp_path, "workspace/mocks/a.toml", fresh=False)
    assert (tmp_path / "workspace/mocks/a.toml").read_text() == TREE["workspace/mocks/a.toml"]


def test_who_may_not_write_does_not(tmp_path: Path) -> None:
    parsed, _ = roles.parse(b"* admin:root@x\n/workspace/ viewer:ada@x\n", "ROLES")
    with pytest.raises(Stop) as caught:
        save(plant(tmp_path, TREE), "workspace/mocks/a.toml", policy=roles.Policy(parsed), actor="ada@x")
    assert (caught.value.exit_code, caught.value.problems[0].code) == (1, "forbidden")
    save(tmp_path, "workspace/mocks/a.toml", policy=roles.Policy(parsed), actor="root@x")


def test_a_file_is_removed_by_whoever_may_and_saw_it_as_it_is(tmp_path: Path) -> None:
    plant(tmp_path, {"workspace/mocks/a.toml": "", "ROLES": "/workspace/ member:ada\n"})
    rules = roles.Policy(roles.parse("/workspace/ member:ada\n")[0])
    file = "workspace/mocks/a.toml"
    for actor, stamp in (("bob", True), ("ada", False)):
        workspace = Workspace(tmp_path, actor)
        seen = workspace.tree.stamp(file) if stamp else ("f", 1, 2, 3)
        assert seen is not None
        with pytest.raises(Stop):
            workspace.remove(file, policy=rules, layout=Layout(), expect=seen)
        assert (tmp_path / file).exists()
    workspace = Workspace(tmp_path, "ada")
    stamp_now = workspace.tree.stamp(file)
    assert stamp_now is not None
    workspace.remove(file, policy=rules, layout=Layout(), expect=stamp_now)
    assert not (tmp_path / file).exists()


def test_an_overlay_is_a_file_of_ones_own(tmp_path: Path) -> None:
    rules = roles.Policy(roles.parse("/workspace/ user:ada\n")[0])
    file = "private/ada/workspace/mocks/a.toml"
    Workspace(tmp_path, "ada").save(file, b"", policy=rules, layout=Layout(), expect=None)
    with pytest.raises(Stop):
        Workspace(tmp_path, "bob").save(f"{file}2", b"", policy=rules, layout=Layout(), expect=None)
