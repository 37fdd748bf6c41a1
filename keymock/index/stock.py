"""Mocks of which only this is at hand until somebody asks for one: enough to find all of them their places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import compress

import msgspec

from keymock.index.route import Route
from keymock.layout import Scope
from keymock.pattern import OPTIONAL_REST, REST, Pattern, outline


class Spot(msgspec.Struct, frozen=True, gc=False):
    """Where one pattern of a mock stands in a table: its shape, and its literal segments."""

    shape: str
    values: tuple[str, ...]


def spot_of(pattern: Pattern) -> Spot:
    """`*rest` and `*rest?` rank alike, so they share their place."""
    shape, values = outline(pattern)
    return Spot(shape.replace(OPTIONAL_REST, REST) if pattern.rest_optional else shape, values)


class Kind(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What thousands of mocks have in common, each field as the route has it; and the shapes of their patterns."""

    space: str
    scope: Scope
    priority: int
    enabled: bool
    serves_records: bool
    shapes: tuple[str, ...]


class Label(msgspec.Struct, frozen=True, gc=False):
    """What is known of one mock."""

    id: str
    kind: Kind

    @property
    def space(self) -> str:
        return self.kind.space

    @property
    def scope(self) -> Scope:
        return self.kind.scope

    @property
    def enabled(self) -> bool:
        return self.kind.enabled

    @property
    def priority(self) -> int:
        return self.kind.priority

    @property
    def serves_records(self) -> bool:
        return self.kind.serves_records


class Columns(msgspec.Struct, array_like=True):
    """What is known of many mocks, a column each: to read 10 000 of them so takes a tenth of reading them one by one.

    `of` counts into `kinds`. `values` are the literal segments of all patterns of a mock, one after the other.
    """

    kinds: list[Kind] = msgspec.field(default_factory=list)
    ids: list[str] = msgspec.field(default_factory=list)
    of: list[int] = msgspec.field(default_factory=list)
    values: list[tuple[str, ...]] = msgspec.field(default_factory=list)


class Filing:
    """The writing of columns."""

    def __init__(self) -> None:
        self.columns = Columns()
        self._numbers: dict[tuple[object, ...], int] = {}

    def add(self, route: Route) -> None:
        """One more mock, which is at hand."""
        if len(route.patterns) == 1:
            spot = spot_of(route.patterns[0])
            shapes: tuple[str, ...] = (spot.shape,)
            values = spot.values
        else:
            spots = [spot_of(pattern) for pattern in route.patterns]
            shapes = tuple([spot.shape for spot in spots])
            values = tuple([value for spot in spots for value in spot.values])
        told = route.space, route.scope, route.priority, route.enabled, route.serves_records, shapes
        number = self._numbers.get(told)
        self.columns.ids.append(route.id)
        self.columns.of.append(self._numbered(Kind(*told)) if number is None else number)
        self.columns.values.append(values)

    def add_from(self, other: Columns, begin: int, end: int) -> None:
        """Some of the mocks that stand in other columns."""
        numbers = list(map(self._numbered, other.kinds))
        self.columns.ids += other.ids[begin:end]
        self.columns.of += [numbers[number] for number in other.of[begin:end]]
        self.columns.values += other.values[begin:end]

    def _numbered(self, kind: Kind) -> int:
        told = kind.space, kind.scope, kind.priority, kind.enabled, kind.serves_records, kind.shapes
        number = self._numbers.get(told)
        if number is None:
            number = self._numbers[told] = len(self.columns.kinds)
            self.columns.kinds.append(kind)
        return number


def columns_of(routes: Iterable[Route]) -> Columns:
    """The columns of mocks that are at hand."""
    filing = Filing()
    for route in routes:
        filing.add(route)
    return filing.columns


class Stock(Mapping[str, Route]):
    """Routes by id, each taken from where it is kept when it is asked for."""

    def __init__(self, columns: Columns, take: Callable[[str], Route]) -> None:
        self.columns = columns
        self._take = take

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset(self.columns.ids)

    def __getitem__(self, name: str) -> Route:
        if name not in self._ids:
            raise KeyError(name)
        return self._take(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns.ids)

    def __len__(self) -> int:
        return len(self.columns.ids)

    def __contains__(self, name: object) -> bool:
        return name in self._ids

    @property
    def labels(self) -> Iterator[Label]:
        """What is known of each."""
        kinds = self.columns.kinds
        return (Label(name, kinds[number]) for name, number in zip(self.columns.ids, self.columns.of, strict=True))

    def taken(self, name: str) -> Route:
        """One that is known to be there."""
        return self._take(name)

    def of_spaces(self, spaces: Container[str]) -> Stock:
        """The mocks of some spaces, those left out that are switched off in their files."""
        wanted = [kind.enabled and kind.space in spaces for kind in self.columns.kinds]
        return self if all(wanted) else self._part([wanted[number] for number in self.columns.of])

    def only(self, wanted: Callable[[Label], bool]) -> Stock:
        """The part of it whose labels are wanted; none is taken out for that."""
        return self._part(list(map(wanted, self.labels)))

    def _part(self, chosen: Sequence[bool]) -> Stock:
        all_of_them = self.columns
        ids, of, values = (list(compress(one, chosen)) for one in (all_of_them.ids, all_of_them.of, all_of_them.values))
        return Stock(Columns(all_of_them.kinds, ids, of, values), self._take)  # type: ignore[arg-type]


def known_of(routes: Mapping[str, Route]) -> Iterable[Route | Label]:
    """What is known of each route: of a stock the labels, and none is taken out for that."""
    return routes.labels if isinstance(routes, Stock) else routes.values()


def kinds_of(routes: Mapping[str, Route]) -> Iterable[tuple[Route | Kind, int]]:
    """What is known of routes without their names, and of how many each time: of a stock, a look at a few kinds."""
    if not isinstance(routes, Stock):
        return [(route, 1) for route in routes.values()]
    return [(routes.columns.kinds[number], many) for number, many in Counter(routes.columns.of).items()]


def stock_of(routes: Mapping[str, Route]) -> Stock:
    """Routes as a stock, which they may be already."""
    return routes if isinstance(routes, Stock) else Stock(columns_of(routes.values()), routes.__getitem__)


class Kept(msgspec.Struct, frozen=True, gc=False):
    """A route under one of its patterns, still where it is kept."""

    stock: Stock
    name: str
    number: int

    def taken(self) -> tuple[Route, Pattern]:
        """The route and the pattern themselves."""
        route = self.stock.taken(self.name)
        return route, route.patterns[self.number]
