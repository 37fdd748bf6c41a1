"""Exchanges kept on disk: a SQLite file, written some at a time, beside what is remembered in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec

from keymock.journal import Entry
from keymock.journal.showing import as_json
from keymock.variables.mask import Mask

_TABLE = """
CREATE TABLE IF NOT EXISTS exchanges (
    run INTEGER NOT NULL, id INTEGER NOT NULL, time TEXT NOT NULL, session TEXT NOT NULL, method TEXT NOT NULL,
    path TEXT NOT NULL, status INTEGER NOT NULL, mock TEXT, entry TEXT NOT NULL, PRIMARY KEY (run, id)
) WITHOUT ROWID
"""


class JournalFile:
    """One file for many runs; `run` tells them apart, say the second that the server started. Secrets are left out.

    Every method raises `sqlite3.Error` or OSError where the disk does not do its part.
    """

    def __init__(self, path: Path, run: int) -> None:
        self.path = path
        self.run = run
        path.touch(mode=0o600)
        self._database = sqlite3.connect(path, check_same_thread=False, timeout=5)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.execute(_TABLE)
        self._database.commit()

    def write(self, entries: Sequence[Entry], mask: Mask) -> None:
        """Adds exchanges without what `mask` hides, all of them or none."""
        rows = []
        for entry in entries:
            shown = as_json(entry, mask)
            text = msgspec.json.encode(shown).decode()
            rows.append((self.run, entry.id, shown["time"], entry.session, entry.method, shown["path"],
                         entry.sent.status, entry.sent.mock or None, text))  # fmt: skip
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO exchanges VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def close(self) -> None:
        """Lets go of the file."""
        self._database.close()
