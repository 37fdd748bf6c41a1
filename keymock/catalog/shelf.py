"""Units put away: each as its bytes, with a label, and opened when somebody asks for it.

A start that finds everything as the last one left it has all mocks in their places without having read one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from typing import Generic, TypeVar

import msgspec

from keymock.catalog.making import Unit
from keymock.catalog.source import Stamp
from keymock.index import Label, Route, Stock, label_of
from keymock.problems import Problem

K = TypeVar("K")
V = TypeVar("V")


class Box(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One unit put away: what must be known of it at once, and itself as msgpack."""

    labels: tuple[Label, ...]
    problems: tuple[Problem, ...]
    unit: msgspec.Raw


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


def boxed(unit: Unit) -> Box:
    """A unit put away."""
    return Box(tuple(map(label_of, unit.routes)), unit.problems, msgspec.Raw(msgspec.msgpack.encode(unit)))


def digest_of(files: Mapping[str, Stamp]) -> bytes:
    """What tells two listings apart, the order of their files included."""
    return hashlib.blake2b(msgspec.msgpack.encode(files), digest_size=16).digest()


class Shelf(Mapping[str, Unit]):
    """Units by name, in the order of `names`: those `beside` are at hand, the others in their boxes.

    `scene` is what the boxes were filled in, if that is known.
    """

    def __init__(
        self,
        names: Iterable[str],
        boxes: Mapping[str, Box],
        beside: Mapping[str, Unit] | None = None,
        scene: Scene | None = None,
    ) -> None:
        self._names = dict.fromkeys(names)
        self._boxes = boxes
        self._beside = beside or {}
        self._opened: dict[str, Unit] = {}
        self.scene = scene

    def __getitem__(self, name: str) -> Unit:
        unit = self._beside.get(name) or self._opened.get(name)
        if unit is None:
            if name not in self._names:
                raise KeyError(name)
            # Two threads may open a box at once; one unit is kept, for units are compared by identity.
            unit = self._opened.setdefault(name, _decoder().decode(self._boxes[name].unit))
        return unit

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def with_others(self, units: Mapping[str, Unit], names: Iterable[str] | None = None) -> Shelf:
        """The shelf with these units beside the boxes; with these names, or its own and then theirs."""
        all_names = chain(self._names, units) if names is None else names
        shelf = Shelf(all_names, self._boxes, {**self._beside, **units}, self.scene)
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
        return chain.from_iterable((self._beside.get(name) or self._boxes[name]).problems for name in self._names)

    def stock(self) -> Stock:
        """The routes of all units, each still where it is."""
        elsewhere: dict[str, tuple[str, int]] = {}  # the few that do not have the name of their unit
        labels: list[Label] = []
        beside, boxes = self._beside, self._boxes
        for name in self._names:
            unit = beside.get(name)
            own = tuple(map(label_of, unit.routes)) if unit is not None else boxes[name].labels
            labels += own
            if len(own) != 1 or own[0].id != name:
                elsewhere.update((label.id, (name, number)) for number, label in enumerate(own))

        def take(route: str) -> Route:
            name, number = elsewhere.get(route) or (route, 0)
            return self[name].routes[number]

        return Stock(labels, take)


@cache
def _decoder() -> msgspec.msgpack.Decoder[Unit]:
    """Made at first use: it takes 2 ms, which a start need not wait for."""
    return msgspec.msgpack.Decoder(Unit)


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
