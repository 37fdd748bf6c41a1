"""Two hands instead of one: a forked copy of this process makes half of many units, while this one makes the other.

Only for the first load of a process, before it has other threads: what a fork finds locked stays locked.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping, Sequence

import msgspec

from keymock.catalog import Box, Shelf, Unit, alone, boxed
from keymock.layout import Item

WORTH_IT = 1_000
"""Units below which the copy would cost more than it saves."""


def forked(make: Callable[[Sequence[Item]], list[Unit]], items: Sequence[Item]) -> Mapping[str, Unit]:
    """The unit of each item by its id, the second half of them made by a copy of this process. Falls back to one hand.

    What the copy has made stays in its boxes until somebody asks for it.
    """
    if len(items) < WORTH_IT or not _has_two_processors():
        return alone(make, items)
    half = len(items) // 2
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _be_the_copy(writing, make, items[half:])
    os.close(writing)
    first = alone(make, items[:half])
    with os.fdopen(reading, "rb") as stream:
        told = stream.read()
    _, status = os.waitpid(child, 0)
    boxes = _second(told, status)
    if boxes is None:
        return {**first, **alone(make, items[half:])}
    return Shelf([item.id for item in items], boxes, first)


def _has_two_processors() -> bool:
    """Whether a copy would run beside this process, and there can be one."""
    if not hasattr(os, "fork"):
        return False
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) > 1
    return (os.cpu_count() or 1) > 1


def _second(told: bytes, status: int) -> dict[str, Box] | None:
    """What the copy has made; None if it came to grief."""
    if status != 0:
        return None
    try:
        return msgspec.msgpack.decode(told, type=dict[str, Box])
    except msgspec.MsgspecError:
        return None


def _be_the_copy(writing: int, make: Callable[[Sequence[Item]], list[Unit]], items: Sequence[Item]) -> None:
    """The whole life of the copy: it never returns into the stack of the process that it copies."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        with os.fdopen(writing, "wb") as stream:
            stream.write(msgspec.msgpack.encode({name: boxed(unit) for name, unit in alone(make, items).items()}))
        code = 0
    finally:
        os._exit(code)
