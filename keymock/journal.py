"""A bounded memory of exchanges. Entries are kept raw and cheap; what leaves the journal is redacted."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from keymock.exchange import Headers

LIMIT = 10_000
"""How many exchanges are kept; the oldest goes first."""

HIDDEN = "•••"

SECRET_HEADERS = frozenset({
    b"authorization", b"cookie", b"proxy-authorization", b"set-cookie", b"x-api-key", b"x-auth-token",
    b"x-csrf-token", b"x-keymock-token",
})  # fmt: skip


class Entry(NamedTuple):
    """One exchange: what the request line and headers were, which mock answered, how long it took.

    `time` is in nanoseconds since the epoch, `duration` in nanoseconds. `mock` is empty for keymock's own answers,
    whose code is `error`.
    """

    id: int
    time: int
    duration: int
    session: str
    method: str
    path: bytes
    query: bytes
    headers: Headers
    status: int
    mock: str
    response: str
    error: str
    generation: int
    body: bytes | None = None


class Journal:
    """The last exchanges of a server, oldest first."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._entries: deque[Entry] = deque(maxlen=limit)
        self.count = 0
        """How many exchanges there have been since the last clear, those that are gone included."""

    def add(self, *fields: Any) -> None:
        """Appends an `Entry` made of all its fields after `id`. On the hot path: no keyword, no check."""
        self.count += 1
        self._entries.append(Entry(self.count, *fields))

    def clear(self) -> None:
        """Forgets everything; ids go on."""
        self._entries.clear()

    def since(self, last: int) -> list[Entry]:
        """The entries after the one with id `last`, as far as they are still held."""
        missing = self.count - last
        if missing <= 0:
            return []
        entries = list(self._entries)
        return entries[-missing:] if missing < len(entries) else entries

    def entries(
        self, *, unmatched: bool = False, mock: str = "", session: str = "", since: int = 0, limit: int = 100
    ) -> list[dict[str, Any]]:
        """The newest entries that fit, oldest first, redacted, as the control plane shows them."""
        found: list[dict[str, Any]] = []
        for entry in self._newest(since):
            if (unmatched and entry.mock) or (mock and entry.mock != mock) or (session and entry.session != session):
                continue
            found.append(as_json(entry))
            if len(found) >= limit:
                break
        found.reverse()
        return found

    def _newest(self, since: int) -> Iterator[Entry]:
        for entry in reversed(self._entries):
            if entry.id <= since:
                return
            yield entry


def as_json(entry: Entry) -> dict[str, Any]:
    """An entry in the shape of `GET /journal`, without secrets."""
    path = entry.path.decode("utf-8", "replace")
    return {
        "id": entry.id,
        "time": datetime.fromtimestamp(entry.time / 1e9, UTC).isoformat(timespec="milliseconds"),
        "session": entry.session,
        "method": entry.method,
        "path": path,
        "status": entry.status,
        "mock": entry.mock or None,
        "matched": bool(entry.mock),
        "duration_ms": round(entry.duration / 1e6, 3),
        "request": {"query": entry.query.decode("utf-8", "replace"), "headers": redacted(entry.headers)},
        "response": {"name": entry.response or None, "error": entry.error or None, "generation": entry.generation},
    }


def redacted(headers: Headers) -> list[list[str]]:
    """Headers as text, with the values of secret ones hidden."""
    return [
        [name.decode("latin-1"), HIDDEN if name in SECRET_HEADERS else value.decode("utf-8", "replace")]
        for name, value in headers
    ]
