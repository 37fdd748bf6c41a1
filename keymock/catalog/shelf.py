"""Units put away: each as its bytes, with what a table must know of it, and opened when somebody asks for it.

A start that finds everything as the last one left it has all mocks in their places without having read one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import accumulate, chain
from typing import Generic, TypeVar

import msgspec

from keymock.catalog.making import Unit
from keymock.catalog.source import Stamp
from keymock.index import Columns, Filing, Route, Stock, columns_of
from keymock.learned import learned
from keymock.problems import Problem

K = TypeVar("K")
V = TypeVar("V")


Spot = tuple[str, int]
"""The unit that a route is of, and which one it is there."""


class Sheet(msgspec.Struct, frozen=True, array_like=True, dict=True):
    """Units put away: the bytes of each lie in `data`, from the end of the one before it to its own.

    Of each it tells its name and how many routes it has; of the routes what a table must know (`columns`); and what
    is wrong with those units that are not right.
    """

    names: list[str]
    ends: list[int]
    routes: list[int]
    columns: Columns
    problems: dict[str, tuple[Problem, ...]]
    data: memoryview

    @cached_property
    def firsts(self) -> Sequence[int]:
        """Where the routes of each unit begin in the columns."""
        return list(accumulate(self.routes, initial=0))


class Scene(msgspec.Struct, frozen=True, array_like=True):
    """What units were made in: for whom, and from which files.

    `files` is the digest of the listing. `special` are the files of it that are more than a shared mock or its body,
    `overlays` those of the actor that were in use; `others` are the units that are not made of a mock's TOML.
    """

    actor: str | None
    owner: str
    files: bytes
    special: tuple[str, ...]
    overlays: Mapping[str, str]
    others: tuple[str, ...]


def put_away(units: Mapping[str, Unit]) -> Sheet:
    """A sheet of units."""
    packed = list(map(_encoder().encode, units.values()))
    return Sheet(
        names=list(units),
        ends=list(accumulate(map(len, packed))),
        routes=[len(unit.routes) for unit in units.values()],
        columns=columns_of(chain.from_iterable(unit.routes for unit in units.values())),
        problems={name: unit.problems for name, unit in units.items() if unit.problems},
        data=memoryview(b"".join(packed)),
    )


def digest_of(files: Mapping[str, Stamp]) -> bytes:
    """What tells two listings apart, the order of their files included."""
    return hashlib.blake2b(msgspec.msgpack.encode(files), digest_size=16).digest()


class Shelf(Mapping[str, Unit]):
    """Units by name, in the order of `names`: those `beside` are at hand, the others on their sheets.

    `scene` is what the sheets were filled in, if that is known.
    """

    def __init__(
        self,
        names: Iterable[str],
        sheets: Sequence[Sheet],
        beside: Mapping[str, Unit] | None = None,
        scene: Scene | None = None,
    ) -> None:
        self._names = dict.fromkeys(names)
        self._sheets = sheets
        self._beside = beside or {}
        self._opened: dict[str, Unit] = {}
        self.scene = scene

    @cached_property
    def _spots(self) -> Mapping[str, tuple[Sheet, int]]:
        """The sheet that a unit is on, and which one it is there."""
        return {name: (sheet, at) for sheet in self._sheets for at, name in enumerate(sheet.names)}

    def __getitem__(self, name: str) -> Unit:
        unit = self._beside.get(name) or self._opened.get(name)
        if unit is None:
            if name not in self._names:
                raise KeyError(name)
            sheet, at = self._spots[name]
            data = sheet.data[sheet.ends[at - 1] if at else 0 : sheet.ends[at]]
            # Two threads may open one at once; one unit is kept, for units are compared by identity.
            unit = self._opened.setdefault(name, _decoder().decode(data))
        return unit

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def with_others(self, units: Mapping[str, Unit], names: Iterable[str] | None = None) -> Shelf:
        """The shelf with these units beside the sheets; with these names, or its own and then theirs."""
        all_names = chain(self._names, units) if names is None else names
        shelf = Shelf(all_names, self._sheets, {**self._beside, **units}, self.scene)
        shelf._opened = self._opened
        return shelf

    def of_mocks(self) -> Shelf:
        """The part of it that is made of mocks' TOML."""
        others = frozenset(self.scene.others if self.scene is not None else ())
        return self.with_others({}, [name for name in self._names if name not in others])

    def fits(self, overlays: Mapping[str, str]) -> bool:
        """Whether these overlays, by the mocks that they lie over, are those that the units were made with."""
        wanted = {name: file for name, file in overlays.items() if name in self}
        return self.scene is not None and self.scene.overlays == wanted

    def holds(self, units: Mapping[str, Unit]) -> bool:
        """Whether these are the units of this shelf, and no others; opens none."""
        if not isinstance(units, Shelf) or units._opened is not self._opened or units._names != self._names:
            return False
        return all(unit is self[name] for name, unit in units._beside.items())

    def problems(self) -> Iterator[Problem]:
        """What is wrong with each unit."""
        known = {name: found for sheet in self._sheets for name, found in sheet.problems.items()}
        known |= {name: unit.problems for name, unit in self._beside.items()}
        return chain.from_iterable(known[name] for name in self._names if name in known)

    def stock(self) -> Stock:
        """The routes of all units, each still where it is."""
        elsewhere: dict[str, Spot] = {}  # the few that do not have the name of their unit

        def take(route: str) -> Route:
            name, number = elsewhere.get(route) or (route, 0)
            return self[name].routes[number]

        if len(self._sheets) == 1 and not self._beside:
            sheet = self._sheets[0]
            if sheet.columns.ids == sheet.names == list(self._names):  # unless a mock is broken, say
                return Stock(sheet.columns, take)
        filing, names = Filing(), list(self._names)
        ids, done = filing.columns.ids, 0
        while done < len(names):
            first, unit = len(ids), self._beside.get(names[done])
            if unit is not None:
                for route in unit.routes:
                    filing.add(route)
                many, counts = 1, [len(unit.routes)]
            else:
                sheet, begin, many = self._run(names, done)
                filing.add_from(sheet.columns, sheet.firsts[begin], sheet.firsts[begin + many])
                counts = sheet.routes[begin : begin + many]
            if ids[first:] != names[done : done + many]:
                elsewhere.update(_elsewhere(names[done : done + many], counts, ids[first:]))
            done += many
        return Stock(filing.columns, take)

    def _run(self, names: Sequence[str], start: int) -> tuple[Sheet, int, int]:
        """Where a unit is put away, and how many of those after it follow it there, too: all to its end, or one."""
        sheet, begin = self._spots[names[start]]
        there = sheet.names[begin:]
        together = names[start : start + len(there)] == there and self._beside.keys().isdisjoint(there)
        return sheet, begin, len(there) if together else 1


def _elsewhere(
    names: Sequence[str], counts: Sequence[int], ids: Sequence[str]
) -> Iterator[tuple[str, tuple[str, int]]]:
    """The units of routes that do not have their names, and which ones they are there."""
    owners = ((name, number) for name, many in zip(names, counts, strict=True) for number in range(many))
    return ((route, owner) for route, owner in zip(ids, owners, strict=True) if owner != (route, 0))


@cache
def _encoder() -> msgspec.msgpack.Encoder:
    return msgspec.msgpack.Encoder()


@cache
def _decoder() -> msgspec.msgpack.Decoder[Unit]:
    """Made at first use: it takes 2 ms, which a start need not wait for."""
    return msgspec.msgpack.Decoder(learned(Unit))


class Later(Mapping[K, V], Generic[K, V]):
    """A mapping that is made when somebody looks into it."""

    def __init__(self, make: Callable[[], Mapping[K, V]]) -> None:
        self._make: Callable[[], Mapping[K, V]] | None = make
        self._made: Mapping[K, V] = {}

    @property
    def _mapping(self) -> Mapping[K, V]:
        make = self._make
        if make is not None:
            self._made, self._make = make(), None
        return self._made

    def __getitem__(self, key: K) -> V:
        return self._mapping[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._mapping)

    def __len__(self) -> int:
        return len(self._mapping)

    def __contains__(self, key: object) -> bool:
        return key in self._mapping
