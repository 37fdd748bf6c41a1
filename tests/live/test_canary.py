"""No secret is ever seen: one in every place of a request, echoed by every answer, looked for on every way out."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import select
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from canary_shop import SECRETS, canary, seen_in
from prompt import HERE, Shell
from real_api import RealApi

from keymock.serve.calls import ControlClient
from keymock.serve.routes import ROUTES

__all__ = ["canary"]

REQUESTS = ("every", "form", "parts", "graph", "text", "client", "nobody", "header", "host", "tls", "cut", "near")


def files_of(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file, with its name: both can tell."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink():
            yield str(file.relative_to(folder)), file.read_bytes()


def assert_nothing_written(shell: Shell) -> None:
    for name, data in files_of(shell.folder.parent):
        assert not seen_in(name), name
        assert not seen_in(data), (name, seen_in(data))


def test_not_without_a_server(canary: tuple[Shell, RealApi]) -> None:
    """By no command that reads, sends, runs or writes; the requests themselves bring all of them to the real API."""
    shell, api = canary
    lines: list[tuple[str, ...]] = [("check",), ("vars",), ("vars", "--why"), ("vars", "--json", "--why")]
    for name in REQUESTS:
        lines += [("request", verb, name, *more) for verb in ("send", "show", "curl") for more in ((), ("--json",))]
        lines += [("request", "send", name, *more) for more in (("-q",), ("--target", "real"), ("--offline",))]
    lines += [("request", "send", "every", "--save-example", "ok"), ("new", "--from", "request:every", "--name", "a")]
    lines += [("request", "send", "form", "--target", "real", "--save-example", "real")]
    lines += [("flow", "show", flow, *more) for flow in ("every", "good") for more in ((), ("--mermaid",))]
    for target in ("real", "mock", "fallback", "both"):
        for more in ((), ("--json",), ("--junit", f"{target}.xml", "--html", f"{target}.html"), ("-v",)):
            lines.append(("flow", "run", "every", "--target", target, *more))
    lines += [("new", "--from", "flow:good", "--run"), ("flow", "run", "good", "--target", "both")]
    lines += [("explain", "POST", "http://shop.localhost:8787/echo/x"), ("ls",), ("doctor",)]
    sent = 0
    for line in lines:
        done = shell(*line)
        seen = seen_in(done.out + done.err)
        assert not seen, line
        assert done.code != 3, done.err
        sent += line[:2] in (("request", "send"), ("flow", "run"))
    assert sent > 30
    assert_nothing_written(shell)
    came = "\n".join(f"{asked.target} {asked.headers} {asked.body!r}" for asked in api.asked)
    assert all(secret in came for secret in (SECRETS["PLAIN"], SECRETS["NUMBER"], "kan4ryOdd33cX", SECRETS["COOKIE"]))


def test_the_mocks_that_are_made_answer_the_flow_that_made_them(canary: tuple[Shell, RealApi]) -> None:
    shell, api = canary
    assert shell("new", "--from", "flow:good", "--run").code == 0
    for name in ("echo", "near"):
        (shell.folder / f"projects/shop/mocks/{name}.toml").unlink()
    asked = len(api.asked)
    done = shell("flow", "run", "good", "--target", "mock")
    assert (done.code, len(api.asked)) == (0, asked), done.out


class Running:
    """A `keymock up` beside the prompt, and everything that it says."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, ready: Path) -> None:
        self.process = process
        self.log = log
        told = json.loads(ready.read_text())
        self.control = ControlClient(told["control"], told["token"])
        self.url = told["control"]
        self.token = told["token"]
        self.heard: list[bytes] = []
        self._connection = HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        self._connection.request("GET", "/events", headers={"authorization": f"Bearer {self.token}"})
        self._events = threading.Thread(target=self._hear, daemon=True)
        self._events.start()

    def _hear(self) -> None:
        """Reads until the server stops, or its worker dies."""
        with contextlib.suppress(OSError, HTTPException), self._connection.getresponse() as response:
            for line in response:
                self.heard.append(line)

    def close(self) -> None:
        self._events.join(20)
        self._connection.close()

    def get(self, path: str) -> bytes:
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=20)
        try:
            connection.request("GET", path, headers={"authorization": f"Bearer {self.token}"})
            return connection.getresponse().read()
        finally:
            connection.close()

    def processes(self) -> Iterator[bytes]:
        """The command lines of the server and of what it started."""
        waiting = [self.process.pid]
        while waiting:
            pid = waiting.pop()
            with contextlib.suppress(OSError):
                yield Path(f"/proc/{pid}/cmdline").read_bytes()
                waiting += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


@contextlib.contextmanager
def up(shell: Shell, *more: str) -> Iterator[Running]:
    """The server; it has none of the secrets in its own environment."""
    ready, log = shell.folder.parent / "ready.json", shell.folder.parent / f"up{len(more)}.log"
    ready.unlink(missing_ok=True)
    environ = {name: value for name, value in shell.environ.items() if name not in SECRETS}
    command = [sys.executable, "-m", "keymock", "up", "--port", "0", "--ready-file", str(ready), "--journal-bodies"]
    with log.open("wb") as out:
        process = subprocess.Popen([*command, *more], cwd=shell.folder, env={**environ, "PYTHONPATH": HERE},
                                   stdout=out, stderr=out)  # fmt: skip
    try:
        for _ in range(600):
            if ready.exists():
                break
            assert process.poll() is None, log.read_text()
            time.sleep(0.05)
        running = Running(process, log, ready)
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    running.close()


@pytest.mark.live
@pytest.mark.parametrize("mode", ["mock", "real"])
def test_not_by_a_running_server(canary: tuple[Shell, RealApi], mode: str) -> None:
    """Journal in each form, near misses, verdicts, state, webhooks, events, metrics, terminal, files, arguments."""
    shell, _ = canary
    with up(shell, "--journal-to", str(shell.folder / "all.sqlite")) as running:
        if mode == "real":
            assert shell("use", "real").code == 0
        said = [shell("flow", "run", flow, *more) for flow in ("every", "good") for more in ((), ("--json",))]
        said += [shell("request", "send", name) for name in REQUESTS]
        count = json.loads(running.get("/journal?limit=10000"))["entries"]
        assert len(count) > 25
        every: list[tuple[str, ...]] = [("journal", *more) for more in (
            (), ("--json",), ("--unmatched",), ("--format", "har"), ("--format", "ndjson"), ("--format", "curl"),
        )]  # fmt: skip
        for entry in count:
            number = str(entry["id"])
            every += [("journal", number), ("journal", number, "--json")]
            every += [("journal", number, "--format", form) for form in ("pytest", "mock", "request")]
        every += [("verify", "GET /never"), ("verify", "POST /echo/x", "--times", "3", "--json"), ("coverage",),
                  ("verify", "DELETE /near/1", "--json-body", '{"password": "other"}'), ("state", "show"),
                  ("verify", "POST /token", "--times", "0"), ("sync",), ("session", "ls")]  # fmt: skip
        for entry in count[:6] + count[-6:]:
            every += [("new", "--from", f"journal:{entry['id']}", "--scope", "workspace", "--json")]
            every += [("request", "new", "--from", f"journal:{entry['id']}")]
            for kind in ("mock", "request"):
                written = running.control.call("POST", f"/journal/{entry['id']}/{kind}", {"scope": "workspace"})
                assert not seen_in(json.dumps(written))
        said += [shell(*line) for line in every]
        for done in said:
            seen = seen_in(done.out + done.err)
            assert not seen
            assert done.code != 3, done.err
        for route in ROUTES:
            if route.method == "GET" and "{" not in route.path and route.answer is not None:
                assert not seen_in(running.get(route.path)), route.path
        assert not seen_in(running.get("/journal?unmatched=true&near_misses=true&limit=1000"))
        asked = {"method": "DELETE", "url": f"http://shop.localhost/near/{SECRETS['PLAIN']}"}
        assert not seen_in(json.dumps(running.control.call("POST", "/explain", asked)))
        for line in running.processes():
            assert not seen_in(line), line
        assert not seen_in(b"".join(running.heard))
        assert mode == "real" or b"event: webhook" in b"".join(running.heard)
    with contextlib.closing(sqlite3.connect(shell.folder / "all.sqlite")) as database:
        rows = database.execute("SELECT * FROM exchanges").fetchall()
    assert len(rows) >= len(count)
    assert not seen_in(str(rows))
    assert not seen_in(running.log.read_bytes())
    assert_nothing_written(shell)


@pytest.mark.live
def test_not_after_the_worker_that_was_told_of_them_has_died(canary: tuple[Shell, RealApi]) -> None:
    """A run that goes on with another worker tells that one, too."""
    shell, _ = canary
    shell.put(
        "projects/shop/flows/long.toml",
        '[[steps]]\nrequest = "every"\n[[steps]]\nid = "until"\nrequest = "near"\nkeep_going = true\n'
        'repeat = { until = { status = 299 }, every = "50ms", within = "20s" }\n',
    )
    with up(shell) as running:
        process = subprocess.Popen([sys.executable, "-m", "keymock", "flow", "run", "long"], cwd=shell.folder,
                                   env={**shell.environ, "PYTHONPATH": HERE}, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT)  # fmt: skip
        try:
            until(lambda: len(entries(running)) > 2)
            pid = running.process.pid
            worker = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0]
            os.kill(int(worker), signal.SIGKILL)
            until(lambda: len(entries(running)) > 2 and entries(running)[0]["path"] == "/near/•••")
            assert not seen_in(json.dumps(entries(running)))
            assert not seen_in(running.get("/journal?unmatched=true&near_misses=true"))
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=30)
        finally:
            process.kill()
        assert not seen_in(out)
        assert not seen_in(running.log.read_bytes())


def entries(running: Running) -> list[Any]:
    """What the journal shows; nothing while there is no worker."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        found: list[Any] = json.loads(running.get("/journal"))["entries"]
        return found
    return []


def until(holds: Any, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to hold in time"
        time.sleep(0.02)


@pytest.mark.live
def test_not_on_a_terminal_while_it_runs(canary: tuple[Shell, RealApi]) -> None:
    shell, _ = canary
    primary, secondary = pty.openpty()
    environ = {**shell.environ, "PYTHONPATH": HERE, "TERM": "xterm", "COLUMNS": "120"}
    process = subprocess.Popen([sys.executable, "-m", "keymock", "flow", "run", "every", "--target", "real"],
                               cwd=shell.folder, env=environ, stdin=secondary, stdout=secondary,
                               stderr=secondary)  # fmt: skip
    os.close(secondary)
    shown = b""
    with contextlib.suppress(OSError):  # the other end is closed
        while select.select([primary], [], [], 30)[0]:
            shown += os.read(primary, 65536)
    process.wait(30)
    os.close(primary)
    assert "✗".encode() in shown
    assert not seen_in(shown), shown.decode()
