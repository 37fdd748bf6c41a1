"""What differs between two trees."""

from __future__ import annotations

from clone import Clone, needs_git

from keymock.repo import Glass, commit_of, empty_tree
from keymock.repo.changes import changes

pytestmark = needs_git


def test_files_that_came_changed_and_went(clone: Clone, glass: Glass) -> None:
    (clone.folder / "keymock.toml").unlink()
    clone.commit("change", {"workspace/mocks/a.toml": "1\n", "workspace/mocks/b.toml": "new"})
    found = changes(glass, commit_of(glass, "HEAD~1"), commit_of(glass, "HEAD"))
    assert [(one.path, one.deed) for one in found] == [
        ("keymock.toml", "delete"), ("workspace/mocks/a.toml", "update"), ("workspace/mocks/b.toml", "create"),
    ]  # fmt: skip
    assert [bool(one.before) for one in found] == [True, True, False]
    assert [bool(one.after) for one in found] == [False, True, True]


def test_a_rename_goes_and_comes_whatever_the_settings_say(clone: Clone, glass: Glass) -> None:
    clone.configure("diff.renames", "copies")
    clone.git("mv", "workspace/mocks/a.toml", "workspace/mocks/z.toml")
    clone.commit("move")
    found = changes(glass, commit_of(glass, "HEAD~1"), commit_of(glass, "HEAD"))
    assert [(one.path, one.deed) for one in found] == [
        ("workspace/mocks/a.toml", "delete"), ("workspace/mocks/z.toml", "create"),
    ]  # fmt: skip


def test_a_file_that_becomes_a_link_or_a_program(clone: Clone, glass: Glass) -> None:
    (clone.folder / "keymock.toml").unlink()
    (clone.folder / "keymock.toml").symlink_to("elsewhere")
    (clone.folder / "workspace/mocks/a.toml").chmod(0o755)
    clone.commit("modes")
    link, program = changes(glass, commit_of(glass, "HEAD~1"), commit_of(glass, "HEAD"))
    assert (link.deed, link.nature, link.mode_before, link.mode_after) == ("update", "link", "100644", "120000")
    assert (program.before, program.mode_after) == (program.after, "100755")


def test_a_submodule_is_seen_though_its_settings_hide_it(clone: Clone, glass: Glass) -> None:
    head = clone.git("rev-parse", "HEAD")
    clone.git("update-index", "--add", "--cacheinfo", f"160000,{head},module")
    clone.git("commit", "-q", "-m", "module")
    clone.git("update-index", "--cacheinfo", f"160000,{clone.git('rev-parse', 'HEAD')},module")
    clone.git("commit", "-q", "-m", "moved on")
    clone.configure("submodule.module.ignore", "all")
    clone.configure("diff.ignoreSubmodules", "all")
    (moved,) = changes(glass, commit_of(glass, "HEAD~1"), commit_of(glass, "HEAD"))
    assert (moved.path, moved.nature, moved.deed) == ("module", "submodule", "update")


def test_the_first_commit_is_compared_with_nothing(clone: Clone, glass: Glass) -> None:
    found = changes(glass, empty_tree(glass), commit_of(glass, "HEAD"), ["workspace"])
    assert [(one.path, one.deed) for one in found] == [("workspace/mocks/a.toml", "create")]
