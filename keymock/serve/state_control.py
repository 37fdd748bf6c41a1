"""What requests left behind, over the control plane: records of resources, and snapshots to come back to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from keymock.engine import World
from keymock.exchange import Malformed
from keymock.filling import store_of
from keymock.index.resource import prototype
from keymock.index.route import Resource
from keymock.layout import project_of
from keymock.problems import did_you_mean
from keymock.serve.sessions import NAME, Sessions, named
from keymock.state import Session
from keymock.variables.mask import Mask

MOST = 100
"""Snapshots that a server keeps."""


class Hosting(Protocol):
    """What state lives in: `serve.service.Service`."""

    sessions: Sessions
    world: World

    @property
    def mask(self) -> Mask: ...


class StateControl:
    """What the routes under `/data` and `/snapshots` do."""

    def __init__(self, host: Hosting) -> None:
        self._host = host
        self._snapshots: dict[str, Mapping[str, Any]] = {}

    # ---- records -------------------------------------------------------------------------------------------------

    def stores(self, session: str) -> dict[str, dict[str, Any]]:
        """The resources by `space/name`: how many records each has in a session, and if others than its seed's."""
        found = {}
        for (space, name), resource in sorted(self._resources().items()):
            held = self._held(resource, space, session)
            seed = list(prototype(resource))
            records = seed if held is None else held
            found[f"{_spelled(space)}/{name}"] = {"records": len(records), "changed": records != seed}
        return found

    def records(self, session: str, space: str, name: str) -> dict[str, Any]:
        """The records of one resource in a session. Raises Malformed for none of that name."""
        where, resource = self._resource(space, name)
        held = self._held(resource, where, session)
        return {
            "resource": f"{space}/{name}",
            "seed": resource.seed_file,
            "identity": resource.identity,
            "records": self._host.mask.tree(held if held is not None else list(prototype(resource))),
        }

    def forget(self, session: str, space: str, name: str) -> dict[str, Any]:
        """Puts the records of one resource back to those of its seed."""
        where, resource = self._resource(space, name)
        found = self._session(session)
        if found is not None:
            found.stores.pop((where, resource.definition.resource), None)
        return self.records(session, space, name)

    def _held(self, resource: Resource, space: str, session: str) -> list[Any] | None:
        """The records of a session that has touched them; None if it has not, or if they begin anew."""
        found = self._session(session)
        if found is None or (space, resource.definition.resource) not in found.stores:
            return None
        return list(store_of(resource, space, found))

    def _resources(self) -> dict[tuple[str, str], Resource]:
        everywhere = self._host.world.resources.items()
        return {(space, name): resource for space, named_ in everywhere for name, resource in named_.items()}

    def _resource(self, space: str, name: str) -> tuple[str, Resource]:
        known = self._resources()
        for (where, called), resource in known.items():
            if (_spelled(where), called) == (space, name):
                return where, resource
        names = [f"{_spelled(where)}/{called}" for where, called in sorted(known)]
        hint = did_you_mean(f"{space}/{name}", names) or f"there are: {', '.join(names) or 'none'}"
        raise Malformed(f"no mock serves `{space}/{name}`: {hint}", code="no-such-resource", status=404)

    # ---- snapshots -----------------------------------------------------------------------------------------------

    def snapshots(self) -> list[str]:
        """The names of those that are kept."""
        return list(self._snapshots)

    def take(self, name: str, session: str) -> list[str]:
        """Keeps what requests have left behind in a session, under a name; one of that name goes."""
        own = _named(name)
        if own not in self._snapshots and len(self._snapshots) >= MOST:
            raise Malformed(f"there are {MOST} snapshots already: drop some", code="too-many-snapshots", status=507)
        self._snapshots[own] = (self._session(session) or Session("", 0)).snapshot()
        return self.snapshots()

    def restore(self, name: str, session: str) -> list[str]:
        """Puts a session, the one that it was taken of or another, to where a snapshot was taken."""
        snapshot = self._snapshots.get(_named(name))
        if snapshot is None:
            raise self._none(name)
        self._host.sessions.at(named(session) if session else "").restore(snapshot)
        return self.snapshots()

    def drop(self, name: str) -> list[str]:
        """Forgets a snapshot."""
        if self._snapshots.pop(_named(name), None) is None:
            raise self._none(name)
        return self.snapshots()

    def _none(self, name: str) -> Malformed:
        hint = did_you_mean(name, self._snapshots) or f"there are: {', '.join(self._snapshots) or 'none'}"
        return Malformed(f"there is no snapshot `{name}`: {hint}", code="no-such-snapshot", status=404)

    def _session(self, name: str) -> Session | None:
        return self._host.sessions.get(named(name) if name else "")


def _named(snapshot: str) -> str:
    """The name as it is. Raises Malformed for one that is none."""
    if not NAME.fullmatch(snapshot):
        raise Malformed("a snapshot's name has 1 to 64 letters, digits, `_` and `-`", code="bad-snapshot")
    return snapshot


def _spelled(space: str) -> str:
    """`projects/shop` → `shop`, `private/ada@example.com` → `private`."""
    return project_of(space) or space.partition("/")[0]
