"""Exchanges are kept as they come, and trouble with the disk stops no server."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from keymock.journal import Journal, Sent
from keymock.problems import Problem, Stop
from keymock.serve.keeping import EVERY, keeping
from keymock.variables import Mask


class Service:
    """A journal, and who hears of trouble."""

    def __init__(self) -> None:
        self.journal = Journal()
        self.mask = Mask()
        self.since = 1_700_000_000 * 10**9
        self.said: list[Problem] = []

    def say(self, problem: Problem) -> None:
        self.said.append(problem)

    def ask(self) -> None:
        self.journal.add(1, 1, 1, "", "GET", b"/a", b"", [], Sent(200, "m"), 1, None)


def kept(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as database:
        return [number for (number,) in database.execute("SELECT id FROM exchanges ORDER BY id")]


async def run(service: Service, path: Path, seconds: float) -> None:
    job = asyncio.create_task(keeping(service, path)())
    await asyncio.sleep(seconds)
    service.ask()  # the last moment counts too
    job.cancel()
    with suppress(asyncio.CancelledError):
        await job


def test_what_came_is_kept_to_the_last(tmp_path: Path) -> None:
    service = Service()
    service.ask()  # before anybody wanted it
    asyncio.run(run(service, tmp_path / "a.sqlite", 2 * EVERY))
    assert kept(tmp_path / "a.sqlite") == [2]
    assert service.said == []


def test_a_file_that_is_none_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(Stop) as caught:
        keeping(Service(), tmp_path)
    assert caught.value.problems[0].code == "not-writable"
