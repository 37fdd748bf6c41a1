"""Copies of this process that do a part of its work beside it, on another processor, and tell it by a pipe.

Only for a process that has no other threads: what a fork finds locked stays locked.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
from collections.abc import Callable
from typing import NamedTuple


class Copy(NamedTuple):
    """A copy under way: its process id, where this process hears of it, and what it lives by (`_end_with`)."""

    pid: int
    reading: int
    tie: int

    def heard(self) -> tuple[bytes, int]:
        """All that it says, and its exit code, when it has ended; minus the number of a signal that ended it."""
        with os.fdopen(self.reading, "rb", closefd=False) as stream:
            data = stream.read()
        return data, self.collected()

    def collected(self) -> int:
        """Its exit code, as `heard` has it, without another word of it."""
        _, status = os.waitpid(self.pid, 0)
        os.close(self.reading)
        os.close(self.tie)
        return os.waitstatus_to_exitcode(status)


def has_two_processors() -> bool:
    """Whether a copy would run beside this process, and there can be one."""
    if not hasattr(os, "fork"):
        return False
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) > 1
    return (os.cpu_count() or 1) > 1


def begin(live: Callable[[int], int]) -> Copy:
    """Forks. The copy lives for `live(writing)` alone, which returns its exit code; it never comes back from here.

    It ends when this process does: it may hold a port, and a lock.
    """
    reading, writing = os.pipe()
    tied, tie = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        os.close(tied)
        return Copy(pid, reading, tie)
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.close(reading)
        os.close(tie)
        _end_with(tied)
        code = live(writing)
    finally:
        os._exit(code)


def _end_with(tied: int) -> None:
    """Has the system end this process when the other end of a pipe is closed, whatever either process is at then.

    Linux does, by a signal. Elsewhere a copy goes on until it has something to tell, and finds that nobody hears it.
    """
    with contextlib.suppress(OSError):
        signal.signal(signal.SIGIO, signal.SIG_DFL)
        fcntl.fcntl(tied, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(tied, fcntl.F_SETFL, os.O_ASYNC)
    if select.select([tied], [], [], 0)[0]:  # closed already
        os._exit(1)
