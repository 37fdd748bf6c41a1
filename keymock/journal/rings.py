"""The memory itself: a ring of exchanges for each session, all of them bounded together; how often what was used."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator
from heapq import merge
from itertools import islice
from operator import itemgetter

from keymock.exchange import Headers
from keymock.journal.entry import Entry, Sent

LIMIT = 10_000
"""How many exchanges of one session are kept; the oldest goes first."""

MOST = 100_000
"""How many of all sessions together."""

MOST_BYTES = 128 * 1024 * 1024
"""And how many bytes, about."""

Raw = tuple[int, int, int, int, str, str, bytes, bytes, Headers, Sent, int, bytes | None]
"""The fields of an `Entry`. It becomes one when somebody asks: making the tuple alone is half the price."""

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
        self._rings: dict[str, deque[Raw]] = {"": deque()}
        self._held = 0
        self._bytes = 0
        self._lost: Counter[str] = Counter()
        self._given: Counter[Given] = Counter()
        self._nanoseconds = 0
        self.count = 0
        """How many exchanges there have been, those that are gone included."""

    def add(
        self, weight: int, time: int, duration: int, session: str, method: str, path: bytes, query: bytes,
        headers: Headers, sent: Sent, generation: int, body: bytes | None,
    ) -> None:  # fmt: skip
        """Appends an `Entry`, whose fields these are, but for its id. On the hot path: no keyword, no check."""
        self.count = number = self.count + 1
        ring = self._rings.get(session)
        if ring is None:
            ring = self._rings[session] = deque()
        ring.append((number, weight, time, duration, session, method, path, query, headers, sent, generation, body))
        self._held += 1
        self._bytes += weight
        if len(ring) > self._full:
            self._drop(session, ring, len(ring) - self._limit)
        if self._held > self._most or self._bytes > self._most_bytes:
            self._shrink()

    def _drop(self, session: str, ring: deque[Raw], number: int) -> None:
        """Forgets the oldest of a ring; what they were stays counted."""
        gone = [ring.popleft() for _ in range(number)]
        self._lost[session] += number
        self._forget(gone)

    def _forget(self, gone: Collection[Raw]) -> None:
        self._held -= len(gone)
        self._bytes -= sum(map(_weight, gone))
        self._nanoseconds += sum(map(_duration, gone))
        _count(gone, self._given)

    def _shrink(self) -> None:
        """Takes from the session that has most until all fit again: a loud one loses before the quiet ones do."""
        while self._held > self._most or (self._bytes > self._most_bytes and self._held > 1):
            session, ring = max(self._rings.items(), key=lambda pair: len(pair[1]))
            self._drop(session, ring, min(max(1, len(ring) // 10), len(ring)))

    # ---- forgetting ----------------------------------------------------------------------------------------------

    def clear(self, session: str | None = None) -> None:
        """Forgets everything, or what one session did; ids and uses go on."""
        for name in list(self._rings) if session is None else [session]:
            self._forget(self._rings.pop(name, deque()))
            self._lost.pop(name, None)
        self._rings.setdefault("", deque())

    # ---- being asked ---------------------------------------------------------------------------------------------

    def lost(self, session: str | None = None) -> int:
        """How many exchanges are no longer held, since the last clear."""
        return self._lost.total() if session is None else self._lost[session]

    def held(self, session: str | None = None) -> list[Entry]:
        """Every entry that is held, or those of one session, oldest first."""
        if session is not None:
            return [_entry(raw) for raw in self._rings.get(session, ())]
        return [_entry(raw) for raw in merge(*map(list, self._rings.values()), key=_id)]

    def since(self, last: int) -> list[Entry]:
        """The entries after the one with id `last`, oldest first, as far as they are still held."""
        if self.count <= last:
            return []
        fresh: list[Raw] = []
        for ring in list(self._rings.values()):
            number = 0
            for raw in reversed(ring):
                if raw[0] <= last:
                    break
                number += 1
            fresh += islice(ring, len(ring) - number, None)
        return [_entry(raw) for raw in sorted(fresh, key=_id)]

    def newest(self, session: str | None = None) -> Iterator[Entry]:
        """What is held, newest first."""
        if session is not None:
            return iter(self.held(session)[::-1])
        newest_first = (list(ring)[::-1] for ring in self._rings.values())
        return (_entry(raw) for raw in merge(*newest_first, key=lambda raw: -raw[0]))

    def entry(self, number: int) -> Entry | None:
        """The entry with that id, if it is still held."""
        for ring in self._rings.values():
            if ring and ring[0][0] <= number <= ring[-1][0]:
                found = next((raw for raw in ring if raw[0] == number), None)
                if found is not None:
                    return _entry(found)
        return None

    def uses(self) -> Counter[Use]:
        """How often each answer was given since the start."""
        uses: Counter[Use] = Counter()
        for (_, mock, response, status), number in self.given().items():
            uses[mock, response, status] += number
        return uses

    def given(self) -> Counter[Given]:
        """The same by the operation of a contract that each answered; empty where none speaks of the request."""
        given = self._given.copy()
        for ring in self._rings.values():
            _count(ring, given)
        return given

    def nanoseconds(self) -> int:
        """How long all answers took together, since the start."""
        return self._nanoseconds + sum(sum(map(_duration, ring)) for ring in self._rings.values())


class Forgetful(Journal):
    """A journal that counts exchanges and remembers none of them (`up --no-journal`)."""

    remembers = False

    def add(self, *_: object) -> None:
        """Counts an exchange."""
        self.count += 1


def _count(entries: Collection[Raw], given: Counter[Given]) -> None:
    """Adds what was answered. Answers that are kept ready share what was sent: that is looked at once."""
    shared = {id(sent): sent for sent in map(_sent, entries)}
    for name, number in Counter(map(id, map(_sent, entries))).items():
        sent = shared[name]
        given[sent.operation, sent.mock, sent.response or sent.error, sent.status] += number


_PLACES = {name: place for place, name in enumerate(Entry._fields)}
_id = itemgetter(_PLACES["id"])
_weight: Callable[[Raw], int] = itemgetter(_PLACES["weight"])
_duration: Callable[[Raw], int] = itemgetter(_PLACES["duration"])
_sent: Callable[[Raw], Sent] = itemgetter(_PLACES["sent"])
_entry = Entry._make
