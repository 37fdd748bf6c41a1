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
from typing import BinaryIO

import msgspec

from keymock import copies
from keymock.catalog import Sheet, Shelf, Unit, alone, put_away
from keymock.layout import Item
from keymock.learned import learned

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
    with Told(copies.begin(partial(_be_the_copy, make, items))) as told:
        return shared(make, items, told)


def shared(make: Make, items: Sequence[Item], told: Told) -> Mapping[str, Unit]:
    """As `forked`, with a copy that is at it already: what it tells from now on is what `tell` has it say."""
    first: dict[str, Unit] = {}
    while (left := len(items) - len(first) - told.waiting() * AT_ONCE) > 0:
        if left > AT_ONCE or not told.wait():  # the copy is at the last of them already
            first |= alone(make, items[len(first) :][: min(left, AT_ONCE)])
    return Shelf([item.id for item in items], list(map(_SHEETS.decode, told.messages)), first)


class Told:
    """What a copy tells, message by message, as this process hears of it; in the end it is ended."""

    def __init__(self, copy: copies.Copy) -> None:
        self.messages: list[bytes] = []
        """Those that are complete, and that nobody has taken."""
        self._heard = bytearray()
        self._alive = True
        self._copy = copy
        os.set_blocking(copy.reading, False)

    def __enter__(self) -> Told:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """Ends the copy, whatever it is at."""
        os.kill(self._copy.pid, signal.SIGKILL)
        self._copy.collected()

    def waiting(self) -> int:
        """How many messages are there now."""
        self._hear()
        return len(self.messages)

    def wait(self) -> bool:
        """Waits for its next word; False if there will be none."""
        if self._alive:
            select.select([self._copy.reading], [], [])
            self._hear()
        return self._alive

    def take(self) -> bytes:
        """The first message, waited for; empty if there will be none."""
        while not self.waiting() and self.wait():
            pass
        return self.messages.pop(0) if self.messages else b""

    def _hear(self) -> None:
        while self._alive:
            try:
                data = os.read(self._copy.reading, _MOST_AT_ONCE)
            except BlockingIOError:
                break
            self._alive = bool(data)
            self._heard += data
        self.messages += self._whole()

    def _whole(self) -> Iterator[bytes]:
        """The messages that are complete, taken out of what was heard."""
        while len(self._heard) >= _LENGTH:
            end = _LENGTH + int.from_bytes(self._heard[:_LENGTH], "big")
            if len(self._heard) < end:
                return
            yield bytes(self._heard[_LENGTH:end])
            del self._heard[:end]


_SHEETS = msgspec.msgpack.Decoder(learned(Sheet))


def say(stream: BinaryIO, message: bytes) -> None:
    """Tells whoever hears by `Told` of one message."""
    stream.write(len(message).to_bytes(_LENGTH, "big") + message)
    stream.flush()


def tell(make: Make, items: Sequence[Item], stream: BinaryIO) -> None:
    """What a copy does: makes units from the end, and tells of each handful."""
    for end in range(len(items), 0, -AT_ONCE):
        say(stream, msgspec.msgpack.encode(put_away(alone(make, items[max(0, end - AT_ONCE) : end]))))


def _be_the_copy(make: Make, items: Sequence[Item], writing: int) -> int:
    with os.fdopen(writing, "wb") as stream:
        tell(make, items, stream)
    return 0
