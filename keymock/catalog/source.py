"""Where files come from: a tree of them, on disk or in git, listed with a stamp each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from keymock.index import BodyFault
from keymock.problems import Problem

Stamp = tuple[str, int, int, int]
"""What tells two states of a file apart: kind (`f` file, `l` link, `x` other), mtime in ns, size, inode."""

MAX_DOCUMENT = 256 * 1024
MAX_ROLES = 1024 * 1024
MAX_BODY = 50 * 1024 * 1024
INLINE_BODY = 256 * 1024
"""Bodies up to this size are held in memory; larger ones are sent from disk."""


class Source(Protocol):
    """A tree of files. All names are relative to the workspace, with `/`."""

    @property
    def notes(self) -> Sequence[Problem]:
        """What was wrong with the last listing itself."""

    def files(self, projects: Collection[str] = ()) -> Mapping[str, Stamp]:
        """Every file that may matter, in the scope folders and in the project folders that the globs point at.

        Links and special files are listed as such, never followed.
        """

    def stamp(self, file: str) -> Stamp | None:
        """The state of one file now, None if it is gone."""

    def read(self, file: str) -> bytes:
        """The content. Raises OSError."""

    def path(self, file: str) -> str:
        """Where the content can be sent from later, for bodies too large to hold; empty if nowhere."""


def content(source: Source, stamps: Mapping[str, Stamp], file: str, most: int) -> bytes:
    """A file's bytes. Raises BodyFault for what is missing, a link, no file, too large, or unreadable."""
    stamp = stamps.get(file)
    if stamp is None:
        raise BodyFault("body-missing", f"there is no file {file}", "write it, or mend the name")
    kind, _, size, _ = stamp
    name = file.rpartition("/")[2]
    if kind == "l":
        raise BodyFault("symlink", f"{name} is a symbolic link, which is never followed", "put the file itself there")
    if kind != "f":
        raise BodyFault("not-a-file", f"{name} is not a regular file")
    if size > most:
        raise BodyFault("too-large", f"{name} has {size} bytes; {most} are allowed", "make it smaller")
    try:
        return source.read(file)
    except OSError as fault:
        raise BodyFault("unreadable", f"{name} cannot be read: {fault.strerror or fault}") from None
