"""The memory itself: a ring of exchanges for each session, all of them bounded together; how often what was used."""

from __future__ import annotations

from bisect import bisect
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from heapq import merge
from itertools import chain, takewhile
from operator import attrgetter

from keymock.exchange import Headers
from keymock.journal.alike import Alike, Exchange
from keymock.journal.entry import Entry, Sent
from keymock.journal.page import Page

LIMIT = 10_000
"""How many exchanges of one session are kept; the oldest goes first."""

MOST = 100_000
"""How many of all sessions together."""

MOST_BYTES = 128 * 1024 * 1024
"""And how many bytes, about."""

_GONE = 4 * 1024 * 1024
"""Bytes of what is gone and not counted up yet."""

_FEW = 1024
"""How many are sorted in together: what is done by the thousand is done from memory that is at hand by then."""
_HEAVY = 4 * 1024
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
        self._times: list[int] = []
        self._durations: list[int] = []
        self._last: list[Exchange] = []
        """When the last few were, how long they took and what they were: they are sorted in together, or before anybody
        looks. One at a time that took four times as long."""
        self._rings: dict[str, _Ring] = {"": _Ring()}
        self._sorted = 0
        self._held = 0
        self._bytes = 0
        self._lost: Counter[str] = Counter()
        self._given: Counter[Given] = Counter()
        self._gone: dict[Alike, int] = {}
        """Those that are to be added to them, and how heavy they are."""
        self._gone_weight = 0
        self._nanoseconds = 0

    @property
    def count(self) -> int:
        """How many exchanges there have been, those that are gone included."""
        return self._sorted + len(self._last)

    def add(
        self, weight: int, time: int, duration: int, session: str, method: str, path: bytes, query: bytes,
        headers: Headers, sent: Sent, generation: int, body: bytes | None,
    ) -> None:  # fmt: skip
        """Appends an `Entry`, whose fields these are, but for its id."""
        alike = Alike(weight, session, method, path, query, headers, sent, generation, body)
        self.enter(time, duration, alike, weight)

    def enter(self, time: int, duration: int, exchange: Exchange, weight: int = 0) -> None:
        """Appends an exchange that may be like others; its weight is told if it may be heavy.

        On the hot path: no keyword, no check, and lists, which cost half of what arrays do.
        """
        self._times.append(time)
        self._durations.append(duration)
        last = self._last
        last.append(exchange)
        if len(last) == _FEW or weight > _HEAVY:
            self._sort_in()

    def _sort_in(self) -> None:
        """Moves what came last to its rings, and forgets what is too much."""
        if not self._last:
            return
        first = self._sorted + 1
        page = Page(range(first, first + len(self._last)), self._times, self._durations, self._last)
        self._nanoseconds += sum(self._durations)
        self._times.clear()
        self._durations.clear()
        self._last.clear()
        self._sorted += len(page)
        self._held += len(page)
        self._bytes += page.weight
        sessions = page.sessions()
        for name, own in page.by_session() if len(sessions) > 1 else [(sessions.pop(), page)]:
            ring = self._rings.setdefault(name, _Ring())
            ring.append(own)
            if ring.held > self._full:
                self._drop(name, ring, ring.held - self._limit, self._full - self._limit)
        if self._held > self._most or self._bytes > self._most_bytes:
            self._shrink()

    def _drop(self, session: str, ring: _Ring, number: int, fewer: int = 0) -> None:
        """Forgets the oldest of a ring, as `take` takes them; what they were stays counted."""
        gone = ring.take(number, fewer)
        self._lost[session] += sum(map(len, gone))
        self._forget(gone)

    def _forget(self, pages: Iterable[Page]) -> None:
        gone = self._gone
        for page in pages:
            self._held -= len(page)
            self._bytes -= page.weight
            for one, number in page.counts.items():
                gone[one] = gone.get(one, 0) + number
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

    def _pages(self) -> Iterator[Page]:
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
        for page in self._pages():
            _count(page.counts, given)
        return given

    def nanoseconds(self) -> int:
        """How long all answers took together, since the start."""
        self._sort_in()
        return self._nanoseconds


class Forgetful(Journal):
    """A journal that counts exchanges and remembers none of them (`up --no-journal`)."""

    remembers = False

    def enter(self, *_: object) -> None:
        """Counts an exchange."""
        self._sorted += 1


class _Ring:
    """The exchanges of one session."""

    __slots__ = ("held", "pages")

    def __init__(self) -> None:
        self.pages: deque[Page] = deque()
        self.held = 0

    def append(self, page: Page) -> None:
        """Appends what came last."""
        self.pages.append(page)
        self.held += len(page)

    def take(self, number: int, fewer: int = 0) -> list[Page]:
        """Takes the oldest ones out: so many, or up to so many fewer if no page has to be parted for it."""
        taken = []
        while number:
            first = self.pages[0]
            if len(first) <= number:
                self.pages.popleft()
            elif number <= fewer:
                break
            else:
                self.pages[0] = first.part(number)
                first = first.part(0, number)
            taken.append(first)
            number -= len(first)
            self.held -= len(first)
        return taken

    def entries(self) -> Iterator[Entry]:
        """All of them, oldest first."""
        return chain.from_iterable(map(Page.entries, tuple(self.pages)))

    def newest(self) -> Iterator[Entry]:
        """All of them, newest first."""
        return (entry for page in tuple(self.pages)[::-1] for entry in reversed(page.entries()))

    def since(self, last: int) -> Iterator[Entry]:
        """Those after the one with the id `last`, oldest first."""
        later = list(takewhile(lambda page: page.numbers[-1] > last, reversed(self.pages)))[::-1]
        if later:
            later[0] = later[0].part(bisect(later[0].numbers, last))
        return chain.from_iterable(map(Page.entries, later))


def _count(exchanges: Mapping[Alike, int], given: Counter[Given]) -> None:
    """Adds what was answered."""
    for alike, number in exchanges.items():
        sent = alike.sent
        given[sent.operation, sent.mock, sent.response or sent.error, sent.status] += number


_id = attrgetter("id")
