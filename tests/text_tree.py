"""A tree of files written down in a test: a `catalog.Source`, and the catalog of it. Equal files have equal stamps."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping

from keymock.catalog import Catalog, Stamp, load
from keymock.problems import Problem


class TextTree:
    """Files in memory, by name. A stamp is the file's content, in short, so that two trees can be told apart."""

    notes: tuple[Problem, ...] = ()

    def __init__(self, files: Mapping[str, bytes | str]) -> None:
        self._files = {name: text.encode() if isinstance(text, str) else text for name, text in files.items()}

    def files(self, projects: Collection[str] = ()) -> dict[str, Stamp]:  # noqa: ARG002  (all of it is listed)
        return {name: self._stamp(data) for name, data in self._files.items()}

    def stamp(self, file: str) -> Stamp | None:
        return self._stamp(self._files[file]) if file in self._files else None

    def read(self, file: str) -> bytes:
        if file not in self._files:
            raise FileNotFoundError(2, "no such file")
        return self._files[file]

    def path(self, file: str) -> str:  # noqa: ARG002  (nothing lies on a disk)
        return ""

    @staticmethod
    def _stamp(data: bytes) -> Stamp:
        return "f", int.from_bytes(hashlib.sha1(data, usedforsecurity=False).digest()[:7]), len(data), 0


def catalogs(before: Mapping[str, bytes | str], after: Mapping[str, bytes | str]) -> tuple[Catalog, Catalog]:
    """Two trees as they are compared: what is the same in both is read once."""
    first = load(TextTree(before), actor=None, private=False)
    return first, load(TextTree(after), actor=None, private=False, before=first)
