"""Exchanges kept on disk, and what a server that was told to leaves there."""

from __future__ import annotations

import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from live_server import Serve

from keymock.journal import Journal, Sent
from keymock.journal_file import JournalFile
from keymock.variables import Mask


def rows(file: Path, wanted: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as database:
        return database.execute(f"SELECT {wanted} FROM exchanges ORDER BY run, id").fetchall()  # noqa: S608


def test_runs_stand_beside_each_other_and_no_secret_is_among_them(tmp_path: Path) -> None:
    journal = Journal()
    headers = [(b"host", b"a"), (b"authorization", b"Bearer hunter2")]
    for number in range(3):
        journal.add(1, 1, 1, "ada", "GET", b"/%d" % number, b"token=hunter2", headers, Sent(200, "m"), 1, None)
    for run in (1, 2):
        file = JournalFile(tmp_path / "all.sqlite", run)
        file.write(journal.held(), Mask())
        file.write(journal.held(), Mask())  # again is nothing new
        file.close()
    assert rows(tmp_path / "all.sqlite", "run, id, path, mock, status, session")[:4] == [
        (1, 1, "/0", "m", 200, "ada"), (1, 2, "/1", "m", 200, "ada"), (1, 3, "/2", "m", 200, "ada"),
        (2, 1, "/0", "m", 200, "ada"),
    ]  # fmt: skip
    assert b"hunter2" not in (tmp_path / "all.sqlite").read_bytes()
    assert stat.S_IMODE((tmp_path / "all.sqlite").stat().st_mode) == 0o600


def test_two_runs_of_one_second_and_of_an_older_file_do_not_overwrite_each_other(tmp_path: Path) -> None:
    journal = Journal()
    journal.add(1, 1, 1, "", "GET", b"/a", b"", [], Sent(200, "m"), 1, None)
    for _ in range(2):
        file = JournalFile(tmp_path / "all.sqlite", 1_700)
        file.write(journal.held(), Mask())
        file.end(lost=5)
    with closing(sqlite3.connect(tmp_path / "all.sqlite")) as database:
        database.execute("DELETE FROM runs WHERE run = 1701")  # as files were before there was that table
        database.commit()
    killed = JournalFile(tmp_path / "all.sqlite", 1_700)
    killed.write(journal.held(), Mask(), lost=7)
    killed.close()
    assert rows(tmp_path / "all.sqlite", "run, id") == [(1_700, 1), (1_701, 1), (1_702, 1)]
    with closing(sqlite3.connect(tmp_path / "all.sqlite")) as database:
        runs = database.execute("SELECT run, kept, lost, ended FROM runs ORDER BY run").fetchall()
    assert runs == [(1_700, 1, 5, 1), (1_702, 1, 7, 0)]


def test_what_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a database at all, but long enough to be seen as something else" * 20)
    with pytest.raises(sqlite3.DatabaseError):
        JournalFile(tmp_path / "text", 1)


@pytest.mark.live
def test_a_server_keeps_all_of_it_to_the_last_exchange(serve: Serve, tree: Path, tmp_path: Path) -> None:
    file = tmp_path / "kept.sqlite"
    server = serve(tree, "--journal-to", str(file))
    for _ in range(30):
        server.body("/item")
    server.ask("/nothing")
    server.until(lambda: server.status()["journal_file"]["kept"] == 31)
    assert server.status()["journal_file"] == {"file": str(file), "kept": 31, "waiting": 0, "lost": 0}
    assert server.stop() == 0
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT kept, lost, ended FROM runs").fetchall() == [(31, 0, 1)]
    found = rows(file, "id, status, entry")
    assert [row[0] for row in found] == list(range(1, 32))
    assert found[-1][1] == 404
    assert json.loads(str(found[0][2]))["mock"] == "workspace/mocks/item"
