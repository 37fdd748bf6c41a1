"""Whenever `keymock up` is told to end, at any moment of its start or of its end, it does: quietly, and all of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from tree_answers import mock, plant

pytestmark = pytest.mark.live

BEGIN = """
import sys
from keymock.commands.interrupting import at_once
at_once()
print("on", flush=True)
from keymock.cli import main
main()
"""
"""As the console script does it. What comes before that line is Python itself, which says what it likes."""

MOMENTS = 8
"""How many of a start are tried for each kind of signal, evenly from its beginning to a little after its end."""


class Start:
    """A `keymock up`, with all the processes that come of it."""

    def __init__(self, root: Path) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("KEYMOCK", "GIT_"))}
        self.ready = root / "ready.json"
        self.process = subprocess.Popen(
            [sys.executable, "-c", BEGIN, "up", str(root / "tree"), "--ready-file", str(self.ready)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
            env={**clean, "XDG_STATE_HOME": str(root / "state"), "KEYMOCK_USER": "ada@example.com"},
        )  # fmt: skip
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "on\n"
        self.began = time.monotonic()

    def serves(self) -> float:
        """Waits until it does; how long that took since the beginning."""
        while not self.ready.exists():
            assert self.process.poll() is None, self.process.communicate()
            time.sleep(0.002)
        return time.monotonic() - self.began

    def tell(self, number: signal.Signals, *, all_of_it: bool) -> None:
        """A signal: to the whole process group, as Ctrl-C in a terminal, or to the first process alone."""
        with suppress(ProcessLookupError):
            (os.killpg if all_of_it else os.kill)(self.process.pid, number)

    def ended(self) -> tuple[int, str, str]:
        """Its exit code and what it said, when no process of it is left."""
        out, err = self.process.communicate(timeout=20)
        until = time.monotonic() + 5
        while left := _members(self.process.pid):
            assert time.monotonic() < until, f"{left} are left"
            time.sleep(0.005)
        return self.process.returncode, out, err


def _members(session: int) -> list[str]:
    """The processes of a session that live."""
    found = []
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            if folder.name.isdigit():
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                found += [folder.name] if int(fields[3]) == session and fields[0] != "Z" else []
    return found


@contextmanager
def _start(root: Path) -> Iterator[Start]:
    start = Start(root)
    try:
        yield start
    finally:
        start.tell(signal.SIGKILL, all_of_it=True)
        start.process.communicate()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace on one port, so that a server that was left behind would be in the way of the next one."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    files = {"keymock.toml": f"port = {port}\n", "workspace/mocks/a.toml": mock("/a", response='body = "a"')}
    plant(tmp_path / "tree", files)
    return tmp_path


KINDS = pytest.mark.parametrize(
    ("number", "all_of_it"),
    [(signal.SIGINT, True), (signal.SIGINT, False), (signal.SIGTERM, True), (signal.SIGTERM, False)],
    ids=["ctrl-c", "sigint", "sigterm to all", "sigterm"],
)
CODES = {signal.SIGINT: (130, 0), signal.SIGTERM: (-signal.SIGTERM, 0)}
"""Ended by it while there is nothing to tidy up; told by it to stop."""


def _quiet(start: Start, number: signal.Signals, codes: Callable[[int], bool]) -> None:
    code, out, err = start.ended()
    assert codes(code), (code, out, err)
    assert err == ""
    assert out == "" or "keymock 0." in out.splitlines()[0], out  # the banner, if it came to that
    assert "started again" not in out
    assert not start.ready.exists()


@KINDS
@pytest.mark.timeout(600)
def test_a_start_ends_whenever_it_is_told_to(root: Path, number: signal.Signals, all_of_it: bool) -> None:
    with _start(root) as whole:
        seconds = whole.serves()
        whole.tell(signal.SIGTERM, all_of_it=False)
        assert whole.ended()[0] == 0
    for moment in range(MOMENTS):
        with _start(root) as start:
            time.sleep(seconds * 1.1 * moment / MOMENTS)
            start.tell(number, all_of_it=all_of_it)
            _quiet(start, number, CODES[number].__contains__)
    with _start(root) as last:
        last.serves()
    assert not list((root / "tree").rglob("*.tmp"))


@KINDS
def test_who_is_told_twice_ends_quietly_too(root: Path, number: signal.Signals, all_of_it: bool) -> None:
    for moment in range(3):
        with _start(root) as start:
            start.serves()
            start.tell(number, all_of_it=all_of_it)
            time.sleep(moment * 0.015)
            start.tell(number, all_of_it=all_of_it)
            # Python ends by the signal itself once it has begun to take itself apart.
            _quiet(start, number, (*CODES[number], -number).__contains__)
