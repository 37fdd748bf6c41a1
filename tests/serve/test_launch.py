"""Servers beside others: their flags, and whether a process is there. `tests/test_testing.py` starts real ones."""

from __future__ import annotations

import os
import subprocess
import sys

from keymock.serve.launch import alive, flags_of, stop, stopped


def test_options_become_flags() -> None:
    given = {"seed": 0, "strict": True, "poll": False, "project": None, "allow_host": ["a", "b"], "as": "ada"}
    assert flags_of(given) == ["--seed=0", "--strict", "--allow-host=a", "--allow-host=b", "--as=ada"]


def test_a_process_is_there_until_it_is_stopped() -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    assert alive(process.pid)
    assert stopped(process.pid)
    process.wait(10)
    assert not alive(process.pid)
    stop(process.pid)  # one that is gone is fine


def test_we_are_there() -> None:
    assert alive(os.getpid())
    assert alive(1)
