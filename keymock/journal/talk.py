"""What was said over a WebSocket, as far as it is worth keeping: the newest messages, how many there were, the end."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

MOST_KEPT = 64 * 1024
"""Bytes of one talk that are kept; the oldest messages go first."""

LONGEST = 8 * 1024
"""Bytes of one message that are kept."""

_OVERHEAD = 64
"""Bytes that an empty message counts for, so that a million of them do not stay."""


class Said(NamedTuple):
    """One message. `after` is in seconds since the talk began; `data` is cut off, `size` is the whole one's."""

    after: float
    by_client: bool
    data: str | bytes
    size: int


class Ended(NamedTuple):
    """How a talk ended: who closed it (`client`, `server`, `keymock`), with which code; 1006 without a word."""

    by: str
    code: int
    reason: str
    after: float


class Talked:
    """A talk while it lasts, and after it. An entry of the journal holds it, so a look shows what was said so far."""

    def __init__(self) -> None:
        self.heard = 0
        """Messages of the client."""
        self.sent = 0
        self.ended: Ended | None = None
        self.newest: deque[Said] = deque()
        self._held = 0

    def said(self, after: float, data: str | bytes, *, by_client: bool) -> None:
        """Remembers a message."""
        if by_client:
            self.heard += 1
        else:
            self.sent += 1
        self.newest.append(Said(after, by_client, data[:LONGEST], len(data)))
        self._held += _OVERHEAD + min(len(data), LONGEST)
        while self._held > MOST_KEPT:
            gone = self.newest.popleft()
            self._held -= _OVERHEAD + len(gone.data)

    def over(self, by: str, code: int, reason: str, after: float) -> None:
        """Remembers the end; the first one counts."""
        self.ended = self.ended or Ended(by, code, reason, after)
