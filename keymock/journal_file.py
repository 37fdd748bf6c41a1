"""Exchanges kept on disk: a SQLite file, written some at a time, beside what is remembered in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec

from keymock.journal import Entry
from keymock.journal.showing import as_json_each
from keymock.variables.mask import Mask

_TABLES = (
    """
CREATE TABLE IF NOT EXISTS exchanges (
    run INTEGER NOT NULL, id INTEGER NOT NULL, time TEXT NOT NULL, session TEXT NOT NULL, method TEXT NOT NULL,
    path TEXT NOT NULL, status INTEGER NOT NULL, mock TEXT, entry TEXT NOT NULL, PRIMARY KEY (run, id)
) WITHOUT ROWID
""",
    """
CREATE TABLE IF NOT EXISTS runs (
    run INTEGER PRIMARY KEY, kept INTEGER NOT NULL, lost INTEGER NOT NULL, ended INTEGER NOT NULL
)
""",
)

_BUSY_SECONDS = 1
"""How long another program may hold the file before that is trouble: a server that stops has not much time."""


class JournalFile:
    """One file for many runs; `run` tells them apart, say the second that the server started. Secrets are left out.

    Each run has a row in `runs`, too: how many exchanges are there and how many are missing, as of the last time that
    something was written; `ended` is 0 for a run that goes on, or that was killed and may have known of more.
    Every method raises `sqlite3.Error` or OSError where the disk does not do its part.
    """

    def __init__(self, path: Path, run: int) -> None:
        self.path = path
        self.kept = 0
        path.touch(mode=0o600)
        self._database = sqlite3.connect(path, check_same_thread=False, timeout=_BUSY_SECONDS)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        for table in _TABLES:
            self._database.execute(table)
        self._database.commit()
        self.run = self._own(run)

    def _own(self, run: int) -> int:
        """A number that no other run has: of two in one second, and of two servers that share a file."""
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            runs = "SELECT max(run) FROM (SELECT run FROM runs UNION ALL SELECT max(run) FROM exchanges)"
            run = max(run, (self._database.execute(runs).fetchone()[0] or 0) + 1)
            self._database.execute("INSERT INTO runs VALUES (?, 0, 0, 0)", (run,))
        return run

    def write(self, entries: Sequence[Entry], mask: Mask, lost: int = 0) -> None:
        """Adds exchanges without what `mask` hides, all of them or none, and says how many are missing in all."""
        rows = []
        for entry, shown in zip(entries, as_json_each(entries, mask), strict=True):
            text = msgspec.json.encode(shown).decode()
            rows.append((self.run, entry.id, shown["time"], entry.session, entry.method, shown["path"],
                         entry.sent.status, entry.sent.mock or None, text))  # fmt: skip
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO exchanges VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            self._tell(self.kept + len(rows), lost)
        self.kept += len(rows)

    def _tell(self, kept: int, lost: int, *, ended: bool = False) -> None:
        told = (kept, lost, ended, self.run)
        self._database.execute("UPDATE runs SET kept = ?, lost = ?, ended = ? WHERE run = ?", told)

    def end(self, lost: int) -> None:
        """Says that this was all, and how many are missing; lets go of the file."""
        try:
            with self._database:
                self._tell(self.kept, lost, ended=True)
        finally:
            self.close()

    def close(self) -> None:
        """Lets go of the file, as of a run that was killed."""
        self._database.close()
