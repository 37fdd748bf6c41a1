"""A tree that a copy of this process lists, and begins to load, while this one still imports what serves.

Listing 10 000 files takes 40 ms, and there is a second processor. Only for a process that has no other threads yet:
what a fork finds locked stays locked.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import msgspec

from keymock import copies, document, spec, units
from keymock.catalog import Crew, Source, Stamp, Unit
from keymock.crew import WORTH_IT, Make, Told, say, shared, tell
from keymock.disk import SETTINGS
from keymock.layout import Item
from keymock.learned import learned
from keymock.problems import Problem
from keymock.workspace import WorkTree

MANY = 1_000
"""Files below which a copy would cost more than it saves."""


ROOM = 1 << 20
"""Bytes that the copy can tell before anybody hears it, where the system grants so many: some 2 000 mocks."""

Load = Callable[[Source, Crew], object]
"""Loads a tree; the crew makes its mocks."""


class _Listing(msgspec.Struct, array_like=True):
    projects: list[str]
    files: dict[str, Stamp]
    notes: list[Problem]


class AheadTree(WorkTree):
    """The files of a workspace; the first listing of `many` is under way from the moment that this is made.

    With `load`, the first mocks too, if nobody knows them from an earlier run: the copy loads the tree as this process
    will, and makes the last of its mocks while this one has not begun with the first.
    """

    def __init__(self, root: Path, owner: str = "", *, many: int = MANY, load: Load | None = None) -> None:
        super().__init__(root, owner)
        self._load = load
        self._listed: _Listing | None = None
        self._told: Told | None = None
        if copies.has_two_processors() and self._holds(many):
            self._told = Told(copies.begin(self._be_the_copy))

    def files(self, projects: Collection[str] = ()) -> dict[str, Stamp]:
        """As any tree has it; the first time what the copy has found, if it asked for the same."""
        listing, self._listed = self._listed or self._heard(), None
        if listing is None or listing.projects != list(projects):
            self._leave()
            return super().files(projects)
        self.notes = listing.notes
        return listing.files

    def crew(self, make: Make, items: Sequence[Item]) -> Mapping[str, Unit]:
        """With the copy that listed the files, if it is at these mocks already; else as any tree has it."""
        told, self._told = self._told, None
        if told is not None:
            with told:
                if self._load is not None and told.take() == _names(items):
                    return shared(make, items, told)
        return super().crew(make, items)

    def _holds(self, many: int) -> bool:
        """Whether there are so many files and folders; those beyond are not looked at."""
        below = (
            name
            for folder in self.folders()
            for _, folders, files in os.walk(self.root / folder)
            for name in (*folders, *files)
        )
        return sum(1 for _ in islice(below, many)) == many

    def _heard(self) -> _Listing | None:
        """The listing of the copy; None if it has come to grief, or was asked before."""
        if self._told is None:
            return None
        message = self._told.take()
        if self._load is None or not message:
            self._leave()
        return msgspec.msgpack.decode(message, type=learned(_Listing)) if message else None

    def _leave(self) -> None:
        """Goes on without the copy."""
        told, self._told = self._told, None
        if told is not None:
            told.end()

    def _be_the_copy(self, writing: int) -> int:
        if hasattr(fcntl, "F_SETPIPE_SZ"):  # Linux
            with contextlib.suppress(OSError):  # there is a limit to what one user's pipes may hold
                fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, ROOM)
        projects = self._projects()
        found = super().files(projects)
        self._listed = _Listing(projects, found, self.notes)
        with os.fdopen(writing, "wb") as stream:
            say(stream, msgspec.msgpack.encode(self._listed))
            if self._load is not None:
                self._load(self, partial(_ahead, stream))
        return 0

    def _projects(self) -> list[str]:
        """The globs of keymock.toml; none where it cannot be read, which is told elsewhere."""
        try:
            data = self.read(SETTINGS)
        except OSError:
            return []
        settings = document.parse(
            data, SETTINGS, spec.Workspace, dec_hook=units.dec_hook, reader=document.AT_HAND
        ).value
        return list(settings.projects) if settings is not None else []


def _ahead(stream: BinaryIO, make: Make, items: Sequence[Item]) -> Mapping[str, Unit]:
    """The crew of the copy: tells of what it makes, and has nothing itself."""
    if len(items) >= WORTH_IT:
        say(stream, _names(items))
        tell(make, items, stream)
    return {}


def _names(items: Sequence[Item]) -> bytes:
    """What tells two lists of mocks apart."""
    return hashlib.blake2b(msgspec.msgpack.encode([item.file for item in items]), digest_size=16).digest()
