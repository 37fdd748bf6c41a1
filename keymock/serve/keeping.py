"""The job that keeps exchanges on disk while a server answers: read before they are forgotten, written many at once.

No request waits for the disk. What comes faster than it can be written waits in memory, within bounds; what is beyond
them is lost, and that is told: in the file, on the terminal, by the control plane.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from keymock.journal import Entry, Journal
from keymock.journal.forewarning import Forewarning
from keymock.journal_file import JournalFile
from keymock.problems import Problem, Stop, error, warning
from keymock.variables.mask import Mask

EVERY = 0.2
"""Seconds between two looks, for those of which the journal does not say that it is about to forget them."""

AT_ONCE = 1_000
"""Exchanges of one transaction."""

MOST_WAITING = 50_000
"""Exchanges that wait to be written."""

MOST_BYTES = 64 * 1024 * 1024
"""And how many bytes they hold, about."""

LAST_SECONDS = 3.5
"""From the wish to stop until what is not written is lost: a moment before the supervisor ends a worker."""


class Serving(Protocol):
    """What is kept, and who tells of trouble: `serve.service.Service`."""

    journal: Journal
    since: int
    journal_file: Callable[[], dict[str, Any] | None]

    @property
    def mask(self) -> Mask: ...
    def say(self, problem: Problem, /) -> None: ...


def keeping(service: Serving, path: Path) -> Callable[[], Coroutine[Any, Any, None]]:
    """Opens the file and returns the job. Raises Stop if it cannot be opened."""
    try:
        file = JournalFile(path, service.since // 1_000_000_000)
    except (sqlite3.Error, OSError) as fault:
        said = f"the journal cannot be kept there: {fault}"
        raise Stop(
            error(str(path), "not-writable", said, hint="--journal-to names a SQLite file, or a new one")
        ) from None
    keeper = Keeper(service, file)
    if isinstance(service.journal, Forewarning):
        service.journal.about_to_forget = keeper.take
    service.journal_file = keeper.status

    async def keep() -> None:
        last = None
        try:
            with suppress(asyncio.CancelledError):
                await _keep_on(keeper)
            last = time.monotonic() + LAST_SECONDS
            await _keep_on(keeper)  # until the loop itself ends: requests are under way
        finally:
            keeper.end(last or time.monotonic() + LAST_SECONDS)

    return keep


async def _keep_on(keeper: Keeper) -> None:
    while True:
        keeper.take()
        if not (keeper.waiting and await asyncio.to_thread(keeper.write)):
            await asyncio.sleep(EVERY)


class Keeper:
    """What waits for the file. `take` is for whoever has the turn, `write` for one thread or another."""

    def __init__(
        self, service: Serving, file: JournalFile, *, most: int = MOST_WAITING, most_bytes: int = MOST_BYTES
    ) -> None:
        self.service = service
        self.file = file
        self.lost = 0
        """Exchanges that the file does not have, and will not."""
        self._most = most
        self._most_bytes = most_bytes
        self._last = service.journal.count
        self._waiting: deque[Entry] = deque()
        self._bytes = 0
        self._changing = threading.Lock()
        self._writing = threading.Lock()
        self._told = 0
        self._troubled = False
        self._ended = False

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def status(self) -> dict[str, Any]:
        """How it goes, for the control plane."""
        return {"file": str(self.file.path), "kept": self.file.kept, "waiting": self.waiting, "lost": self.lost}

    def take(self) -> None:
        """Reads what came since the last look; what was forgotten before, and what there is no room for, is lost.

        Ids are given one by one, so what is missing can be counted.
        """
        fresh, newest = self.service.journal.since(self._last), self.service.journal.count
        came, self._last = newest - self._last, newest
        with self._changing:
            room = self._room(fresh)
            self._waiting.extend(fresh[:room])
            self._bytes += sum(entry.weight for entry in fresh[:room])
            self.lost += came - room

    def _room(self, fresh: Sequence[Entry]) -> int:
        """How many of these may wait. One alone always may, however heavy it is."""
        held, room = self._bytes, min(len(fresh), self._most - len(self._waiting))
        for number, entry in enumerate(fresh[:room]):
            held += entry.weight
            if held > self._most_bytes and (number or self._waiting):
                return number
        return room

    def write(self) -> bool:
        """Writes some of those that wait longest. False if the disk does not do its part; they go on waiting then."""
        with self._writing:
            if self._ended:
                return False
            with self._changing:
                first = [self._waiting[at] for at in range(min(AT_ONCE, len(self._waiting)))]
                lost = self.lost
            try:
                self.file.write(first, self.service.mask, lost)
            except (sqlite3.Error, OSError) as fault:
                self._complain(fault)
                self._tell_lost()
                return False
            with self._changing:
                for entry in first:
                    self._waiting.popleft()
                    self._bytes -= entry.weight
            self._troubled = False
            self._tell_lost()
            return True

    def _complain(self, fault: Exception) -> None:
        if not self._troubled:
            said = f"exchanges are not kept for now: {fault}"
            hint = f"{self._most} at most wait in memory until they can be"
            self.service.say(warning(str(self.file.path), "not-writable", said, hint=hint))
        self._troubled = True

    def _tell_lost(self) -> None:
        """Once when it begins, and when all that waited is written, so that the last number is the right one."""
        if self.lost == self._told or (self._told and self._waiting):
            return
        self._told = self.lost
        number = f"{self.lost} exchanges are" if self.lost > 1 else "1 exchange is"
        said = f"{number} not in the file: more came than could be written"
        hint = "the table `runs` of the file counts them, and so does GET /status of the control plane"
        self.service.say(warning(str(self.file.path), "exchanges-lost", said, hint=hint))

    def end(self, last: float) -> None:
        """Writes what is left, until the moment `last` of the monotonic clock; what remains then is lost."""
        self.take()
        while self.waiting and time.monotonic() < last and self.write():
            pass
        with self._writing:
            self._ended = True
            try:
                self.file.end(self.lost + self.waiting)
            except (sqlite3.Error, OSError) as fault:
                self._complain(fault)
