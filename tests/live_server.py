"""A real `keymock up` in its own process, for the tests that need one."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from keymock.serve.calls import ControlClient
from keymock.serve.runfiles import Ready, read_ready

START_SECONDS = 20


class Server:
    """A running server: how to ask it, and how to end it."""

    def __init__(self, process: subprocess.Popen[str], ready: Ready, root: Path) -> None:
        self.process = process
        self.ready = ready
        self.root = root
        self.port = int(ready.url.rpartition(":")[2])

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def body(self, path: str) -> bytes:
        return self.ask(path)[2]

    def write(self, file: str, text: str) -> None:
        """Writes a file of the workspace in place, as most editors' simplest save does."""
        target = self.root / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def until(self, holds: Callable[[], bool], seconds: float = 5) -> float:
        """Waits until it holds; returns how long that took. Fails after `seconds`."""
        began = time.monotonic()
        while not holds():
            assert time.monotonic() - began < seconds, "it did not come to hold in time"
            time.sleep(0.002)
        return time.monotonic() - began

    def status(self) -> Any:
        return ControlClient(self.ready.control, self.ready.token).status()

    @property
    def worker(self) -> int:
        """The process id of the worker; 0 between two of them."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0]) if children else 0

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(15)


class Load(threading.Thread):
    """Asks one path again and again over a connection that is kept, and remembers every answer."""

    def __init__(self, server: Server, path: str) -> None:
        super().__init__(daemon=True)
        self.server = server
        self.path = path
        self.answers: list[tuple[int, bytes]] = []
        self.failures: list[str] = []
        self._stop_asking = threading.Event()

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        while not self._stop_asking.is_set():
            try:
                connection.request("GET", self.path)
                answer = connection.getresponse()
                self.answers.append((answer.status, answer.read()))
            except (OSError, http.client.HTTPException) as fault:
                self.failures.append(repr(fault))
                connection.close()
        connection.close()

    def __enter__(self) -> Load:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop_asking.set()
        self.join(15)


Serve = Callable[..., Server]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts servers on free ports; all of them are stopped at the end of the test."""
    with contextlib.ExitStack() as stack:

        def start(root: Path, *arguments: str, environ: dict[str, str] | None = None) -> Server:
            ready_file = tmp_path / f"ready-{len(list(tmp_path.iterdir()))}.json"
            command = [sys.executable, "-m", "keymock", "up", str(root), "--port", "0", "--ready-file", str(ready_file)]
            clean = {name: value for name, value in os.environ.items() if not name.startswith(("KEYMOCK", "GIT_"))}
            process = subprocess.Popen(
                [*command, *arguments],
                env={**clean, "XDG_STATE_HOME": str(tmp_path / "state"), **(environ or {})},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            stack.callback(_end, process)
            end = time.monotonic() + START_SECONDS
            while not ready_file.exists():
                assert process.poll() is None, process.stdout.read() if process.stdout else ""
                assert time.monotonic() < end, "the server did not come to serve"
                time.sleep(0.005)
            return Server(process, read_ready(ready_file), root)

        yield start


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)
    if process.stdout:
        process.stdout.close()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A workspace with one mock, `GET /item`."""
    root = tmp_path / "tree"
    write_mock(root, "item", "one")
    (root / "keymock.toml").write_text('name = "live"\n')
    return root


def write_mock(root: Path, name: str, body: str) -> Path:
    """A mock of the workspace scope that answers its name with a body."""
    file = root / "workspace" / "mocks" / f"{name}.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'[request]\npath = "/{name}"\n\n[response]\nbody = {json.dumps(body)}\n')
    return file
