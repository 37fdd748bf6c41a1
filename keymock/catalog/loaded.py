"""A tree as it was loaded: its settings, its projects, who may do what, and a unit for each mock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from keymock import roles, spec, upstream
from keymock.catalog.contexts import Contexts, prefixes_of
from keymock.catalog.environments import Names, SavedEnvironment
from keymock.catalog.making import Tree, Unit
from keymock.catalog.opened import Opened
from keymock.catalog.presets import Compiled, PresetFile, compile_presets
from keymock.catalog.recorded import Kept
from keymock.catalog.shelf import Scene, Shelf, digest_of
from keymock.catalog.source import Stamp
from keymock.index import Address, Route
from keymock.index.waiting import Profiled
from keymock.layout import Item
from keymock.problems import Problem
from keymock.upstream import Upstream


class Read(NamedTuple):
    """One settings document as it was last read. `good` is the newest version without a fault, None if none was."""

    stamp: Stamp
    good: Any
    problems: tuple[Problem, ...]
    lines: Mapping[str, int] = {}
    """Of a project: the line of each address of its upstream."""


class Catalog(msgspec.Struct, frozen=True, dict=True):
    """A workspace as it is now. `units` has one entry for each mock; `overlays` those files of the actor in use."""

    tree: Tree
    settings: spec.Workspace
    projects: Mapping[str, spec.Project]
    policy: roles.Roles
    contexts: Contexts
    units: Mapping[str, Unit]
    overlays: Mapping[str, str]
    items: Mapping[str, Item]
    reads: Mapping[str, Read]
    notes: tuple[Problem, ...]
    preset_files: Mapping[str, PresetFile] = {}
    data_files: Mapping[str, Mapping[str, Any]] = {}
    """What templates read as `data`, by space and name: the files of `data/` folders."""
    contracts: tuple[Opened, ...] = ()
    environments: Sequence[SavedEnvironment] = ()
    recordings: Mapping[str, Kept] = {}
    """The recordings that settings draw from, by their keys (`recordings.Recorded.key`)."""
    recorded: frozenset[str] = frozenset()
    """The files that they lie in, or would lie in."""

    @property
    def names(self) -> Names:
        """What templates may name besides the request."""
        return Names(self.settings, self.projects, self.environments)

    @cached_property
    def routes(self) -> Mapping[str, Route]:
        """The mocks that can be served, by id; last good versions included, disabled ones too."""
        if isinstance(self.units, Shelf):
            return self.units.stock()
        return {route.id: route for unit in self.units.values() for route in unit.routes}

    @property
    def profiled(self) -> Profiled:
        """What fault profiles draw from."""
        known = {key: kept.recording for key, kept in self.recordings.items()}
        return Profiled(known, {f"projects/{name}": prefixes_of(each) for name, each in self.projects.items()})

    @cached_property
    def presets(self) -> Compiled:
        """The presets by id, and what is wrong with them."""
        return compile_presets(self.preset_files, self.routes, self.units, self.settings.faults)

    @cached_property
    def upstream_lines(self) -> Mapping[str, int]:
        """The line of each address of an upstream, by `project environment`."""
        found: dict[str, int] = {}
        for name in self.projects:
            read = self.reads.get(f"{self.tree.layout.projects[name]}/project.toml")
            for environment, line in read.lines.items() if read is not None else ():
                found[f"{name} {environment}"] = line
        return found

    def upstreams(self, environment: str = "") -> dict[str, Upstream]:
        """The real APIs by project, at the addresses that they have in an environment; else at their usual ones."""
        found: dict[str, Upstream] = {}
        for name, project in self.projects.items():
            given = project.upstream
            chosen = upstream.chosen(given, environment) if given is not UNSET else ""
            if given is not UNSET and chosen:
                file = f"{self.tree.layout.projects[name]}/project.toml"
                place = f"{file}:{self.upstream_lines.get(f'{name} {chosen}', 1)}"
                url = given.urls[chosen].rstrip("/")
                timeout = float(given.timeout) if given.timeout is not UNSET else upstream.TIMEOUT
                found[name] = Upstream(name, url, chosen, given.mode, place, timeout)
        return found

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem of the tree, by place."""
        found = {*self.notes}
        for read in self.reads.values():
            found.update(read.problems)
        if isinstance(self.units, Shelf):
            found.update(self.units.problems())
        else:
            found.update(chain.from_iterable(unit.problems for unit in self.units.values()))
        found.update(self.presets.problems)
        return tuple(sorted(found))

    @cached_property
    def addresses(self) -> dict[str, Address]:
        """Where each project answers."""
        return {
            name: Address(
                mount=project.mount,
                host=project.host.lower() if isinstance(project.host, str) else "",
                port=project.port if project.port is not UNSET else 0,
            )
            for name, project in self.projects.items()
        }


def is_special(item: Item) -> bool:
    """Whether a file is more than a shared mock or its body, so that every load has to look at it."""
    return item.overlay or item.kind not in ("mock", "body")


def scene_of(catalog: Catalog, actor: str | None) -> Scene:
    """What the units of a catalog were made in, for the next start."""
    items = catalog.items.values()
    mocks = {item.id for item in items if item.kind == "mock" and not item.overlay}
    overlaid = {item.file: item.id for item in items if item.kind == "mock" and item.overlay}
    return Scene(
        actor=actor,
        owner=catalog.tree.actor or "",
        files=digest_of(catalog.tree.files),
        special=tuple(item.file for item in items if is_special(item)),
        overlays={overlaid[file]: file for file in catalog.overlays.values() if file in overlaid},
        others=tuple(name for name in catalog.units if name not in mocks),
    )
