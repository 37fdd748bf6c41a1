"""What a commit holds: every file with its mode, its size, and the id of its content."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from keymock.repo.glass import Glass

Nature = Literal["file", "link", "submodule", "other"]

NATURES: dict[str, Nature] = {"100644": "file", "100755": "file", "100664": "file", "120000": "link",
                              "160000": "submodule"}  # fmt: skip


class Entry(NamedTuple):
    """One file of a tree. `path` starts at the tree that was listed; bytes in it that are not UTF-8 are surrogates."""

    path: str
    mode: str
    id: str
    size: int
    """In bytes; 0 for a submodule."""

    @property
    def nature(self) -> Nature:
        """What it is: an ordinary file, a symbolic link, a submodule, or something that git has never written."""
        return NATURES.get(self.mode, "other")


def entries(glass: Glass, tree: str, folders: Sequence[str] = ()) -> list[Entry]:
    """Every file of a tree (or commit), or those in `folders` alone; folders that are not there hold nothing."""
    beneath = ("--", *(f":(literal){folder}" for folder in folders)) if folders else ()
    return list(_read(glass.ask("ls-tree", "-r", "-z", "-l", "--full-tree", tree, *beneath)))


def _read(listed: bytes) -> Iterator[Entry]:
    for line in listed.decode("utf-8", "surrogateescape").split("\0"):
        facts, _, path = line.partition("\t")
        if path:
            mode, _, name, size = facts.split()
            yield Entry(path, mode, name, int(size) if size != "-" else 0)
