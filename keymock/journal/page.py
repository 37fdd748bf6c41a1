"""Some exchanges that lie side by side, in as little memory as may be."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import cast

from keymock.journal.alike import Alike, Exchange, Filled, whole_of
from keymock.journal.entry import Entry


class Page:
    """Exchanges, oldest first, field by field: they are held by the ten thousand, and then most of what one costs is
    the memory that nobody has at hand. They are one session's, but for a moment before `by_session`.

    Times are in nanoseconds since the epoch, durations in nanoseconds.
    """

    __slots__ = (
        "_calls", "_durations", "_lengths", "_seeds", "_shared", "_texts", "_times", "counts", "numbers", "weight",
    )  # fmt: skip

    def __init__(
        self, numbers: Sequence[int], times: Iterable[int], durations: Iterable[int], exchanges: Sequence[Exchange]
    ) -> None:
        self.numbers = numbers
        self._times = array("q", times)
        self._durations = array("q", durations)
        self._shared: tuple[Alike, ...]
        self._texts = b""
        self._lengths: tuple[int, ...] = ()
        self._seeds: tuple[int, ...] = ()
        self._calls: Sequence[int] = ()
        """Those that are filled in: their texts one behind the other, how long each is, and their numbers. A call is 0
        where nothing was."""
        kinds = set(map(type, exchanges))
        if tuple in kinds:
            filled = exchanges if len(kinds) == 1 else [_filled(one) for one in exchanges]
            self._shared, texts, self._seeds, calls = zip(*cast("Sequence[Filled]", filled), strict=True)
            self._texts = b"".join(texts)
            self._lengths = tuple(map(len, texts))
            self._calls = array("q", calls)
        else:
            self._shared = tuple(cast("Sequence[Alike]", exchanges))
        self.counts = _counted(self._shared)
        """How many there are of each."""
        self.weight = len(self._texts) + sum([one.weight * number for one, number in self.counts.items()])
        """Bytes, about."""

    def __len__(self) -> int:
        return len(self.numbers)

    def sessions(self) -> set[str]:
        """Whose they are."""
        return {one.session for one in self.counts}

    def by_session(self) -> Iterator[tuple[str, Page]]:
        """The exchanges of each session, where there are several."""
        places: dict[str, list[int]] = {}
        for place, one in enumerate(self._shared):
            places.setdefault(one.session, []).append(place)
        exchanges = self._exchanges()
        for session, own in places.items():
            numbers, times, durations = (
                [column[place] for place in own] for column in (self.numbers, self._times, self._durations)
            )
            yield session, Page(numbers, times, durations, [exchanges[place] for place in own])

    def part(self, start: int, end: int | None = None) -> Page:
        """Those at these places."""
        part = slice(start, end)
        return Page(self.numbers[part], self._times[part], self._durations[part], self._exchanges()[part])

    def entries(self) -> list[Entry]:
        """What they are when somebody asks."""
        wholes = map(whole_of, self._exchanges())
        return [
            Entry(
                number, one.weight, time, duration, one.session, one.method, one.path, one.query, one.headers,
                one.sent, one.generation, one.body,
            )
            for number, time, duration, one in zip(self.numbers, self._times, self._durations, wholes, strict=True)
        ]  # fmt: skip

    def _exchanges(self) -> Sequence[Exchange]:
        if not self._calls:
            return self._shared
        texts = [self._texts[start:end] for start, end in pairwise(accumulate(self._lengths, initial=0))]
        columns = zip(self._shared, texts, self._seeds, self._calls, strict=True)
        return [(one, text, seed, call) if call else one for one, text, seed, call in columns]


def _filled(exchange: Exchange) -> Filled:
    return exchange if isinstance(exchange, tuple) else (exchange, b"", 0, 0)


def _counted(ones: tuple[Alike, ...]) -> Mapping[Alike, int]:
    first = ones[0]
    return {first: len(ones)} if ones.count(first) == len(ones) else Counter(ones)  # which takes ten times as long
