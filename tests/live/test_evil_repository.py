"""A repository whose configuration names a program wherever git would run one: keymock runs none of them.

Traced twice: by the file that each of those programs would leave, and by every program that is started at all.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from clone import ENVIRON, PATH, Clone, needs_git
from live_server import Serve
from prompt import HERE
from traps import set_traps
from tree_answers import mock

pytestmark = [pytest.mark.live, needs_git]

OPS = "ops@example.com"
A = "workspace/mocks/a.toml"

COMMANDS = (
    ("check",),
    ("ls",),
    ("ls", "--at", "main~1"),
    ("show", "a", "--at", "main"),
    ("explain", "/a", "--at", "main~1"),
    ("log", "a"),
    ("blame", "/a"),
    ("whoami",),
    ("doctor",),
    ("export", "codeowners"),
    ("diff", "main~1", "main"),
    ("diff", "main"),
    ("review", "main~1..main", "--actor", OPS),
    ("hook", "run"),
    ("ls", "--at", "mian"),
)


@pytest.fixture
def evil(tmp_path: Path) -> tuple[Clone, Path]:
    """A workspace in such a repository; and the file that any of the programs would leave."""
    clone = Clone(tmp_path / "evil")
    clone.commit("one", {"keymock.toml": "", "ROLES": f"* admin:{OPS} viewer:*\n", A: mock("/a")})
    clone.commit("two", {A: mock("/a", response="status = 201")})
    script, trace = tmp_path / "evil.sh", tmp_path / "ran"
    script.write_text(f'#!/bin/sh\necho "$0 $*" >> {trace}\n')
    script.chmod(0o755)
    set_traps(clone, script)
    return clone, trace


def environ(folder: Path) -> dict[str, str]:
    """An environment in which git is the only program that is found, and leaves a mark; so do those it would start."""
    marks = folder / "marks"
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    real = shutil.which("git", path=PATH)
    (programs / "git").write_text(f'#!/bin/sh\necho git >> {marks}\nexec {real} "$@"\n')
    for name in ("sh", "bash", "less", "ssh", "gpg", "ssh-keygen", "vi", "more", "cat"):
        (programs / name).write_text(f"#!{sys.executable}\nopen({str(marks)!r}, 'a').write({name!r} + chr(10))\n")
    for file in programs.iterdir():
        file.chmod(0o755)
    return {
        **ENVIRON, "PATH": str(programs), "PYTHONPATH": HERE, "KEYMOCK_USER": OPS, "HOME": str(folder),
        "XDG_STATE_HOME": str(folder / "state"),
    }  # fmt: skip


def marks(folder: Path) -> set[str]:
    return set((folder / "marks").read_text().split()) if (folder / "marks").exists() else set()


def test_no_command_runs_anything_of_it(evil: tuple[Clone, Path], tmp_path: Path) -> None:
    clone, trace = evil
    for command in COMMANDS:
        done = subprocess.run(
            [sys.executable, "-m", "keymock", *command], cwd=clone.folder, env=environ(tmp_path), capture_output=True,
            text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode in (0, 1, 2), (command, done.stderr)
        assert "Traceback" not in done.stderr, (command, done.stderr)
        assert not trace.exists(), (command, trace.read_text())
        assert marks(tmp_path) <= {"git"}, command


def test_up_runs_nothing_of_it(evil: tuple[Clone, Path], serve: Serve, tmp_path: Path) -> None:
    clone, trace = evil
    now, past = (serve(clone.folder, *more, environ=environ(tmp_path)) for more in ((), ("--at", "main~1")))
    assert (now.ask("/a")[0], past.ask("/a")[0]) == (201, 200)
    now.write("workspace/mocks/b.toml", mock("/b"))
    now.until(lambda: now.ask("/b")[0] == 200, 20)
    assert (now.stop(), past.stop()) == (0, 0)
    assert not trace.exists(), trace.read_text()
    assert marks(tmp_path) <= {"git"}


def test_the_traps_would_spring(evil: tuple[Clone, Path]) -> None:
    clone, trace = evil
    subprocess.run(["git", "status"], cwd=clone.folder, env=ENVIRON, capture_output=True, check=False)
    assert trace.exists(), "the tests above would hold for traps that are broken"
