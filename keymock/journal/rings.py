"""The memory itself: a ring of exchanges for each session, all of them bounded together; how often what was used."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import Any

from keymock.journal.entry import Entry

LIMIT = 10_000
"""How many exchanges of one session are kept; the oldest goes first."""

MOST = 100_000
"""How many of all sessions together."""

MOST_BYTES = 128 * 1024 * 1024
"""And how many bytes, about."""

Use = tuple[str, str, int]
"""What answered: the mock (empty for none), its response, the status."""


class Journal:
    """The last exchanges of a server. One session's requests never push out what another one did."""

    def __init__(self, limit: int = LIMIT, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self._limit = limit
        self._most = most
        self._most_bytes = most_bytes
        self._rings: dict[str, deque[Entry]] = {"": deque()}
        self._held = 0
        self._bytes = 0
        self._lost: Counter[str] = Counter()
        self._uses: Counter[Use] = Counter()
        self._durations: Counter[Use] = Counter()
        self.count = 0
        """How many exchanges there have been, those that are gone included."""

    def add(self, weight: int, time: int, duration: int, session: str, *more: Any) -> None:
        """Appends an `Entry` made of all its fields after `id`. On the hot path: no keyword, no check."""
        self.count += 1
        ring = self._rings.get(session)
        if ring is None:
            ring = self._rings[session] = deque()
        if len(ring) >= self._limit:
            self._drop(session, ring)
        ring.append(Entry(self.count, weight, time, duration, session, *more))
        self._held += 1
        self._bytes += weight
        if self._held > self._most or self._bytes > self._most_bytes:
            self._shrink()

    def _drop(self, session: str, ring: deque[Entry]) -> None:
        """Forgets the oldest of a ring; what it was stays counted."""
        gone = ring.popleft()
        self._held -= 1
        self._bytes -= gone.weight
        self._lost[session] += 1
        self._tell(gone)

    def _tell(self, gone: Entry) -> None:
        use = _use(gone)
        self._uses[use] += 1
        self._durations[use] += gone.duration

    def _shrink(self) -> None:
        """Takes from the session that has most until all fit again: a loud one loses before the quiet ones do."""
        while self._held > self._most or (self._bytes > self._most_bytes and self._held > 1):
            session, ring = max(self._rings.items(), key=lambda pair: len(pair[1]))
            for _ in range(min(max(1, len(ring) // 10), len(ring))):
                self._drop(session, ring)

    # ---- forgetting ----------------------------------------------------------------------------------------------

    def clear(self, session: str | None = None) -> None:
        """Forgets everything, or what one session did; ids and uses go on."""
        for name in list(self._rings) if session is None else [session]:
            ring = self._rings.pop(name, deque())
            for entry in ring:
                self._tell(entry)
                self._bytes -= entry.weight
            self._held -= len(ring)
            self._lost.pop(name, None)
        self._rings.setdefault("", deque())

    # ---- being asked ---------------------------------------------------------------------------------------------

    def lost(self, session: str | None = None) -> int:
        """How many exchanges are no longer held, since the last clear."""
        return self._lost.total() if session is None else self._lost[session]

    def held(self, session: str | None = None) -> list[Entry]:
        """Every entry that is held, or those of one session, oldest first."""
        if session is not None:
            return list(self._rings.get(session, ()))
        return list(merge(*map(list, self._rings.values()), key=_id))

    def since(self, last: int) -> list[Entry]:
        """The entries after the one with id `last`, oldest first, as far as they are still held."""
        if self.count <= last:
            return []
        fresh: list[Entry] = []
        for ring in list(self._rings.values()):
            number = 0
            for entry in reversed(ring):
                if entry.id <= last:
                    break
                number += 1
            fresh += islice(ring, len(ring) - number, None)
        return sorted(fresh, key=_id)

    def newest(self, session: str | None = None) -> Iterator[Entry]:
        """What is held, newest first."""
        if session is not None:
            return iter(self.held(session)[::-1])
        return merge(*(list(ring)[::-1] for ring in self._rings.values()), key=lambda entry: -entry.id)

    def entry(self, number: int) -> Entry | None:
        """The entry with that id, if it is still held."""
        for ring in self._rings.values():
            if ring and ring[0].id <= number <= ring[-1].id:
                found = next((entry for entry in ring if entry.id == number), None)
                if found is not None:
                    return found
        return None

    def uses(self) -> tuple[Counter[Use], Counter[Use]]:
        """How often each answer was given since the start, and how many nanoseconds that took."""
        uses, durations = self._uses.copy(), self._durations.copy()
        for ring in self._rings.values():
            for entry in ring:
                use = _use(entry)
                uses[use] += 1
                durations[use] += entry.duration
        return uses, durations


def _use(entry: Entry) -> Use:
    sent = entry.sent
    return sent.mock, sent.response or sent.error, sent.status


_id = attrgetter("id")
