"""What the checks look at: the mocks that are switched on, and which of them one request can reach together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Literal, NamedTuple

import msgspec

from keymock.index import ANY, Address, Route
from keymock.index.table import Order, order_of
from keymock.index.views import prefix
from keymock.layout import Layout, project_of
from keymock.match import Condition
from keymock.pattern import Pattern, normal

Meeting = Literal["", "view", "mount"]
"""Whether two mocks can be reached by one request: not at all, in a project's view, or only where projects meet."""


PLAIN_LAYOUT = Layout()


class Entry(NamedTuple):
    """A mock under one of its paths. `spelled` is the path without the names of its parameters."""

    route: Route
    pattern: Pattern
    order: Order
    spelled: str


class Served(msgspec.Struct, frozen=True):
    """The mocks that are switched on, by id, and where the projects answer. `now` is in epoch seconds."""

    routes: tuple[Route, ...]
    entries: tuple[Entry, ...]
    addresses: Mapping[str, Address]
    layout: Layout = PLAIN_LAYOUT
    now: float = 0.0

    @classmethod
    def of(
        cls, routes: Iterable[Route], addresses: Mapping[str, Address], layout: Layout = PLAIN_LAYOUT, now: float = 0.0
    ) -> Served:
        """Without those that are switched off: they clash with nothing."""
        enabled = tuple(sorted((route for route in routes if route.enabled), key=attrgetter("id")))
        entries = tuple(
            Entry(route, pattern, order_of(route, pattern), normal(pattern, names=False))
            for route in enabled
            for pattern in route.patterns
        )
        return cls(enabled, entries, addresses, layout, now)

    def mount(self, route: Route) -> tuple[str, ...]:
        """What stands in front of a mock's path at the bare host."""
        address = self.addresses.get(project_of(route.space))
        return prefix(address.mount) if address is not None else ()

    def meeting(self, one: Route, other: Route) -> Meeting:
        """Where a request can reach both."""
        owners = {project_of(route.space) for route in (one, other)} - {""}
        if len(owners) < 2:
            return "view"
        return "mount" if self.mount(one) == self.mount(other) else ""

    def everywhere_with(self, one: Route, other: Route) -> bool:
        """Whether `one` is reached wherever `other` is."""
        owner, others = project_of(one.space), project_of(other.space)
        if not owner or owner == others:
            return True
        return not others and self.addresses.keys() == {owner} and not self.mount(one)


def shared_methods(one: Route, other: Route) -> list[str]:
    """The methods that both take by name, or any at all; as HEAD follows from GET, it needs no mention here."""
    if ANY in one.methods:
        return list(other.methods)
    return list(one.methods) if ANY in other.methods else [name for name in one.methods if name in other.methods]


def place(route: Route) -> str:
    """`projects/shop/mocks/pay.toml:3`, as editors make clickable."""
    return f"{route.file}:{route.line}" if route.line else route.file


def title(route: Route) -> str:
    """`GET /users/:id`, for people; the first path of several."""
    path = normal(route.patterns[0]) if route.patterns else "?"
    return f"{' '.join(route.methods)} {path}"


def is_among(conditions: Iterable[Condition], others: Iterable[Condition]) -> bool:
    """Whether each of the conditions is repeated among the others."""
    known = list(others)
    return all(condition in known for condition in conditions)
