"""Mocks that are known by their labels until somebody asks for one: enough to find all of them their places."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping

import msgspec

from keymock.index.route import Route
from keymock.layout import Scope
from keymock.pattern import OPTIONAL_REST, REST, Pattern, outline


class Spot(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Where one pattern of a mock stands in a table: its shape, and its literal segments with their positions."""

    shape: str
    positions: tuple[int, ...]
    values: tuple[str, ...]


class Label(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What must be known of a mock before anybody asks for it; each field as the route has it."""

    id: str
    space: str
    scope: Scope
    priority: int
    enabled: bool
    serves_records: bool
    spots: tuple[Spot, ...]


def label_of(route: Route) -> Label:
    """The label of a mock that is at hand."""
    spots = tuple(map(spot_of, route.patterns))
    return Label(route.id, route.space, route.scope, route.priority, route.enabled, route.serves_records, spots)


def spot_of(pattern: Pattern) -> Spot:
    """`*rest` and `*rest?` rank alike, so they share their place."""
    shape, positions, values = outline(pattern)
    return Spot(shape.replace(OPTIONAL_REST, REST), positions, values)


class Stock(Mapping[str, Route]):
    """Routes by id, each taken from where it is kept when it is asked for."""

    def __init__(self, labels: Iterable[Label], take: Callable[[str], Route]) -> None:
        self.labels = {label.id: label for label in labels}
        self._take = take

    def __getitem__(self, name: str) -> Route:
        if name not in self.labels:
            raise KeyError(name)
        return self._take(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.labels)

    def __len__(self) -> int:
        return len(self.labels)

    def __contains__(self, name: object) -> bool:
        return name in self.labels

    def of_spaces(self, spaces: Container[str]) -> Stock:
        """The mocks of some spaces, those left out that are switched off in their files."""
        return Stock([one for one in self.labels.values() if one.enabled and one.space in spaces], self._take)

    def only(self, wanted: Callable[[Label], bool]) -> Stock:
        """The part of it whose labels are wanted; none is taken out for that."""
        return Stock(filter(wanted, self.labels.values()), self._take)


def known_of(routes: Mapping[str, Route]) -> Iterable[Route | Label]:
    """What is known of each route: of a stock the labels, and none is taken out for that."""
    return routes.labels.values() if isinstance(routes, Stock) else routes.values()


def stock_of(routes: Mapping[str, Route]) -> Stock:
    """Routes as a stock, which they may be already."""
    return routes if isinstance(routes, Stock) else Stock(map(label_of, routes.values()), routes.__getitem__)


class Kept(msgspec.Struct, frozen=True, gc=False):
    """A route under one of its patterns, still where it is kept."""

    stock: Stock
    name: str
    number: int

    def taken(self) -> tuple[Route, Pattern]:
        """The route and the pattern themselves."""
        route = self.stock[self.name]
        return route, route.patterns[self.number]
