"""Ctrl-C while a command line is still being imported ends it without a word."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from keymock.commands.interrupting import INTERRUPTED, as_exception, at_once

INSIDE_A_CALLBACK = """
import os, signal, weakref
from keymock.commands.interrupting import at_once
class Lock: pass
lock = Lock()
heard = weakref.ref(lock, lambda _: os.kill(os.getpid(), signal.SIGINT))
at_once()
del lock
print("it went on")
"""
"""What an import does with its lock: an exception would be shown here, and lost."""


def test_it_ends_the_process_wherever_that_is() -> None:
    done = subprocess.run([sys.executable, "-c", INSIDE_A_CALLBACK], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (INTERRUPTED, "", "")


def test_it_is_an_exception_again_for_who_has_something_to_tidy_up() -> None:
    former = signal.getsignal(signal.SIGINT)
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        at_once()
        assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
        as_exception()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, former)


def test_where_it_is_ignored_it_stays_so() -> None:
    former = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        at_once()
        as_exception()
        signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, former)
