"""A journal that says so before it forgets, for whoever keeps exchanges elsewhere: in time to read what came last."""

from __future__ import annotations

from collections.abc import Callable

from keymock.journal.alike import Exchange
from keymock.journal.rings import LIMIT, MOST, MOST_BYTES, Journal

STEP = 1_000
"""Exchanges between two words: far fewer than a session's ring holds, and enough to be read at once."""

_HEAVY = 4 * 1024
"""Bytes of an exchange that count as one more."""


class Forewarning(Journal):
    """As a journal, but calls `about_to_forget` every now and then, and before it is cleared.

    Who then reads `since` what it has read misses nothing that fits into the journal at all. What is called is in the
    way of requests: it has to be quick.
    """

    def __init__(self, limit: int = LIMIT, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        super().__init__(limit, most, most_bytes)
        self.about_to_forget: Callable[[], None] = _nobody_minds
        self._step = min(STEP, limit)
        self._untold = 0

    def enter(self, time: int, duration: int, exchange: Exchange, weight: int = 0) -> None:
        """As any journal."""
        super().enter(time, duration, exchange, weight)
        self._untold += 1 + weight // _HEAVY
        if self._untold >= self._step:
            self._untold = 0
            self.about_to_forget()

    def clear(self, session: str | None = None) -> None:
        """As any journal."""
        self.about_to_forget()
        super().clear(session)


def _nobody_minds() -> None: ...
