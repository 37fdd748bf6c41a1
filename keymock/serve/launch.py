"""Starts a server of its own for a test run or a command: `keymock up --beside` in another process.

It takes no lock, listens on free ports, leaves toggles and private mocks out, and ends when whoever wanted it is gone.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from keymock.problems import Stop, error
from keymock.serve.runfiles import Ready, read_ready

START_SECONDS = 60.0
"""Until the ready file must be there: a machine may be busy with the tests that wait for it."""

STOP_SECONDS = 10.0
_LOOK_AGAIN = 0.005


class Launched(NamedTuple):
    """A server that answers, and the process that it is."""

    ready: Ready
    process: subprocess.Popen[bytes]


def flags_of(options: Mapping[str, object]) -> list[str]:
    """`{"seed": 7, "strict": True, "allow_host": ["a"]}` → `--seed=7 --strict --allow-host=a`; None and False are left
    out.
    """
    flags: list[str] = []
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        if value is True:
            flags.append(flag)
        elif isinstance(value, list | tuple):
            flags += [f"{flag}={each}" for each in value]
        elif value is not None and value is not False:
            flags.append(f"{flag}={value}")
    return flags


def launch(
    workspace: Path | str,
    flags: Sequence[str] = (),
    *,
    folder: Path,
    guardian: int,
    environ: Mapping[str, str],
) -> Launched:
    """Starts a server, and returns when it answers. It ends with the process `guardian`.

    Its ready file and what it prints lie in `folder`. Raises Stop if it does not come to serve.
    """
    ready_file, log = folder / "ready.json", folder / "server.log"
    ready_file.unlink(missing_ok=True)
    command = [
        sys.executable, "-m", "keymock", "up", str(workspace), "--beside", f"--while-pid={guardian}", "--port=0",
        f"--ready-file={ready_file}", "--no-color", *flags,
    ]  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=dict(environ), start_new_session=True
        )
    end = time.monotonic() + START_SECONDS
    while not ready_file.exists():
        if process.poll() is not None or time.monotonic() > end:
            stop(process.pid)
            process.wait(STOP_SECONDS)
            said = "; ".join(filter(None, map(str.strip, log.read_text(errors="replace").splitlines())))
            raise Stop(error(str(workspace), "not-serving", f"the server did not come to serve: {said}"))
        time.sleep(_LOOK_AGAIN)
    return Launched(read_ready(ready_file), process)


def stop(pid: int) -> None:
    """Asks a server to end; one that is gone already is fine."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


def stopped(pid: int, seconds: float = STOP_SECONDS) -> bool:
    """Asks a server that is no child of ours to end, and waits until it is gone."""
    stop(pid)
    end = time.monotonic() + seconds
    while alive(pid):
        if time.monotonic() > end:
            return False
        time.sleep(_LOOK_AGAIN)
    return True


def alive(pid: int) -> bool:
    """Whether a process is there, dead ones that nobody has collected left out."""
    try:
        os.kill(pid, 0)
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it is there, and another user's
    return True
