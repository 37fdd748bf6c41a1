"""The job that keeps exchanges on disk while a server answers: what came since the last look, many at once."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, Protocol

from keymock.journal import Entry, Journal
from keymock.journal_file import JournalFile
from keymock.problems import Problem, Stop, error, warning
from keymock.variables.mask import Mask

EVERY = 0.2
"""Seconds between two looks: the journal holds what a server at full speed answers in several of them."""


class Serving(Protocol):
    """What is kept, and who tells of trouble: `serve.service.Service`."""

    journal: Journal
    since: int

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
    last = service.journal.count
    troubled = False

    def write(fresh: Sequence[Entry]) -> None:
        nonlocal last, troubled
        if not fresh:
            return
        try:
            file.write(fresh, service.mask)
            last, troubled = fresh[-1].id, False
        except (sqlite3.Error, OSError) as fault:
            if not troubled:
                said = f"exchanges are not kept for now: {fault}"
                service.say(warning(str(path), "not-writable", said, hint="they stay in memory, the newest of them"))
            troubled = True

    async def keep() -> None:
        try:
            while True:
                await asyncio.sleep(EVERY)
                # On the loop, where exchanges are added: a ring that grows cannot be walked by another thread.
                await asyncio.to_thread(write, service.journal.since(last))
        finally:
            write(service.journal.since(last))
            file.close()

    return keep
