"""Two hands instead of one: a forked copy of this process makes units from the end, while this one begins in front.

They meet where they meet, so neither waits for a processor that somebody else has. Only for the first load of a
process, before it has other threads: what a fork finds locked stays locked.
"""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from types import TracebackType

import msgspec

from keymock import copies
from keymock.catalog import Sheet, Shelf, Unit, alone, put_away
from keymock.layout import Item

WORTH_IT = 1_000
"""Units below which the copy would cost more than it saves."""

AT_ONCE = 64
"""Units that the copy makes before it tells of them: what is made twice in the end, at most."""

_LENGTH = 4
_MOST_AT_ONCE = 1 << 20

Make = Callable[[Sequence[Item]], list[Unit]]


def forked(make: Make, items: Sequence[Item]) -> Mapping[str, Unit]:
    """The unit of each item by its id, the last of them made by a copy of this process. Falls back to one hand.

    What the copy has made stays on its sheets until somebody asks for it.
    """
    if len(items) < WORTH_IT or not copies.has_two_processors():
        return alone(make, items)
    first: dict[str, Unit] = {}
    with _Copy(make, items) as copy:
        while (left := len(items) - len(first) - copy.made()) > 0:
            if left > AT_ONCE or not copy.wait():  # the copy is at the last of them already
                first |= alone(make, items[len(first) :][: min(left, AT_ONCE)])
    return Shelf([item.id for item in items], copy.sheets(), first)


class _Copy:
    """The copy, as this process hears of it: one message for each `AT_ONCE` items, from the last one backwards."""

    def __init__(self, make: Make, items: Sequence[Item]) -> None:
        self._heard = bytearray()
        self._messages: list[bytes] = []
        self._alive = True
        self._pid, self._reading = copies.begin(partial(_tell, make, items))
        os.set_blocking(self._reading, False)

    def __enter__(self) -> _Copy:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._reading)

    def made(self) -> int:
        """How many items it has told of so far, those at the end."""
        self._hear()
        return len(self._messages) * AT_ONCE

    def wait(self) -> bool:
        """Waits for its next word; False if there will be none."""
        if self._alive:
            select.select([self._reading], [], [])
            self._hear()
        return self._alive

    def sheets(self) -> list[Sheet]:
        """What it has made."""
        return list(map(_SHEETS.decode, self._messages))

    def _hear(self) -> None:
        while self._alive:
            try:
                data = os.read(self._reading, _MOST_AT_ONCE)
            except BlockingIOError:
                break
            self._alive = bool(data)
            self._heard += data
        self._messages += self._whole()

    def _whole(self) -> Iterator[bytes]:
        """The messages that are complete, taken out of what was heard."""
        while len(self._heard) >= _LENGTH:
            end = _LENGTH + int.from_bytes(self._heard[:_LENGTH], "big")
            if len(self._heard) < end:
                return
            yield bytes(self._heard[_LENGTH:end])
            del self._heard[:end]


_SHEETS = msgspec.msgpack.Decoder(Sheet)


def _tell(make: Make, items: Sequence[Item], writing: int) -> int:
    """What the copy does: makes them from the end, and tells of each handful."""
    with os.fdopen(writing, "wb") as stream:
        for end in range(len(items), 0, -AT_ONCE):
            made = alone(make, items[max(0, end - AT_ONCE) : end])
            data = msgspec.msgpack.encode(put_away(made))
            stream.write(len(data).to_bytes(_LENGTH, "big") + data)
            stream.flush()
    return 0
