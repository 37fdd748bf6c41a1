"""What differs between two trees, file by file. A rename is a file that went and a file that came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from keymock.repo.glass import Glass
from keymock.repo.tree import NATURES, Nature

Deed = Literal["create", "update", "delete"]
"""What was done to a file, in the words of the roles."""


class Change(NamedTuple):
    """One file that differs. `before` and `after` are ids of contents, empty on the side where there is no file."""

    path: str
    deed: Deed
    before: str
    after: str
    mode_before: str
    mode_after: str

    @property
    def nature(self) -> Nature:
        """What the file is now; of one that is gone, what it was."""
        return NATURES.get(self.mode_after if self.after else self.mode_before, "other")


COMPARE = ("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-ext-diff", "--no-textconv", "--abbrev=64",
           "--ignore-submodules=none", "--no-commit-id")  # fmt: skip


def changes(glass: Glass, before: str, after: str, folders: Sequence[str] = ()) -> list[Change]:
    """What was done to get from one tree (or commit) to the other, by path; in `folders` alone, if any are given."""
    beneath = ("--", *(f":(literal){folder}" for folder in folders)) if folders else ()
    told = glass.ask(*COMPARE, "--end-of-options", before, after, *beneath)
    return list(_read(told.decode("utf-8", "surrogateescape").split("\0")))


def _read(words: list[str]) -> Iterator[Change]:
    for facts, path in zip(words[::2], words[1::2], strict=False):
        mode_before, mode_after, before, after, status = facts.removeprefix(":").split()
        deed: Deed = "create" if status == "A" else "delete" if status == "D" else "update"
        yield Change(path, deed, _id(before), _id(after), mode_before, mode_after)


def _id(name: str) -> str:
    """The id of a content; none for the side where there is no file, which git writes as zeros."""
    return name if name.strip("0") else ""
