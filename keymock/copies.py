"""Copies of this process that do a part of its work beside it, on another processor, and tell it by a pipe.

Only for a process that has no other threads: what a fork finds locked stays locked.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import NamedTuple


class Copy(NamedTuple):
    """A copy under way: its process id, and where this process hears of it."""

    pid: int
    reading: int

    def heard(self) -> tuple[bytes, int]:
        """All that it says, and its exit code, when it has ended; minus the number of a signal that ended it."""
        with os.fdopen(self.reading, "rb") as stream:
            data = stream.read()
        _, status = os.waitpid(self.pid, 0)
        return data, os.waitstatus_to_exitcode(status)


def has_two_processors() -> bool:
    """Whether a copy would run beside this process, and there can be one."""
    if not hasattr(os, "fork"):
        return False
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) > 1
    return (os.cpu_count() or 1) > 1


def begin(live: Callable[[int], int]) -> Copy:
    """Forks. The copy lives for `live(writing)` alone, which returns its exit code; it never comes back from here."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Copy(pid, reading)
    code = 1
    try:
        os.close(reading)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        code = live(writing)
    finally:
        os._exit(code)
