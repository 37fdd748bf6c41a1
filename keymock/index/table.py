"""The route table: every mock of one view, found by the shape of its path. Immutable; a change makes a new one.

Routes are kept by *level*: one level holds the patterns of one priority and one shape (which segments are literal,
constrained, parameters, rest). Levels are tried in the order of (priority, shape), and that order is the first half
of the precedence of mocks: nothing is scored while serving. Inside a level, the literal segments are a dictionary
key, so the number of mocks does not matter. `*rest` and `*rest?` rank alike, so they share their levels.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping
from itertools import chain
from operator import attrgetter, itemgetter

from keymock.index.candidate import Bucket, Candidate, Entry, Segments, Shortlist, id_of
from keymock.index.route import Route
from keymock.index.stock import Kept, Kind, Stock, spot_of
from keymock.pattern import LITERAL, REGEX, REST, Pattern

Order = tuple[int, str]
"""Steps 3 and 4 of the order of precedence: priority, highest first, and the rank of the path."""


def order_of(route: Route, pattern: Pattern) -> Order:
    """Where a mock stands under one of its paths, before scope and conditions are looked at."""
    return -route.priority, spot_of(pattern).shape


class Level:
    """All patterns of one priority and one shape: a dictionary from their literal segments to a bucket.

    Buckets are made when they are first looked into; until then there are only the `entries` of each.
    """

    __slots__ = ("_buckets", "_key", "entries", "length", "order", "positions", "shape")

    def __init__(self, order: Order) -> None:
        self.order = order
        self.shape = order[1]
        self.positions = tuple(at for at, letter in enumerate(self.shape) if letter == LITERAL)
        self.length = len(self.shape.rstrip(REST + REGEX))
        self._key = _key_getter(self.positions, self.shape)
        self.entries: dict[Hashable, tuple[Entry, ...]] = {}
        self._buckets: dict[Hashable, Bucket] = {}

    def copy(self) -> Level:
        """One that may be changed; what is in it is shared."""
        copy = Level(self.order)
        copy.entries, copy._buckets = dict(self.entries), dict(self._buckets)
        return copy

    def accepts(self, length: int) -> bool:
        """Whether a path of so many segments can have this shape."""
        last = self.shape[-1]
        if last == REGEX:
            return True
        return length >= self.length if last == REST else length == self.length

    def bucket(self, segments: Segments) -> Bucket | None:
        """The patterns whose literal segments are those of the path."""
        key = self._key(segments)
        bucket = self._buckets.get(key)
        if bucket is None and key in self.entries:
            bucket = self._buckets[key] = Bucket(self.entries[key])
        return bucket

    def add(self, key: Hashable, entry: Entry) -> None:
        """Puts one more pattern in its place."""
        self._put(key, (*self.entries.get(key, ()), entry))

    def drop(self, key: Hashable, ids: Container[str]) -> None:
        """Takes the routes of these ids out of a bucket."""
        self._put(key, tuple(entry for entry in self.entries.get(key, ()) if id_of(entry) not in ids))

    def _put(self, key: Hashable, entries: tuple[Entry, ...]) -> None:
        self._buckets.pop(key, None)
        self.entries.pop(key, None)
        if entries:
            self.entries[key] = entries

    def key_of(self, values: tuple[str, ...]) -> Hashable:
        """The dictionary key for the values of literal segments: what `bucket` looks up for a path that has them."""
        return values[0] if self.has_bare_keys else values

    @property
    def has_bare_keys(self) -> bool:
        """Whether its keys are texts, and no tuples of texts: there is one literal segment among others."""
        return len(self.positions) == 1 and self._key is not _whole


def _key_getter(positions: tuple[int, ...], shape: str) -> Callable[[Segments], Hashable]:
    if positions == tuple(range(len(shape))):
        return _whole
    if not positions:
        return _nothing
    return itemgetter(*positions)


def _whole(segments: Segments) -> Hashable:
    return segments


def _nothing(segments: Segments) -> Hashable:  # noqa: ARG001  (a key getter like the others)
    return ()


Placed = tuple[Level, Hashable, Entry]

Place = tuple[dict[Hashable, tuple[Entry, ...]], int, int | None]
"""The entries of a level, and which of the values of a mock are their key: from one to another, or one alone."""


class Table:
    """The mocks of one view. `routes` maps ids to routes, for listing and for near misses.

    Of a stock, no route is taken out before a request comes that may be meant for it.
    """

    def __init__(self, routes: Iterable[Route] | Stock = ()) -> None:
        self.routes: Mapping[str, Route]
        self._levels: dict[Order, Level] = {}
        self._ordered: list[Level] = []
        self._by_length: dict[int, tuple[Level, ...]] = {}
        if isinstance(routes, Stock):
            self.routes = routes
            self._take_in(routes)
            return
        self.routes = {route.id: route for route in routes}
        entries: dict[tuple[Order, Hashable], list[Entry]] = {}
        for level, key, entry in chain.from_iterable(map(self._placed, self.routes.values())):
            entries.setdefault((level.order, key), []).append(entry)
        for (order, key), found in entries.items():
            self._levels[order].entries[key] = tuple(found)

    def _placed(self, route: Route) -> Iterator[Placed]:
        for pattern in route.patterns:
            spot = spot_of(pattern)
            level = self._level(route.priority, spot.shape)
            yield level, level.key_of(spot.values), (route, pattern)

    def _take_in(self, stock: Stock) -> None:
        """Puts all of a stock in its place. A start waits for it: whatever 10 000 have in common is done once."""
        columns = stock.columns
        places = [self._places(kind) for kind in columns.kinds]
        for name, number, values in zip(columns.ids, columns.of, columns.values, strict=True):
            for at, (entries, begin, end) in enumerate(places[number]):
                key = values[begin:end] if end is not None else values[begin]
                entry, others = Kept(stock, name, at), entries.get(key)
                entries[key] = (entry,) if others is None else (*others, entry)

    def _places(self, kind: Kind) -> list[Place]:
        """Where the mocks of a kind stand, pattern by pattern."""
        found: list[Place] = []
        begin = 0
        for shape in kind.shapes:
            level = self._level(kind.priority, shape)
            end = begin + len(level.positions)
            found.append((level.entries, begin, None if level.has_bare_keys else end))
            begin = end
        return found

    def _level(self, priority: int, shape: str) -> Level:
        order = -priority, shape
        level = self._levels.get(order)
        if level is None:
            level = self._levels[order] = Level(order)
            insort(self._ordered, level, key=attrgetter("order"))
        return level

    def levels(self, length: int) -> tuple[Level, ...]:
        """The levels that a path of so many segments can be found in, best first."""
        found = self._by_length.get(length)
        if found is None:
            found = tuple(level for level in self._ordered if level.accepts(length))
            if length < 256:  # a client chooses the length
                self._by_length[length] = found
        return found

    def shortlists(self, method: str, segments: Segments) -> Iterator[Shortlist]:
        """Whom a request of this method and path may be meant for, level by level, best first."""
        for level in self.levels(len(segments)):
            bucket = level.bucket(segments)
            if bucket is not None:
                yield bucket.for_method(method)

    def changed(self, gone: Iterable[str], come: Iterable[Route]) -> Table:
        """A table without the routes of these ids and with these; what is untouched is shared with this one."""
        table = Table()
        table.routes = routes = dict(self.routes)
        table._levels = dict(self._levels)
        table._ordered = list(self._ordered)
        own: dict[Order, Level] = {}
        ids = frozenset(gone)
        for route in [routes.pop(name) for name in ids if name in routes]:
            for level, key, _ in table._placed(route):
                table._own(own, level.order).drop(key, ids)
        for route in come:
            routes[route.id] = route
            for level, key, entry in table._placed(route):
                table._own(own, level.order).add(key, entry)
        return table

    def _own(self, own: dict[Order, Level], order: Order) -> Level:
        """A copy of a shared level that this table may change, made once."""
        level = own.get(order)
        if level is None:
            shared = self._levels[order]
            level = shared.copy()
            self._ordered[self._ordered.index(shared)] = level
            self._levels[order] = own[order] = level
        return level

    def paths(self, segments: Segments) -> Iterator[Candidate]:
        """Every candidate whose path fits, whatever its method and conditions, best first."""
        for level in self.levels(len(segments)):
            bucket = level.bucket(segments)
            for candidate in bucket.candidates if bucket else ():
                if candidate.params(segments) is not None:
                    yield candidate
