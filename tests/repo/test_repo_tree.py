"""What a commit holds."""

from __future__ import annotations

import os

from clone import Clone, needs_git

from keymock.repo import Glass
from keymock.repo.tree import Entry, entries

pytestmark = needs_git


def test_every_file_with_mode_id_and_size(clone: Clone, glass: Glass) -> None:
    head = clone.git("rev-parse", "HEAD")
    assert entries(glass, head) == [
        Entry("keymock.toml", "100644", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", 0),
        Entry("workspace/mocks/a.toml", "100644", clone.git("rev-parse", "HEAD:workspace/mocks/a.toml"), 6),
    ]


def test_links_submodules_and_odd_names(clone: Clone, glass: Glass) -> None:
    (clone.folder / "link").symlink_to("keymock.toml")
    clone.put("a\tb\nc", "x")
    (clone.folder / os.fsdecode(b"caf\xe9")).write_text("latin")
    clone.git("update-index", "--add", "--cacheinfo", f"160000,{clone.git('rev-parse', 'HEAD')},module")
    head = clone.commit("odd")
    found = {entry.path: entry.nature for entry in entries(glass, head)}
    assert found["link"] == "link"
    assert found["a\tb\nc"] == "file"
    assert found[os.fsdecode(b"caf\xe9")] == "file"
    clone.git("update-index", "--add", "--cacheinfo", f"160000,{head},module")
    clone.git("commit", "-q", "-m", "submodule")
    (module,) = entries(glass, clone.git("rev-parse", "HEAD"), ["module"])
    assert (module.nature, module.size) == ("submodule", 0)


def test_some_folders_alone_and_their_names_are_no_patterns(clone: Clone, glass: Glass) -> None:
    head = clone.commit("more", {"w*/x": "", "other/y": ""})
    assert [entry.path for entry in entries(glass, head, ["w*", "missing"])] == ["w*/x"]
