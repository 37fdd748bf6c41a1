"""One OpenAPI document without a workspace around it, seen as a workspace with one project."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

from keymock.catalog import Catalog, Stamp, Unit, load
from keymock.workspace import WorkTree

PROJECT = "projects/api"
_SETTINGS = f"{PROJECT}/project.toml"


class LoneTree(WorkTree):
    """The document and what it refers to, as far as that lies beside it or beneath; nothing else is ever listed."""

    def __init__(self, document: Path) -> None:
        super().__init__(document.parent)
        self.document = f"{PROJECT}/{document.name}"
        self._settings = f"contract = {msgspec.json.encode(document.name).decode()}\n".encode()

    def files(self, projects: Collection[str] = ()) -> dict[str, Stamp]:  # noqa: ARG002  (as every tree has it)
        self.notes = []
        stamps = {name: self.stamp(name) for name in (_SETTINGS, self.document)}
        return {name: stamp for name, stamp in stamps.items() if stamp is not None}

    def folders(self, projects: Collection[str] = ()) -> list[str]:  # noqa: ARG002
        return []

    def stamp(self, file: str) -> Stamp | None:
        if file == _SETTINGS:
            return "f", 0, len(self._settings), 0
        inner = _inner(file)
        return super().stamp(inner) if inner and not self.leads_out(inner) else None

    def read(self, file: str) -> bytes:
        if file == _SETTINGS:
            return self._settings
        inner = _inner(file)
        if not inner or self.leads_out(inner):
            raise OSError(0, "not beside the document")
        return super().read(inner)

    def path(self, file: str) -> str:
        return super().path(_inner(file) or file)


def _inner(file: str) -> str:
    """The file as it lies in the document's folder; empty for what lies elsewhere."""
    return file.removeprefix(f"{PROJECT}/") if file.startswith(f"{PROJECT}/") else ""


class LoneDocument:
    """A document that is served by itself: a `serve.service.Tree`."""

    def __init__(self, document: Path) -> None:
        self.tree = LoneTree(document)

    def load(
        self,
        before: Catalog | None = None,
        known: Mapping[str, Unit] | None = None,
        *,
        keep_good: bool = False,
        unclosed: Collection[str] = (),
    ) -> Catalog:
        """Reads the document as it is now."""
        return load(self.tree, actor=None, private=False, before=before, known=known, keep_good=keep_good,
                    unclosed=unclosed)  # fmt: skip
