"""Whose turn it is to run the app: the event loop's, or that of the thread that reads requests while the loop sleeps.

granian reads a request on a thread of its own and hands it to the event loop, which has to be woken for it: two changes
of thread that cost more than most answers. An answer that nothing has to be awaited for can be given where the request
was read. Everything that it touches belongs to the event loop, though. So the loop gives its turn away while it waits
for events, and for no longer: whoever has the turn runs alone, as all of it did on the loop, and nothing needs a lock
of its own.
"""

from __future__ import annotations

import asyncio
import selectors
import threading


class Turn:
    """At first it is the loop's, and whenever that has something to do."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()
        self._wanted = False

    def loop(self) -> asyncio.AbstractEventLoop:
        """An event loop that takes part."""
        return asyncio.SelectorEventLoop(_Giving(self))

    def take(self) -> bool:
        """Takes the turn, if nobody has it and the loop does not want it: who asks often must not keep it waiting."""
        return not self._wanted and self._lock.acquire(False)

    def give(self) -> None:
        """Ends one's turn."""
        self._lock.release()

    def insist(self) -> None:
        """Waits for the turn, as the loop does: the next that is taken is this one."""
        self._wanted = True
        self._lock.acquire()
        self._wanted = False


class _Giving(selectors.DefaultSelector):
    """Gives the turn away while it waits."""

    def __init__(self, turn: Turn) -> None:
        super().__init__()
        self._turn = turn

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            return super().select(timeout)  # what is to be done is known: it only looks for more
        self._turn.give()
        try:
            return super().select(timeout)
        finally:
            self._turn.insist()
