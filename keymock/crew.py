"""Two hands instead of one: a forked copy of this process makes half of many units, while this one makes the other.

Only for the first load of a process, before it has other threads: what a fork finds locked stays locked.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence

import msgspec

from keymock.catalog import Unit
from keymock.layout import Item

WORTH_IT = 1_000
"""Units below which the copy would cost more than it saves."""


def forked(make: Callable[[Sequence[Item]], list[Unit]], items: Sequence[Item]) -> list[Unit]:
    """`make(items)`, the second half of it by a copy of this process. Falls back to doing it all."""
    if len(items) < WORTH_IT or not _has_two_processors():
        return make(items)
    half = len(items) // 2
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _be_the_copy(writing, make, items[half:])
    os.close(writing)
    first = make(items[:half])
    with os.fdopen(reading, "rb") as stream:
        told = stream.read()
    _, status = os.waitpid(child, 0)
    return first + (_second(told, status) or make(items[half:]))


def _has_two_processors() -> bool:
    """Whether a copy would run beside this process, and there can be one."""
    if not hasattr(os, "fork"):
        return False
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) > 1
    return (os.cpu_count() or 1) > 1


def _second(told: bytes, status: int) -> list[Unit] | None:
    """What the copy has made; None if it came to grief."""
    if status != 0:
        return None
    try:
        return msgspec.msgpack.decode(told, type=list[Unit])
    except msgspec.MsgspecError:
        return None


def _be_the_copy(writing: int, make: Callable[[Sequence[Item]], list[Unit]], items: Sequence[Item]) -> None:
    """The whole life of the copy: it never returns into the stack of the process that it copies."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        with os.fdopen(writing, "wb") as stream:
            stream.write(msgspec.msgpack.encode(make(items)))
        code = 0
    finally:
        os._exit(code)
