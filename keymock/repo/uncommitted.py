"""The work tree as if it were committed: its stamps are those that its contents would have in a commit."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from pathlib import Path

from keymock.catalog import Stamp
from keymock.catalog.source import INLINE_BODY
from keymock.problems import Problem
from keymock.repo.commit_tree import stamp_of
from keymock.workspace import MAX_FILES, WorkTree


class Uncommitted:
    """A `catalog.Source` of the files on disk, nobody's private folder among them, that never changes once listed.

    What a commit has just so need not be read twice: `catalog.load(work, before=commit)`. `format` is the way in
    which the repository names objects, `sha1` or `sha256`.
    """

    def __init__(self, root: Path, format: str = "sha1") -> None:
        self._tree = WorkTree(root)
        self._format = format
        self._held: dict[str, bytes] = {}
        self._stamps: dict[str, Stamp | None] = {}

    @property
    def notes(self) -> Sequence[Problem]:
        return self._tree.notes

    def files(self, projects: Collection[str] = ()) -> dict[str, Stamp]:
        """Every file that may matter. All of them are read: that costs less than to ask git which ones differ."""
        found = list(self._tree.files(projects))[:MAX_FILES]
        stamps = ((file, self.stamp(file)) for file in found)
        return {file: stamp for file, stamp in stamps if stamp is not None}

    def stamp(self, file: str) -> Stamp | None:
        """The kind of a file, and the id that its content has in git."""
        if file not in self._stamps:
            self._stamps[file] = self._stamp(file)
        return self._stamps[file]

    def _stamp(self, file: str) -> Stamp | None:
        now = self._tree.stamp(file)
        if now is None or now[0] != "f":
            return now
        try:
            data = self._tree.read(file)
        except OSError:
            return now  # reading it tells why, where that is a problem
        if len(data) <= INLINE_BODY:
            self._held[file] = data
        name = hashlib.new(self._format, b"blob %d\0" % len(data), usedforsecurity=False)
        name.update(data)
        return stamp_of("f", name.hexdigest(), len(data))

    def read(self, file: str) -> bytes:
        """The content that was listed; of a large file what is there now. Raises OSError."""
        held = self._held.get(file)
        return held if held is not None else self._tree.read(file)

    def path(self, file: str) -> str:  # noqa: ARG002  (bodies are compared, so they are wanted at hand)
        """Empty: nothing is sent from here."""
        return ""
