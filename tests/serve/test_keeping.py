"""Exchanges are kept as they come; what cannot be is counted; and trouble with the disk stops no server."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tree_answers import mock, plant

from keymock.journal import Alike, Journal, Sent
from keymock.journal.forewarning import Forewarning
from keymock.journal_file import JournalFile
from keymock.problems import Problem, Stop
from keymock.serve.app import MockApp
from keymock.serve.keeping import EVERY, MOST_WAITING, Keeper, keeping
from keymock.serve.options import Options
from keymock.serve.service import Service as Served
from keymock.variables import Mask


class Service:
    """A journal, and who hears of trouble."""

    def __init__(self, journal: Journal | None = None) -> None:
        self.journal = journal or Forewarning()
        self.mask = Mask()
        self.since = 1_700_000_000 * 10**9
        self.said: list[Problem] = []
        self.journal_file: Callable[[], dict[str, Any] | None] = lambda: None

    def say(self, problem: Problem) -> None:
        self.said.append(problem)

    def ask(self, times: int = 1, weight: int = 1) -> None:
        alike = Alike(weight, "", "GET", b"/a", b"", [], Sent(200, "m"), 1)
        for _ in range(times):
            self.journal.enter(1, 1, alike)


def kept(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as database:
        return [number for (number,) in database.execute("SELECT id FROM exchanges ORDER BY id")]


def told(path: Path) -> tuple[int, int, int]:
    """What the file says of its last run: kept, lost, ended."""
    with closing(sqlite3.connect(path)) as database:
        found: tuple[int, int, int] = database.execute("SELECT kept, lost, ended FROM runs ORDER BY run").fetchall()[-1]
        return found


async def run(service: Service, path: Path, seconds: float) -> None:
    job = asyncio.create_task(keeping(service, path)())
    await asyncio.sleep(seconds)
    job.cancel()  # as a worker does, before the last answers are given; the second time is the end of its loop
    await asyncio.sleep(0)
    service.ask()


def test_what_came_is_kept_to_the_last(tmp_path: Path) -> None:
    service = Service()
    service.ask()  # before anybody wanted it
    asyncio.run(run(service, tmp_path / "a.sqlite", 2 * EVERY))
    assert kept(tmp_path / "a.sqlite") == [2]
    assert told(tmp_path / "a.sqlite") == (1, 0, 1)
    assert service.said == []


def test_what_is_cleared_at_once_is_kept_all_the_same(tmp_path: Path) -> None:
    async def reset(service: Service) -> None:
        running = asyncio.create_task(run(service, tmp_path / "a.sqlite", EVERY))
        await asyncio.sleep(0.01)
        service.ask()
        service.journal.clear()
        await running

    service = Service()
    asyncio.run(reset(service))
    assert kept(tmp_path / "a.sqlite") == [1, 2]


def test_a_file_that_is_none_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(Stop) as caught:
        keeping(Service(), tmp_path)
    assert caught.value.problems[0].code == "not-writable"


def test_each_of_100_000_is_in_the_file_or_counted_though_nobody_writes_meanwhile(tmp_path: Path) -> None:
    service = Service()
    keeper = Keeper(service, JournalFile(tmp_path / "a.sqlite", 1))
    service.journal.about_to_forget = keeper.take  # type: ignore[attr-defined]
    service.ask(100_000)
    assert service.journal.lost() > 80_000  # of what the journal itself holds
    keeper.take()
    assert keeper.status() == {
        "file": str(tmp_path / "a.sqlite"), "kept": 0, "waiting": MOST_WAITING, "lost": 100_000 - MOST_WAITING,
    }  # fmt: skip
    keeper.end(time.monotonic() + 60)
    assert kept(tmp_path / "a.sqlite") == list(range(1, MOST_WAITING + 1))
    assert told(tmp_path / "a.sqlite") == (MOST_WAITING, 100_000 - MOST_WAITING, 1)
    assert [problem.code for problem in service.said] == ["exchanges-lost"]
    assert f"{100_000 - MOST_WAITING} exchanges are not in the file" in service.said[0].message


def test_what_a_journal_forgot_before_anybody_looked_is_counted(tmp_path: Path) -> None:
    service = Service(Journal(limit=100))
    keeper = Keeper(service, JournalFile(tmp_path / "a.sqlite", 1))
    service.ask(1_000)
    keeper.end(time.monotonic() + 60)
    rows, lost, _ = told(tmp_path / "a.sqlite")
    assert rows == len(kept(tmp_path / "a.sqlite")) >= 100
    assert rows + lost == 1_000


def test_heavy_ones_wait_within_bounds_and_one_alone_always(tmp_path: Path) -> None:
    service = Service()
    keeper = Keeper(service, JournalFile(tmp_path / "a.sqlite", 1), most=100, most_bytes=1_000)
    service.ask(1, weight=5_000)
    keeper.take()
    assert (keeper.waiting, keeper.lost) == (1, 0)
    assert keeper.write()
    service.ask(20, weight=100)
    keeper.take()
    assert (keeper.waiting, keeper.lost) == (10, 10)
    keeper.end(time.monotonic() + 60)
    assert told(tmp_path / "a.sqlite") == (11, 10, 1)


def test_a_server_that_has_no_time_left_says_how_many_are_missing(tmp_path: Path) -> None:
    service = Service()
    keeper = Keeper(service, JournalFile(tmp_path / "a.sqlite", 1))
    service.ask(30)
    keeper.end(time.monotonic() - 1)
    assert told(tmp_path / "a.sqlite") == (0, 30, 1)
    assert not keeper.write()  # a thread that comes too late


def test_while_another_program_holds_the_file_exchanges_wait_and_that_is_said_once(tmp_path: Path) -> None:
    service = Service()
    keeper = Keeper(service, JournalFile(tmp_path / "a.sqlite", 1), most=10)
    service.ask(3)
    keeper.take()
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        assert not keeper.write()
        assert not keeper.write()
        assert [problem.code for problem in service.said] == ["not-writable"]
        service.ask(20)
        keeper.take()
        assert not keeper.write()
    assert [problem.code for problem in service.said] == ["not-writable", "exchanges-lost"]
    assert keeper.write()
    assert keeper.status()["kept"] == 10
    keeper.end(time.monotonic() + 60)
    assert told(tmp_path / "a.sqlite") == (10, 13, 1)


def test_what_an_app_answers_is_in_the_file_row_by_row_or_counted(tmp_path: Path) -> None:
    """With sessions, resets, kept answers and texts filled in; whoever writes gets a part of the time that it takes."""
    plant(tmp_path, {
        "keymock.toml": "",
        "workspace/mocks/a.toml": mock("/a", response='body = "a"'),
        "workspace/mocks/b.toml": mock("/b/:id", response='template = true\nbody = "{{ path.id }}"'),
    })  # fmt: skip
    service = Served(Options(workspace=str(tmp_path), journal_to="a.sqlite"), time.time_ns)
    app = MockApp(service, time.time_ns, time.perf_counter_ns, None)
    keeper = Keeper(service, JournalFile(tmp_path / "a.sqlite", 1), most=2_000)
    assert isinstance(service.journal, Forewarning)
    service.journal.about_to_forget = keeper.take
    chance, asked = Random(7), []
    for number in range(6_000):
        path = chance.choice(["/a", "/a", f"/b/{chance.randrange(9)}", "/nothing"])
        session = chance.choice(["", "ada", "bob"])
        said: list[dict[str, Any]] = []
        assert app.at_once(scope(path, session), said.append) is None
        asked.append((number + 1, path, session, said[0]["status"]))
        if number % 1_700 == 0:
            service.reset("*")
            keeper.write()
    keeper.end(time.monotonic() + 60)
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as database:
        found = database.execute("SELECT id, path, session, status FROM exchanges ORDER BY id").fetchall()
    assert set(found) <= set(asked)
    rows, lost, _ = told(tmp_path / "a.sqlite")
    assert len(found) == rows > 2_000
    assert lost > 0
    assert rows + lost == 6_000


def scope(path: str, session: str) -> dict[str, Any]:
    headers = [(b"host", b"localhost"), *([(b"x-keymock-session", session.encode())] if session else [])]
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "headers": headers, "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
    }  # fmt: skip
