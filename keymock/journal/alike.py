"""What exchanges have in common, and how little is held of each one besides."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from operator import attrgetter
from typing import overload

import msgspec

from keymock.exchange import Headers
from keymock.journal.entry import Sent


class Alike(msgspec.Struct, eq=False, gc=False):
    """What exchanges can have in common: the fields of an `Entry`, all but its id, its time and its duration.

    Those that are alike may share one: it is hashed by what it is, not by what is in it.
    """

    weight: int
    session: str
    method: str
    path: bytes
    query: bytes
    headers: Headers
    sent: Sent
    generation: int
    body: bytes | None = None

    @property
    def shared(self) -> Alike:
        """Itself."""
        return self

    @property
    def whole(self) -> Alike:
        """Itself."""
        return self


class Filled(msgspec.Struct, eq=False, gc=False):
    """An exchange that has all in common with others but a text that was filled in, the seed, and which call it was."""

    weight: int
    shared: Alike
    text: bytes
    seed: int
    call: int
    """From 1."""

    @property
    def session(self) -> str:
        """Whose it is."""
        return self.shared.session

    @property
    def whole(self) -> Alike:
        """The same, written out."""
        shared, sent = self.shared, self.shared.sent
        story = sent.story
        if story is not None:
            story = msgspec.structs.replace(story, seed=self.seed, call=self.call)
        sent = msgspec.structs.replace(sent, body=self.text, size=len(self.text), story=story)
        return msgspec.structs.replace(shared, weight=self.weight, sent=sent)


Exchange = Alike | Filled


class Packed(Sequence[Exchange]):
    """Exchanges, some of them filled in: their texts lie one behind the other, their numbers side by side.

    They are held by the ten thousand, and then most of what one costs is the memory that nobody has at hand.
    """

    __slots__ = ("_calls", "_ends", "_seeds", "_texts", "shared", "weight")

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        self.shared = shared(exchanges)
        texts = [one.text if isinstance(one, Filled) else b"" for one in exchanges]
        self._texts = b"".join(texts)
        self._ends = array("q", accumulate(map(len, texts)))
        self._seeds = [one.seed if isinstance(one, Filled) else 0 for one in exchanges]
        self._calls = array("q", [one.call if isinstance(one, Filled) else 0 for one in exchanges])
        self.weight = sum(map(_weight, exchanges))
        """Bytes, about."""

    def __len__(self) -> int:
        return len(self.shared)

    def __iter__(self) -> Iterator[Exchange]:
        texts = [self._texts[start:end] for start, end in pairwise((0, *self._ends))]
        for one, text, seed, call in zip(self.shared, texts, self._seeds, self._calls, strict=True):
            yield Filled(one.weight + len(text), one, text, seed, call) if call else one

    @overload
    def __getitem__(self, at: int) -> Exchange: ...
    @overload
    def __getitem__(self, at: slice) -> Packed: ...
    def __getitem__(self, at: int | slice) -> Exchange | Packed:
        return Packed(list(self)[at]) if isinstance(at, slice) else list(self)[at]


def packed(exchanges: Sequence[Exchange]) -> Sequence[Exchange]:
    """The same in as little memory as may be."""
    return Packed(exchanges) if Filled in set(map(type, exchanges)) else tuple(exchanges)


def shared(exchanges: Sequence[Exchange]) -> list[Alike]:
    """What each has in common with others."""
    if isinstance(exchanges, Packed):
        return exchanges.shared
    return [one if one.__class__ is Alike else one.shared for one in exchanges]


def weight(exchanges: Sequence[Exchange]) -> int:
    """Bytes, about."""
    return exchanges.weight if isinstance(exchanges, Packed) else sum(map(_weight, exchanges))


_weight = attrgetter("weight")
