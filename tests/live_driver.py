"""Serves a workspace by a real `keymock up`, a process of its own, and asks it over a real connection."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from conversation import Answer, Ask, Said

START_SECONDS = 60.0
ANSWER_SECONDS = 10.0
FLAGS = {"frozen": "freeze-time"}
"""Options whose flag has another name."""


@contextmanager
def serve(root: Path, actor: str | None, options: Mapping[str, str]) -> Iterator[Ask]:
    """`keymock up` on free ports, as `actor`; each option becomes a flag. It is stopped in the end."""
    ready_file = root.with_name(f"{root.name}.ready.json")
    command = [sys.executable, "-m", "keymock", "up", str(root), "--port", "0", "--ready-file", str(ready_file)]
    command += [word for name, value in options.items() for word in (f"--{FLAGS.get(name, name)}", value)]
    command += ["--as", actor] if actor else []
    with (root.with_name(f"{root.name}.log")).open("w+b") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=_nobody(root))
        try:
            address = urlsplit(_ready(ready_file, process, Path(log.name)).url)
            yield lambda said: ask(address.hostname or "", address.port or 0, said)
        finally:
            process.terminate()
            process.wait(10)


def ask(host: str, port: int, said: Said) -> Answer:
    """One request on a connection of its own, its target as it is written."""
    connection = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)
    names = {name.lower() for name, _ in said.headers}
    try:
        connection.putrequest(said.method, said.target, skip_host=True, skip_accept_encoding=True)
        if "host" not in names:
            connection.putheader("Host", "localhost")
        for name, value in said.headers:
            connection.putheader(name, value)
        if said.body and not names & {"content-length", "transfer-encoding"}:
            connection.putheader("Content-Length", str(len(said.body)))
        connection.endheaders(said.body or None)
        response = connection.getresponse()
        headers = tuple((name.lower(), value) for name, value in response.getheaders())
        return Answer(response.status, headers, response.read())
    finally:
        connection.close()


def _nobody(root: Path) -> dict[str, str]:
    """The environment of somebody without an identity and without settings of their own."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT") if name in os.environ}
    return {**kept, "HOME": str(root.with_name("home")), "GIT_CONFIG_NOSYSTEM": "1", "NO_COLOR": "1"}


class _Ready(msgspec.Struct):
    url: str


def _ready(file: Path, process: subprocess.Popen[bytes], log: Path) -> _Ready:
    """The ready object, as soon as it is written."""
    deadline = time.monotonic() + START_SECONDS
    while not file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"keymock up does not serve:\n{log.read_text(errors='replace')}")
        time.sleep(0.02)
    return msgspec.json.decode(file.read_bytes(), type=_Ready)
