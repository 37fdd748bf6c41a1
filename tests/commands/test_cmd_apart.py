"""A command line that a copy has read is the same command line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from live_server import Serve
from tree_answers import mock, plant

TREE = {"keymock.toml": "", "workspace/mocks/a.toml": mock("/a", response='body = "a"')}


def up(*arguments: str, folder: Path, command: str = "up") -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("KEYMOCK", "GIT_"))}
    return subprocess.run(
        [sys.executable, "-m", "keymock", command, *arguments],
        capture_output=True, text=True, timeout=60, check=False, cwd=folder,
        env={**environ, "XDG_STATE_HOME": str(folder / "state"), "KEYMOCK_USER": "ada@example.com"},
    )  # fmt: skip


@pytest.mark.parametrize("command", ["up", "serve", "start"])
def test_help_is_printed_once(tmp_path: Path, command: str) -> None:
    done = up("--help", folder=tmp_path, command=command)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("Serve the mocks of a workspace") == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--prot", "1"), "keymock up: error: there is no option `--prot`"),
        (("nowhere",), "nowhere is no folder"),
        ((), "is in no workspace"),
        (("--as", "not a name", "tree"), "cannot name a person"),
    ],
)
def test_what_is_wrong_with_the_line_is_said_once(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    plant(tmp_path, {"bare/README.md": "", **{f"tree/{file}": text for file, text in TREE.items()}})
    done = up(*arguments, folder=tmp_path if arguments else tmp_path / "bare")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count(told) == 1, done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_wrong_later_is_said_by_the_process_that_stays(tmp_path: Path) -> None:
    plant(tmp_path / "tree", {**TREE, "workspace/mocks/b.toml": "a = \n"})
    done = up("tree", "--port", "0", "--strict", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "workspace/mocks/b.toml:1:" in done.stderr
    as_json = up("tree", "--port", "0", "--strict", "--json", folder=tmp_path)
    assert (as_json.returncode, as_json.stderr) == (2, "")
    assert '"path": "workspace/mocks/b.toml"' in as_json.stdout


@pytest.mark.live
def test_the_process_that_was_started_is_the_one_that_serves(serve: Serve, tmp_path: Path) -> None:
    server = serve(plant(tmp_path / "tree-é", TREE), "--seed", "7")
    assert server.ready.pid == server.process.pid
    assert server.body("/a") == b"a"
    assert server.stop() == 0


@pytest.mark.live
def test_ctrl_c_while_it_starts_is_silent(tmp_path: Path) -> None:
    git = plant(tmp_path / "bin", {"git": f"#!/bin/sh\n: > {tmp_path}/asked\nexec sleep 60\n"}) / "git"
    git.chmod(0o755)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("KEYMOCK")}
    process = subprocess.Popen(
        [sys.executable, "-m", "keymock", "up", str(plant(tmp_path / "tree", TREE)), "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        env={**environ, "PATH": f"{git.parent}:{os.environ['PATH']}"},
    )  # fmt: skip
    while not (tmp_path / "asked").exists() and process.poll() is None:
        time.sleep(0.01)
    time.sleep(0.5)  # until what serves is imported
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate(timeout=30) == (b"", b"")
    assert process.returncode == 130
