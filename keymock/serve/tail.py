"""Exchanges as events, for whoever listens: read from the journal a few at a time, so that no request waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from keymock.journal import Journal
from keymock.journal.showing import Choice, as_event
from keymock.variables.mask import Mask

EVERY = 0.1
"""Seconds between two looks at the journal."""

MOST = 50
"""Exchanges that are told at one look: more would take time away from requests. The rest is told at the next ones."""

FARTHEST = 2_000
"""Exchanges that a listener may lie behind; those before are skipped, and it is told how many."""


async def tail(
    journal: Journal, choice: Choice, last: int | None, mask: Callable[[], Mask], *, every: float = EVERY
) -> AsyncIterator[dict[str, Any]]:
    """Each exchange that fits, as it comes, for ever: `{"event": "exchange", "id": …}`.

    `last` is the id of the last one that the listener knows, None for those from now on. What it missed and cannot be
    told is `{"event": "lost", "count": …}`; an id that is yet to come was another server's, and all are told.
    """
    seen = journal.count if last is None else last if last <= journal.count else 0
    while True:
        fresh = journal.since(max(seen, journal.count - FARTHEST))
        told, reached = fresh[:MOST], fresh[MOST - 1].id if len(fresh) > MOST else journal.count
        lost = reached - seen - len(told)
        seen = reached
        if lost:
            yield {"event": "lost", "count": lost}
        for entry in told:
            if choice.session in (None, entry.session) and choice.takes(entry):
                yield as_event(entry, mask())
        await asyncio.sleep(every)
