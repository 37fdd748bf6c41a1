"""Servers beside others: their flags, one of them for a folder, there until it is ended."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from keymock.problems import Stop
from keymock.serve import beside
from keymock.serve.beside import alive, begin, end, flags_of, stop, there
from keymock.serve.launch import awaited


def test_options_become_flags() -> None:
    given = {"seed": 0, "strict": True, "poll": False, "project": None, "allow_host": ["a", "b"], "as": "ada"}
    assert flags_of(given) == ["--seed=0", "--strict", "--allow-host=a", "--allow-host=b", "--as=ada"]


def test_a_process_is_there_until_it_is_stopped() -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    assert alive(process.pid)
    stop(process.pid)
    process.wait(10)
    assert not alive(process.pid)
    stop(process.pid)  # one that is gone is fine


def test_we_are_there() -> None:
    assert alive(os.getpid())
    assert alive(1)


def test_whoever_begins_one_imports_nothing_of_keymock_for_it() -> None:
    told = "import sys, keymock.serve.beside; print(sorted(name for name in sys.modules if name.startswith('keymock')))"
    said = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "['keymock', 'keymock.serve', 'keymock.serve.beside']"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "mocks").mkdir()
    (tmp_path / "mocks/keymock.toml").write_text("")
    return tmp_path


def health(url: str) -> int:
    with urlopen(url + "/__keymock/health", timeout=10) as answer:  # noqa: S310  (loopback)
        status: int = answer.status
        return status


@pytest.mark.live
def test_of_several_who_begin_at_once_one_does_and_it_is_there_until_it_is_ended(root: Path) -> None:
    begun: list[subprocess.Popen[bytes] | None] = []

    def one() -> None:
        begun.append(begin(root / "mocks", folder=root, guardian=os.getpid(), environ=os.environ))

    assert not there(root)
    several = [threading.Thread(target=one) for _ in range(4)]
    for each in several:
        each.start()
    for each in several:
        each.join()
    [process] = filter(None, begun)
    try:
        assert there(root)
        ready = awaited(root, root)
        assert ready.pid == process.pid
        assert health(ready.url) == 204
    finally:
        end(root)
    assert not there(root)
    assert process.wait(10) == 0
    with pytest.raises(OSError):
        health(ready.url)
    end(root)  # one that is gone is fine


@pytest.mark.live
def test_one_that_will_not_end_is_killed_with_its_worker(root: Path) -> None:
    process = begin(root / "mocks", folder=root, guardian=os.getpid(), environ=os.environ)
    assert process is not None
    awaited(root, root)
    os.kill(process.pid, 19)  # SIGSTOP: it hears of nothing
    end(root, seconds=0.1)
    assert process.wait(10) == -9
    last = time.monotonic() + 10
    while there(root):
        assert time.monotonic() < last
        time.sleep(0.01)


@pytest.mark.live
def test_one_that_cannot_serve_says_why_and_another_may_begin(root: Path) -> None:
    for place, reason in (("nowhere", "nowhere is no folder"), ("mocks", "")):
        process = begin(root / place, folder=root, guardian=os.getpid(), environ=os.environ)
        assert process is not None
        if reason:
            with pytest.raises(Stop) as caught:
                awaited(root, root / place)
            assert reason in caught.value.problems[0].message
        else:
            awaited(root, root / place)
        end(root)
        process.wait(10)
    assert (root / beside.LOG).exists()
