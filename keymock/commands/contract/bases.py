"""Where a mock and its document last agreed: the commit that a three-way comparison begins from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from keymock.catalog import Catalog
from keymock.catalog.opened import Named
from keymock.commands.seen import Seen
from keymock.contract import Contract
from keymock.contract.drift import drifts
from keymock.contract.replying import Served
from keymock.contract.rules import Rules
from keymock.index import Route
from keymock.problems import Stop, error
from keymock.repo import behind_glass, commit_of, history, merge_base, place_of
from keymock.repo.commit_tree import CommitTree
from keymock.repo.uncommitted import Uncommitted
from keymock.workspace import loaded

MOST_TRIED = 8
"""Commits of a mock that are looked at for one in which it agreed with its document."""


class Base(NamedTuple):
    """A document as it was, at a commit."""

    commit: str
    served: Served

    @property
    def contract(self) -> Contract:
        return self.served.contract


class Bases:
    """The commits of a repository as far as they are asked for. Raises Stop: no git, no commit, no such revision.

    `revision` is what the user named; empty: each mock begins from its own last commit.
    """

    def __init__(self, seen: Seen, revision: str, files: Iterable[str]) -> None:
        environ = seen.invocation.environ
        self.place = place_of(seen.root, environ)
        self._environ = environ
        self._catalogs: dict[str, Catalog] = {}
        with behind_glass(self.place, environ) as glass:
            self.head = commit_of(glass, "HEAD")
            self.given = merge_base(glass, commit_of(glass, revision), self.head) if revision else ""
            names = {f"{self.place.prefix}{file}": file for file in files}
            steps = history(glass, self.head, list(names)) if names and not revision else []
        self._commits: dict[str, list[str]] = {}
        for step in steps:
            self._commits.setdefault(names[step.path], []).append(step.commit.id)
        self._order = {name: at for at, name in enumerate(dict.fromkeys(step.commit.id for step in steps))}
        self._cut_off = set(self.place.shallow.decode().split())

    def of(self, mock: str, files: Sequence[str], named: Named, documents: Iterable[str], now: Route | None) -> Base:
        """The document that a mock was last in agreement with; else that of the mock's last commit.

        `files` are those of the mock, `documents` those of its contract, `now` what it is today. Raises Stop with why
        there is none.
        """
        if self.given:
            return self._base(self.given, named)
        own = self._newest(files)
        if not own:
            return self._newest_agreed(named, self._newest(documents), now)
        first = None
        for commit in [*own, *(one for one in self._newest(documents) if self._order[one] > self._order[own[0]])]:
            if commit in self._cut_off and first is None:
                message = f"this clone is shallow, and cannot tell what the document said when {mock} was written"
                raise Stop(error("git", "shallow", message, hint="fetch the rest: git fetch --unshallow"))
            with suppress(Stop):
                base = self._base(commit, named)
                first = first or base
                if self._agreed(base, self._catalogs[commit], mock):
                    return base
            if len(self._catalogs) > MOST_TRIED:
                break
        return first or self._base(own[0], named)

    def _newest_agreed(self, named: Named, commits: Sequence[str], now: Route | None) -> Base:
        """For a mock that was never committed: the newest document that it agrees with; else the one at HEAD."""
        for commit in commits[:MOST_TRIED]:
            with suppress(Stop):
                base = self._base(commit, named)
                if now is not None and not any(drifts(base.served, [now])):
                    return base
        return self._base(self.head, named)

    def _newest(self, files: Iterable[str]) -> list[str]:
        """The commits that changed any of some files, the newest first."""
        found = {commit for file in files for commit in self._commits.get(file, ())}
        return sorted(found, key=self._order.__getitem__)

    def _base(self, commit: str, named: Named) -> Base:
        catalog = self._catalog(commit)
        inside = [each for each in catalog.contracts if each.named.project == named.project]
        same = [each for each in inside if each.named.id == named.id] or (inside if len(inside) == 1 else [])
        contract = same[0].contract() if same else None
        if contract is None:
            message = f"{named.file} was not there, or could not be read, at {commit[:10]}"
            raise Stop(error(named.file, "no-base", message, hint="name a revision that has it: --base REV"))
        return Base(commit, Served(lambda: contract, Rules(), same[0].base_path))

    def _catalog(self, commit: str) -> Catalog:
        if commit not in self._catalogs:
            tree = CommitTree(self.place, self._environ, commit)
            self._catalogs[commit] = loaded(tree, None, private=False)
        return self._catalogs[commit]

    def _agreed(self, base: Base, catalog: Catalog, mock: str) -> bool:
        unit = catalog.units.get(mock)
        return unit is not None and bool(unit.routes) and not any(drifts(base.served, unit.routes))

    def uncommitted(self, seen: Seen, files: Iterable[str]) -> Iterator[str]:
        """Those of some files whose content no commit has yet."""
        head, now = CommitTree(self.place, self._environ, self.head), Uncommitted(seen.root, self.place.format)
        head.files(seen.catalog.settings.projects)
        return (file for file in files if head.stamp(file) != now.stamp(file))
