"""Which mocks a request can reach: by its Host, its port and the mounts of the projects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from keymock.exchange import split_path
from keymock.index.route import Route
from keymock.index.table import Table
from keymock.layout import project_of

Mounts = tuple[tuple[tuple[str, ...], Table], ...]
"""Path prefixes, longest first, each with the table that answers beneath it."""


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
        self._tables: dict[str, Table] = {}
        self._bare: Mounts | None = None

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
        """What to try, in order: a project's table alone, or at the bare host every mount and then the root."""
        if project:
            return (((), self.table(project)),)
        if self._bare is None:
            prefixes = {name: prefix(address.mount) for name, address in self.projects.items()}
            mounted = sorted((found, name) for name, found in prefixes.items() if found)
            mounted.sort(key=lambda pair: -len(pair[0]))
            self._bare = (*((found, self.table(name)) for found, name in mounted), ((), self.table("")))
        return self._bare

    def table(self, project: str) -> Table:
        """The mocks of one project with the private and the workspace's; for "" those that answer at the bare root."""
        table = self._tables.get(project)
        if table is None:
            table = Table(route for route in self.routes.values() if self._belongs(route, project))
            self._tables[project] = table
        return table

    def warm(self, before: Views) -> None:
        """Makes now the tables that were in use in the views before, so that no request has to wait for them."""
        for project in before._tables:
            if not project or project in self.projects:
                self.table(project)

    def changed(self, gone: Iterable[str], come: Iterable[Route]) -> Views:
        """The views after some routes went and others came. Tables that were in use are carried over, not rebuilt."""
        gone, come = list(gone), list(come)
        routes = dict(self.routes)
        for name in gone:
            routes.pop(name, None)
        routes.update((route.id, route) for route in come)
        views = Views(routes, self.projects, self.only)
        for project, table in self._tables.items():
            ids = [name for name in gone if name in table.routes]
            new = [route for route in come if self._belongs(route, project)]
            views._tables[project] = table.changed(ids, new) if ids or new else table
        return views

    def _belongs(self, route: Route, project: str) -> bool:
        if not route.enabled:
            return False
        owner = project_of(route.space)
        if not owner:
            return True
        if project:
            return owner == project
        return not prefix(self.projects[owner].mount)


def prefix(mount: str) -> tuple[str, ...]:
    """`/shop` → `("shop",)`; `/` → `()`."""
    segments = split_path(b"/" + mount.strip("/").encode())
    return () if segments == ("",) else segments
