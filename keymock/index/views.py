"""Which mocks a request can reach: by its Host, its port and the mounts of the projects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from keymock.index.candidate import Segments
from keymock.index.resource import ITEM
from keymock.index.route import Route
from keymock.index.stock import Stock
from keymock.index.switch import Switches, switched
from keymock.index.table import Table
from keymock.layout import project_of

Mounts = tuple[tuple[Segments, Table], ...]
"""Path prefixes, longest first, each with the table that answers beneath it."""

Group = tuple[str, ...]
"""The projects whose mocks stand in one table: one, or those that share a mount."""


MOST_SWITCHED = 32
"""Sets of switches whose tables are kept; a session more makes its own again."""


class Address(msgspec.Struct, frozen=True):
    """Where a project answers besides `http://<name>.localhost`."""

    mount: str = "/"
    host: str = ""
    port: int = 0


class Views:
    """The tables of a workspace, each made when it is first asked for.

    `only` is the one project that is served, at `/` on every host (`up --project`).
    """

    def __init__(self, routes: Mapping[str, Route], projects: Mapping[str, Address], only: str = "") -> None:
        self.routes = routes
        self.projects = projects
        self.only = only
        self._tables: dict[Group, Table] = {}
        self._bare: Mounts | None = None
        self._switched: dict[Switches, Views] = {}

    def project(self, host: str, port: int | None = None) -> str:
        """The project that a host name (lower-case, without port) or a port stands for; empty for the bare host."""
        if self.only:
            return self.only
        name = host.removesuffix(".localhost")
        if name != host and name in self.projects:
            return name
        for project, address in self.projects.items():
            if (address.host and address.host == host) or (port and address.port == port):
                return project
        return ""

    def mounts(self, project: str) -> Mounts:
        """What to try, in order: a project's table alone, or at the bare host every mount, the longest first."""
        if project:
            return (((), self.table(project)),)
        if self._bare is None:
            mounted: dict[Segments, list[str]] = {(): []}
            for name, address in self.projects.items():
                mounted.setdefault(prefix(address.mount), []).append(name)
            ordered = sorted(mounted, key=lambda found: (-len(found), found))
            self._bare = tuple((found, self.table(*mounted[found])) for found in ordered)
        return self._bare

    def projects_at(self, mount: Segments) -> list[str]:
        """The projects that answer beneath a mount of the bare host."""
        return [name for name, address in self.projects.items() if prefix(address.mount) == mount]

    def table(self, *projects: str) -> Table:
        """The mocks of these projects, in one order with the private ones and the workspace's."""
        table = self._tables.get(projects)
        if table is None:
            if isinstance(self.routes, Stock):
                spaces = {kind.space for kind in self.routes.columns.kinds}
                table = Table(self.routes.of_spaces({space for space in spaces if _is_of(space, projects)}))
            else:
                table = Table(route for route in self.routes.values() if _belongs(route, projects))
            self._tables[projects] = table
        return table

    def warm(self, before: Views) -> None:
        """Makes now the tables that were in use in the views before, so that no request has to wait for them."""
        if before._bare is not None:
            self.mounts("")
        for group in before._tables:
            if len(group) == 1 and group[0] in self.projects:
                self.table(*group)

    def changed(self, gone: Iterable[str], come: Iterable[Route]) -> Views:
        """The views after some routes went and others came. Tables that were in use are carried over, not rebuilt."""
        gone, come = list(gone), list(come)
        routes = dict(self.routes)
        for name in gone:
            routes.pop(name, None)
        routes.update((route.id, route) for route in come)
        views = Views(routes, self.projects, self.only)
        for group, table in self._tables.items():
            ids = [name for name in gone if name in table.routes]
            new = [route for route in come if _belongs(route, group)]
            views._tables[group] = table.changed(ids, new) if ids or new else table
        return views

    def switched(self, switches: Switches) -> Views:
        """The views with some mocks off and some pinned to an answer; made at the first request that needs them."""
        if not switches:
            return self
        found = self._switched.get(switches)
        if found is None:
            ids = ((name, each) for mock, each in switches for name in (mock, f"{mock}#{ITEM}") if name in self.routes)
            changed = [switched(self.routes[name], each) for name, each in ids]
            if len(self._switched) >= MOST_SWITCHED:
                del self._switched[next(iter(self._switched))]
            found = self._switched[switches] = self.changed([route.id for route in changed], changed)
        return found


def _belongs(route: Route, projects: Group) -> bool:
    return route.enabled and _is_of(route.space, projects)


def _is_of(space: str, projects: Group) -> bool:
    """Whether a space is one of the projects', or nobody's."""
    owner = project_of(space)
    return not owner or owner in projects


def prefix(mount: str) -> Segments:
    """`/shop` → `("shop",)`; `/` → `()`. A mount is written decoded, as paths are."""
    inner = mount.strip("/")
    return tuple(inner.split("/")) if inner else ()
