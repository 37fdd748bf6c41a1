"""The memory itself: a ring of exchanges for each session, all of them bounded together; how often what was used."""

from __future__ import annotations

from array import array
from bisect import bisect
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import chain, compress, takewhile
from operator import attrgetter
from typing import NamedTuple

from keymock.exchange import Headers
from keymock.journal.alike import Alike, Exchange, packed, shared, weight
from keymock.journal.entry import Entry, Sent

LIMIT = 10_000
"""How many exchanges of one session are kept; the oldest goes first."""

MOST = 100_000
"""How many of all sessions together."""

MOST_BYTES = 128 * 1024 * 1024
"""And how many bytes, about."""

_GONE = 4 * 1024 * 1024
"""Bytes of what is gone and not counted up yet."""

_FEW = 128
_HEAVY = 16 * 1024
"""Bytes of an exchange that does not wait for others."""

Use = tuple[str, str, int]
"""What answered: the mock (empty for none), its response, the status."""

Given = tuple[str, str, str, int]
"""The same for one operation of a contract, which comes first."""


class Journal:
    """The last exchanges of a server. One session's requests never push out what another one did."""

    remembers = True

    def __init__(self, limit: int = LIMIT, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self._limit = limit
        self._full = limit + limit // 10  # some at a time are forgotten in half the time
        self._most = most
        self._most_bytes = most_bytes
        self._times = array("q")
        self._durations = array("q")
        self._alikes: list[Exchange] = []
        """When the last few were, how long they took and what they were: they are sorted in together, or before anybody
        looks. One at a time that took four times as long."""
        self._rings: dict[str, _Ring] = {"": _Ring()}
        self._sorted = 0
        self._held = 0
        self._bytes = 0
        self._lost: Counter[str] = Counter()
        self._given: Counter[Given] = Counter()
        self._gone: Counter[Alike] = Counter()
        """Those that are to be added to them, and how heavy they are."""
        self._gone_weight = 0
        self._nanoseconds = 0

    @property
    def count(self) -> int:
        """How many exchanges there have been, those that are gone included."""
        return self._sorted + len(self._alikes)

    def add(
        self, weight: int, time: int, duration: int, session: str, method: str, path: bytes, query: bytes,
        headers: Headers, sent: Sent, generation: int, body: bytes | None,
    ) -> None:  # fmt: skip
        """Appends an `Entry`, whose fields these are, but for its id."""
        alike = Alike(weight, session, method, path, query, headers, sent, generation, body)
        self.enter(time, duration, alike)

    def enter(self, time: int, duration: int, alike: Exchange) -> None:
        """Appends an exchange that may be like others. On the hot path: no keyword, no check."""
        self._times.append(time)
        self._durations.append(duration)
        alikes = self._alikes
        alikes.append(alike)
        if len(alikes) == _FEW or alike.weight > _HEAVY:
            self._sort_in()

    def _sort_in(self) -> None:
        """Moves what came last to its rings, and forgets what is too much."""
        if not self._alikes:
            return
        alikes = packed(self._alikes)
        numbers = range(self._sorted + 1, self._sorted + 1 + len(alikes))
        page = _page(numbers, self._times, self._durations, alikes)
        self._times, self._durations = array("q"), array("q")
        self._alikes.clear()
        self._sorted += len(alikes)
        self._held += len(alikes)
        self._bytes += page.weight
        names = {one.session for one in set(shared(alikes))}
        for name in names:
            ring = self._rings.setdefault(name, _Ring())
            ring.append(page if len(names) == 1 else page.of(name))
            if ring.held > self._full:
                self._drop(name, ring, ring.held - self._limit)
        if self._held > self._most or self._bytes > self._most_bytes:
            self._shrink()

    def _drop(self, session: str, ring: _Ring, number: int) -> None:
        """Forgets the oldest of a ring; what they were stays counted."""
        gone = ring.take(number)
        self._lost[session] += number
        self._forget(gone)

    def _forget(self, pages: Iterable[_Page]) -> None:
        for page in pages:
            self._held -= len(page.alikes)
            self._bytes -= page.weight
            self._nanoseconds += sum(page.durations)
            alikes = shared(page.alikes)
            if len(set(alikes)) == 1:
                self._gone[alikes[0]] += len(alikes)
            else:
                self._gone.update(alikes)
            self._gone_weight += page.weight
        if self._gone_weight > _GONE or len(self._gone) > self._limit:
            self._count_up()

    def _count_up(self) -> None:
        """Lets go of what is gone."""
        _count(self._gone, self._given)
        self._gone.clear()
        self._gone_weight = 0

    def _shrink(self) -> None:
        """Takes from the session that has most until all fit again: a loud one loses before the quiet ones do."""
        while self._held > self._most or (self._bytes > self._most_bytes and self._held > 1):
            session, ring = max(self._rings.items(), key=lambda pair: pair[1].held)
            self._drop(session, ring, min(max(1, ring.held // 10), ring.held))

    # ---- forgetting ----------------------------------------------------------------------------------------------

    def clear(self, session: str | None = None) -> None:
        """Forgets everything, or what one session did; ids and uses go on."""
        self._sort_in()
        for name in list(self._rings) if session is None else [session]:
            self._forget(self._rings.pop(name, _Ring()).pages)
            self._lost.pop(name, None)
        self._rings.setdefault("", _Ring())

    def _pages(self) -> Iterator[_Page]:
        return chain.from_iterable(ring.pages for ring in self._rings.values())

    # ---- being asked ---------------------------------------------------------------------------------------------

    def lost(self, session: str | None = None) -> int:
        """How many exchanges are no longer held, since the last clear."""
        self._sort_in()
        return self._lost.total() if session is None else self._lost[session]

    def held(self, session: str | None = None) -> list[Entry]:
        """Every entry that is held, or those of one session, oldest first."""
        self._sort_in()
        if session is not None:
            return list(self._rings[session].entries()) if session in self._rings else []
        return list(merge(*[ring.entries() for ring in self._rings.values()], key=_id))

    def since(self, last: int) -> list[Entry]:
        """The entries after the one with id `last`, oldest first, as far as they are still held."""
        if self.count <= last:
            return []
        self._sort_in()
        return list(merge(*[ring.since(last) for ring in self._rings.values()], key=_id))

    def newest(self, session: str | None = None) -> Iterator[Entry]:
        """What is held, newest first."""
        self._sort_in()
        rings = list(self._rings.values()) if session is None else [self._rings.get(session, _Ring())]
        return merge(*[ring.newest() for ring in rings], key=lambda entry: -entry.id)

    def entry(self, number: int) -> Entry | None:
        """The entry with that id, if it is still held."""
        self._sort_in()
        firsts = [next(ring.since(number - 1), None) for ring in self._rings.values()]
        return next((entry for entry in firsts if entry is not None and entry.id == number), None)

    def uses(self) -> Counter[Use]:
        """How often each answer was given since the start."""
        uses: Counter[Use] = Counter()
        for (_, mock, response, status), number in self.given().items():
            uses[mock, response, status] += number
        return uses

    def given(self) -> Counter[Given]:
        """The same by the operation of a contract that each answered; empty where none speaks of the request."""
        self._sort_in()
        self._count_up()
        given = self._given.copy()
        _count(Counter(chain.from_iterable(shared(page.alikes) for page in self._pages())), given)
        return given

    def nanoseconds(self) -> int:
        """How long all answers took together, since the start."""
        self._sort_in()
        return self._nanoseconds + sum(sum(page.durations) for page in self._pages())


class Forgetful(Journal):
    """A journal that counts exchanges and remembers none of them (`up --no-journal`)."""

    remembers = False

    def enter(self, *_: object) -> None:
        """Counts an exchange."""
        self._sorted += 1


class _Page(NamedTuple):
    """Some exchanges of one session, oldest first, field by field."""

    numbers: Sequence[int]
    times: Sequence[int]
    durations: Sequence[int]
    alikes: Sequence[Exchange]
    weight: int
    """Bytes, about."""

    def of(self, session: str) -> _Page:
        """Those of this session."""
        own = [alike.session == session for alike in shared(self.alikes)]
        numbers, times, durations, alikes, _ = self
        return _page(
            tuple(compress(numbers, own)),
            tuple(compress(times, own)),
            tuple(compress(durations, own)),
            packed(list(compress(alikes, own))),
        )

    def part(self, start: int, end: int | None = None) -> _Page:
        """Those at these places."""
        numbers, times, durations, alikes, _ = self
        return _page(numbers[start:end], times[start:end], durations[start:end], alikes[start:end])

    def entries(self) -> list[Entry]:
        """What they are when somebody asks."""
        return [
            Entry(
                number, one.weight, time, duration, one.session, one.method, one.path, one.query, one.headers,
                one.sent, one.generation, one.body,
            )
            for number, time, duration, one in zip(*self[:3], [one.whole for one in self.alikes], strict=True)
        ]  # fmt: skip


def _page(numbers: Sequence[int], times: Sequence[int], durations: Sequence[int], alikes: Sequence[Exchange]) -> _Page:
    return _Page(numbers, times, durations, alikes, weight(alikes))


class _Ring:
    """The exchanges of one session."""

    __slots__ = ("held", "pages")

    def __init__(self) -> None:
        self.pages: deque[_Page] = deque()
        self.held = 0

    def append(self, page: _Page) -> None:
        """Appends what came last."""
        self.pages.append(page)
        self.held += len(page.alikes)

    def take(self, number: int) -> list[_Page]:
        """Takes the oldest ones out."""
        self.held -= number
        taken = []
        while number:
            first = self.pages.popleft()
            if len(first.alikes) > number:
                self.pages.appendleft(first.part(number))
                first = first.part(0, number)
            taken.append(first)
            number -= len(first.alikes)
        return taken

    def entries(self) -> Iterator[Entry]:
        """All of them, oldest first."""
        return chain.from_iterable(map(_Page.entries, tuple(self.pages)))

    def newest(self) -> Iterator[Entry]:
        """All of them, newest first."""
        return (entry for page in tuple(self.pages)[::-1] for entry in reversed(page.entries()))

    def since(self, last: int) -> Iterator[Entry]:
        """Those after the one with the id `last`, oldest first."""
        later = list(takewhile(lambda page: page.numbers[-1] > last, reversed(self.pages)))[::-1]
        if later:
            later[0] = later[0].part(bisect(later[0].numbers, last))
        return chain.from_iterable(map(_Page.entries, later))


def _count(exchanges: Counter[Alike], given: Counter[Given]) -> None:
    """Adds what was answered."""
    for alike, number in exchanges.items():
        sent = alike.sent
        given[sent.operation, sent.mock, sent.response or sent.error, sent.status] += number


_id = attrgetter("id")
