"""The console script: what --help costs, and how everything that can happen ends."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from keymock import __version__
from keymock.commands import overview

HEAVY = (
    "asyncio", "click", "git", "granian", "jsonpath", "jsonschema_rs", "lxml", "minijinja", "msgspec", "re2", "rich",
    "tomlkit", "toml_rs", "typing", "watchdog",
)  # fmt: skip


def keymock(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "keymock", *arguments],
        capture_output=True, text=True, check=False, timeout=60, cwd=cwd,
    )  # fmt: skip


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",), ("help",)])
def test_the_overview_imports_nothing_heavy(arguments: tuple[str, ...]) -> None:
    script = (
        "import sys; sys.argv = ['keymock', *sys.argv[1:]]; import keymock.cli; keymock.cli.main();"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", script, *arguments],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )  # fmt: skip
    assert done.stdout == overview() + "\n"
    assert done.stderr == "[]\n"


def test_the_overview_is_the_same_by_click() -> None:
    done = keymock("--json", "--help")
    assert (done.returncode, done.stdout) == (0, overview() + "\n")


def test_version() -> None:
    done = keymock("--version")
    assert (done.returncode, done.stdout) == (0, f"keymock {__version__}\n")


def test_a_reader_that_is_gone_is_no_fault() -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "keymock", "help", "--json"],
        stdout=write, stderr=subprocess.PIPE, check=False, timeout=60,
    )  # fmt: skip
    os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")


def test_ctrl_c_at_a_question_is_silent(tmp_path: Path) -> None:
    (tmp_path / "keymock.toml").touch()
    here, there = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "keymock", "new"],
        cwd=tmp_path, stdin=there, stdout=there, stderr=there, start_new_session=True,
    )  # fmt: skip
    os.close(there)
    shown = b""
    while not shown.endswith(b"Method [GET]: "):
        shown += os.read(here, 1024)
    for _ in range(40):
        process.send_signal(signal.SIGINT)  # CPython misses one that comes just before it begins to read
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.5)
            break
    assert process.poll() == 130
    assert _rest(here).strip() == b""


def _rest(here: int) -> bytes:
    """What is still to be read from a terminal whose other end is closed."""
    told = b""
    try:
        while more := os.read(here, 4096):
            told += more
    except OSError:  # how Linux says that a terminal has ended
        return told
    finally:
        os.close(here)
    return told


def test_colour_only_on_a_terminal_and_not_with_no_color(tmp_path: Path) -> None:
    (tmp_path / "keymock.toml").touch()

    def shown(*arguments: str, **environ: str) -> bytes:
        here, there = pty.openpty()
        subprocess.run(
            [sys.executable, "-m", "keymock", "check", *arguments],
            cwd=tmp_path, stdout=there, env={"PATH": os.environ["PATH"], "TERM": "xterm", **environ}, check=True,
        )  # fmt: skip
        os.close(there)
        return _rest(here)

    assert b"\33[" in shown()
    assert b"\33[" not in shown("--no-color")
    assert b"\33[" not in shown(NO_COLOR="1")
    assert "\33[" not in keymock("check", cwd=tmp_path).stdout
