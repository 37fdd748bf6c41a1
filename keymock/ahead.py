"""A tree that is listed by a copy of this process, while this one still imports what serves.

Listing 10 000 files takes 40 ms, and there is a second processor. Only for a process that has no other threads yet:
what a fork finds locked stays locked.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from itertools import islice
from pathlib import Path

import msgspec

from keymock import copies, document, spec, units
from keymock.catalog import Stamp
from keymock.disk import SETTINGS
from keymock.problems import Problem
from keymock.workspace import WorkTree

MANY = 1_000
"""Files below which a copy would cost more than it saves."""


class _Told(msgspec.Struct, array_like=True):
    projects: list[str]
    files: dict[str, Stamp]
    notes: list[Problem]


class AheadTree(WorkTree):
    """The files of a workspace; the first listing of `many` is under way from the moment that this is made."""

    def __init__(self, root: Path, owner: str = "", *, many: int = MANY) -> None:
        super().__init__(root, owner)
        self._copy = copies.begin(self._be_the_copy) if copies.has_two_processors() and self._holds(many) else None

    def files(self, projects: Collection[str] = ()) -> dict[str, Stamp]:
        """As any tree has it; the first time what the copy has found, if it asked for the same."""
        told = self._told()
        if told is None or told.projects != list(projects):
            return super().files(projects)
        self.notes = told.notes
        return told.files

    def _holds(self, many: int) -> bool:
        """Whether there are so many files and folders; those beyond are not looked at."""
        below = (
            name
            for folder in self.folders()
            for _, folders, files in os.walk(self.root / folder)
            for name in (*folders, *files)
        )
        return sum(1 for _ in islice(below, many)) == many

    def _told(self) -> _Told | None:
        """What the copy says, once; None if it came to grief."""
        if self._copy is None:
            return None
        (data, code), self._copy = self._copy.heard(), None
        try:
            return msgspec.msgpack.decode(data, type=_Told) if code == 0 else None
        except msgspec.MsgspecError:
            return None

    def _be_the_copy(self, writing: int) -> int:
        projects = self._projects()
        found = super().files(projects)
        with os.fdopen(writing, "wb") as stream:
            stream.write(msgspec.msgpack.encode(_Told(projects, found, self.notes)))
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
