"""A `keymock up` with two tiny apps instead of a workspace: the real supervisor, worker, sockets and run files.

Run as a script it serves; imported it offers `Toy`, which starts the script and asks it things.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from keymock.problems import Problem, Stop, error, render
from keymock.serve.line import Line
from keymock.serve.runfiles import Ready, live, runtime_folder
from keymock.serve.sockets import Face
from keymock.serve.supervisor import Listening, Order, up

HERE = Path(__file__)


class Toy:
    """A running toy server, and what it has printed."""

    def __init__(self, process: subprocess.Popen[str], ready_file: Path) -> None:
        self.process = process
        self.ready_file = ready_file

    @property
    def ready(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.ready_file.read_text())
        return found

    def wait_until_ready(self, seconds: float = 10) -> dict[str, Any]:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.ready_file.exists():
                return self.ready
            assert self.process.poll() is None, self.process.communicate()
            time.sleep(0.005)
        raise TimeoutError("the toy did not come up")

    def get(self, path: str, seconds: float = 10) -> tuple[int, dict[str, Any]]:
        """One request on a connection of its own: status and JSON body."""
        address = self.ready["url"].removeprefix("http://")
        connection = http.client.HTTPConnection(address, timeout=seconds)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def worker(self) -> int:
        """The process id of the worker."""
        pid: int = self.get("/")[1]["pid"]
        return pid

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 10) -> tuple[int, float, str]:
        """Exit code, how long it took, and standard error."""
        started = time.monotonic()
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=seconds)
        return self.process.returncode, time.monotonic() - started, errors


@contextmanager
def toy(workspace: Path, *options: str, ready_file: Path | None = None) -> Iterator[Toy]:
    """Start the script on a workspace folder; whatever the test does, it is gone afterwards."""
    ready_file = ready_file or workspace / "ready.json"
    command = [sys.executable, str(HERE), str(workspace), "--ready-file", str(ready_file), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield Toy(process, ready_file)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=10)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--ready-file", type=Path)
    parser.add_argument("--beside", action="store_true", help="as --at: takes no lock")
    parser.add_argument("--fails", default="", help="how the worker fails: stop, raise, job or kill")
    told = parser.parse_args()
    user = os.getuid()
    try:
        folder = runtime_folder(told.workspace, os.environ, user, told.workspace / "tmp")
        faces = (Face("mock", told.port), Face("projects/shop"), Face("control"))
        order = Order(told.workspace, folder, faces, "ada@example.com", not told.beside, told.ready_file)
        return up(
            order,
            lambda line, listening, token, generation: work(line, listening, token, generation, told.fails),
            running=live(folder, user),
            on_ready=on_ready,
            tell=tell,
        )
    except Stop as stop:
        for problem in stop.problems:
            tell(problem)
        return stop.exit_code


def on_ready(ready: Ready, facts: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps({**ready.public(), **facts}) + "\n")
    sys.stdout.flush()


def tell(problem: Problem) -> None:
    sys.stderr.write(render(problem) + "\n")


def work(line: Line, listening: Listening, token: str, generation: int, fails: str) -> int:
    from keymock.serve.worker import Workshop, run_worker

    def open_workshop(first: int, report: Any, stopping: asyncio.Event) -> Workshop:
        if fails == "stop":
            raise Stop(error("keymock.toml", "no-workspace", "there is no workspace here"))
        if fails == "raise":
            raise RuntimeError("a bug at start")
        if fails == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        state = {"generation": first}

        async def mock(scope: dict[str, Any], receive: Any, send: Any) -> None:
            if scope["path"] == "/slow":
                await asyncio.sleep(0.3)
            if scope["path"] == "/endless":
                await asyncio.sleep(60)
            if scope["path"] == "/edit":
                state["generation"] += 1
                report(state["generation"])
            if scope["path"] == "/bug":
                raise RuntimeError("a bug in a request")
            await answer(send, state | {"pid": os.getpid(), "family": scope["server"][0]})

        async def control(scope: dict[str, Any], receive: Any, send: Any) -> None:
            if scope["path"] == "/events":
                await send({"type": "http.response.start", "status": 200, "headers": []})
                await send({"type": "http.response.body", "body": b"data\n", "more_body": True})
                await stopping.wait()
                await send({"type": "http.response.body", "body": b"bye"})
                return
            await answer(send, {"token": token})

        async def job() -> None:
            await asyncio.sleep(0.05 if fails == "job" else 3600)

        projects = {"shop": {"url": "overruled by its own port"}, "pay": {"url": "http://pay.localhost"}}
        apps = {"mock": mock, "projects/shop": mock, "control": control}
        return Workshop(apps, first, [job], {"mocks": 1, "projects": projects})

    return run_worker(line, listening, open_workshop, generation)


async def answer(send: Any, content: object) -> None:
    body = json.dumps(content).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    sys.exit(main())
