"""Where an answer came from: the file and line of its mock, and the commit that changed that last. Told when asked."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from keymock.catalog import Catalog
from keymock.problems import Stop


class Origins:
    """Looks things up for a journal that is being read; no request waits for any of it."""

    def __init__(self, served: Served, folder: Path) -> None:
        self.served = served
        self.folder = folder

    def beside(self, entries: list[dict[str, Any]], *, commits: bool = False) -> list[dict[str, Any]]:
        """Entries of the journal, each with `file` and `line` of its mock; with its last `commit` if wanted.

        What has no mock, or a mock that is gone since, is left as it is. Asking for commits starts git once.
        """
        routes = self.served.catalog.routes
        names = {entry["mock"] for entry in entries} & routes.keys()
        last = self._last(names) if commits and names else {}
        placed = {name: {"file": routes[name].file, "line": routes[name].line} for name in names}
        if commits:
            placed = {name: {**place, "commit": last.get(name)} for name, place in placed.items()}
        return [{**entry, **placed.get(entry["mock"], {})} for entry in entries]

    def _last(self, names: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The newest commit that changed any file of each mock."""
        from keymock.repo import behind_glass, commit_of, last_changes  # noqa: PLC0415  (few ask)

        files = {name: self._files(name) for name in names}
        try:
            with behind_glass(self.folder, os.environ) as glass:
                prefix = glass.place.prefix
                wanted = sorted({prefix + file for each in files.values() for file in each})
                found = last_changes(glass, commit_of(glass, self.served.commit or "HEAD"), wanted)
        except Stop:  # no repository, no commit, no git: then there is no last commit either
            return {}
        newest = {}
        for name, each in files.items():
            of_its_files = [found[prefix + file] for file in each if prefix + file in found]
            if of_its_files:
                commit = max(of_its_files, key=lambda one: one.committer.when)
                newest[name] = {
                    "id": commit.id,
                    "author": commit.author.email,
                    "when": commit.author.when.isoformat(),
                    "subject": commit.subject,
                }
        return newest

    def _files(self, name: str) -> list[str]:
        """The files that a mock is made of; of an operation of a contract, the contract."""
        catalog = self.served.catalog
        unit = catalog.units.get(name.partition("#")[0])
        found = [file for file, stamp in unit.inputs if stamp] if unit is not None else []
        return found or [catalog.routes[name].file]


class Served(Protocol):
    """What is asked of the service. `commit` is the one that is served, empty for the work tree."""

    @property
    def catalog(self) -> Catalog: ...
    @property
    def commit(self) -> str: ...
