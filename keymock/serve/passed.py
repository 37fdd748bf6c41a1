"""What the journal keeps of an answer of the real API that passes by."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from keymock.journal import MOST_KEPT, Sent

if TYPE_CHECKING:
    from keymock.serve.onlooking import Seen

Told = Callable[[Sent], None]


class Kept:
    """What goes into the journal of an answer that passes by: the beginning of its body, told once, before its end."""

    def __init__(self, sent: Sent, told: Told, seen: Seen | None) -> None:
        """`sent` is what is known before the body comes."""
        self._sent = sent
        self._seen = seen
        self._told: Told | None = told
        self._parts: list[bytes] = []
        self._size = 0
        length = next((value for name, value in sent.headers if name == b"content-length"), b"")
        self._length = int(length) if length.isdigit() else None

    def add(self, part: bytes) -> None:
        """A part that is about to be sent. After the last one a client may ask the journal at once."""
        if self._size < MOST_KEPT and self._told is not None:
            self._parts.append(part[: MOST_KEPT - self._size])
        self._size += len(part)
        if self._size == self._length:
            self.over()

    def over(self) -> None:
        told, self._told = self._told, None
        if told is not None:
            body = b"".join(self._parts)
            found = self._violations(body)
            operation = self._seen.operation if self._seen is not None else ""
            told(msgspec.structs.replace(self._sent, body=body, size=self._size, violations=found, operation=operation))

    def _violations(self, body: bytes) -> tuple[str, ...]:
        """What a contract says of the answer, now that as much of it is known as ever will be."""
        if self._seen is None:
            return ()
        whole = len(body) == self._size and self._length in (None, self._size)
        return self._seen.later(body) if whole and self._seen.later is not None else self._seen.violations
