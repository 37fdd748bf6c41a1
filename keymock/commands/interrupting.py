"""Ctrl-C before there is anything to tidy up: the process ends where it is, without a word.

An exception would not do while modules are imported. Whoever imports first would show it with its traceback, and one
that is raised inside a callback of the import system is shown and lost: what was to be ended goes on.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
else:
    import _signal as signal  # the same without names for its numbers, which take longer than all that goes before

INTERRUPTED = 130
"""The exit code; what a shell shows for a program that SIGINT ended, too."""


def at_once() -> None:
    """From here on Ctrl-C ends this process; not where it is ignored, as in the background of a shell."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave)


def as_exception() -> None:
    """From here on Ctrl-C is KeyboardInterrupt again, for those who have something to tidy up."""
    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _leave(*_: object) -> None:
    os._exit(INTERRUPTED)
