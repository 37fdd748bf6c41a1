"""Answers that are ready and only wait for their moment: one timer of the event loop for all of them.

A task, a timer and a future for each cost as much as the answer. What is told to `Waiting` costs a place in a heap, and
the loop is woken for the first one alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from heapq import heappop, heappush
from typing import Any

Say = Callable[[dict[str, Any]], object]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


class Later:
    """What is left of a request when its answer is ready: to `give` it, so many seconds from now.

    Called as an app is, it does so by itself.
    """

    __slots__ = ("give", "seconds")

    def __init__(self, seconds: float, give: Callable[[Say], None]) -> None:
        self.seconds = seconds
        self.give = give

    async def __call__(self, _receive: Receive, send: Send) -> None:
        await asyncio.sleep(self.seconds)
        said: list[dict[str, Any]] = []
        self.give(said.append)
        for message in said:
            await send(message)


class Waiting:
    """Calls what is due, on the event loop. One that raises does not keep the others waiting: `loop` is told."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._number = 0
        self._timer: asyncio.TimerHandle | None = None

    def put(self, seconds: float, call: Callable[[], None]) -> None:
        """Has something called so many seconds from now. On the loop, or while it sleeps and it is one's turn."""
        self._number += 1  # those with one moment go in the order in which they came
        due = self._loop.time() + seconds
        heappush(self._heap, (due, self._number, call))
        if self._heap[0][1] == self._number:
            self._loop.call_soon_threadsafe(self._look)

    def _look(self) -> None:
        """Calls what is due, and sets the timer for the next."""
        heap = self._heap
        now = self._loop.time()
        while heap and heap[0][0] <= now:
            call = heappop(heap)[2]
            try:
                call()
            except Exception as fault:  # noqa: BLE001  (whoever it is for is gone; the others are not)
                self._loop.call_exception_handler({"message": "an answer could not be given", "exception": fault})
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(heap[0][0], self._look) if heap else None
