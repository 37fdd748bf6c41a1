"""What one actor sees of a catalog, what of that they may not use, and the world that this makes.

What serving wants to know about rights is asked here, once for each mock, when a world is made; by no request.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from keymock import roles
from keymock.catalog import Catalog
from keymock.catalog.contexts import cors
from keymock.catalog.environments import variables_of_mocks
from keymock.engine import Refusal, World
from keymock.index import Address, Label, Route, Views, kinds_of, known_of, stock_of
from keymock.index.route import Resource
from keymock.layout import is_flow, project_of
from keymock.serve.options import Options
from keymock.toggles import Presets, by_name
from keymock.upstream import Upstream
from keymock.variables import Outside


class Sight(NamedTuple):
    """A catalog, and the rights of the one who looks at it."""

    catalog: Catalog
    rights: roles.Rights
    options: Options

    def sees(self, mock: Route | Label) -> bool:
        """Whether the actor may know of a mock."""
        return self.rights.may("see", f"{mock.id}.toml")

    def refusal(self, mock: Route | Label) -> Refusal | None:
        """Why a mock that is seen does not answer; None if it does."""
        path = f"{mock.id}.toml"
        if self.rights.may("use", path):
            return None
        who = self.rights.who_can("use", path)
        return Refusal(self.rights.decide("use", path).reason, who)

    def whole(self) -> tuple[Views, dict[str, Refusal]]:
        """All that is seen, as a start makes it: no mock is opened for it. What is refused by its id."""
        routes, refused = self.catalog.routes, dict[str, Refusal]()
        if not self.rights.open:
            routes = stock_of(routes).only(self.sees)
            refused = {label.id: why for label in routes.labels if (why := self.refusal(label)) is not None}
        return self.views(routes), refused

    def views(self, seen: Mapping[str, Route]) -> Views:
        """These mocks by the hosts, ports and mounts that reach them."""
        return Views(seen, self.addresses(seen), self.options.project)

    def addresses(self, seen: Mapping[str, Route]) -> dict[str, Address]:
        """Where each project answers of which the actor sees anything; the mount of another would betray it."""
        found = self.catalog.addresses
        hidden = {name for name in found if not self.rights.may("see", f"projects/{name}/project.toml")}
        if hidden:
            hidden -= {project_of(known.space) for known, _ in kinds_of(seen)}
        return {name: address for name, address in found.items() if name not in hidden}

    def presets(self) -> Presets:
        """The presets that the actor may use, by name."""
        found = self.catalog.presets.presets
        return by_name((name, preset) for name, preset in found.items() if self.rights.may("use", f"{name}.toml"))

    def upstreams(self) -> dict[str, Upstream]:
        """The real APIs behind the projects that the actor may use."""
        return {
            name: one
            for name, one in self.catalog.upstreams(self.options.environment).items()
            if self.rights.may("use", f"projects/{name}/project.toml")
        }

    def flows(self) -> list[str]:
        """The flows that the actor may use, by id."""
        items = self.catalog.items.values()
        return [item.id for item in items if is_flow(item) and self.rights.may("use", item.id_path)]

    def world(self, views: Views, refused: Mapping[str, Refusal], generation: int, now: float) -> World:
        """What answers, as of the moment `now` in epoch seconds; without what is switched, and without contracts."""
        catalog, options = self.catalog, self.options
        settings = catalog.settings
        closed = ""
        if catalog.policy.broken:
            closed = "ROLES cannot be read, so nothing shared is served to anybody until it is mended."
        spaces = {"workspace", *(f"projects/{name}" for name in catalog.projects)}
        spaces |= {known.space for known, _ in kinds_of(views.routes) if known.scope == "private"}
        env = {name: options.env[name] for name in settings.allow_env if name in options.env}
        outside = Outside(now=now, seed=options.seed, env=env)
        return World(
            views=views,
            generation=generation,
            refused=refused,
            metadata=settings.metadata_headers,
            cors=cors(settings.cors),
            resources=_resources(views.routes),
            data=catalog.data_files,
            env=env,
            variables={
                space: variables_of_mocks(catalog.names, space, options.environment, outside) for space in spaces
            },
            profiles=settings.faults,
            profiled=catalog.profiled,
            faults=options.faults,
            closed=closed,
        )


def sight(catalog: Catalog, options: Options) -> Sight:
    """What the actor of these options sees of a catalog, by its ROLES."""
    enforce = options.enforce if options.enforce is not None else catalog.settings.roles == "full"
    rights = roles.Policy(catalog.policy, enforce=enforce).for_actor(options.actor)
    return Sight(catalog, rights if options.today is None else roles.Narrowed(rights, options.today), options)


def _resources(routes: Mapping[str, Route]) -> dict[str, dict[str, Resource]]:
    """The records that the mocks of each space serve, by name."""
    found: dict[str, dict[str, Resource]] = {}
    if not any(known.serves_records for known, _ in kinds_of(routes)):
        return found
    for name in [mock.id for mock in known_of(routes) if mock.enabled and mock.serves_records]:
        resource = routes[name].resource
        if resource is not None and not resource.item:
            found.setdefault(routes[name].space, {})[resource.definition.resource] = resource
    return found
