"""A server of our own in another process, `keymock up --beside`: begun, there, ended.

It does not lock the workspace, listens on free ports, leaves toggles and private mocks out, and ends when whoever
wanted it is gone. In its folder lie its ready file, what it prints, and its process id, in a file that it keeps locked
for as long as it lives.

Nothing of keymock is imported here: whoever begins a server has time for that while it starts.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

READY = "ready.json"
LOG = "server.log"

STOP_SECONDS = 10.0
LOOK_AGAIN = 0.002
"""Seconds between two looks at a server that starts or ends."""

_PID = "server.pid"
_TURN = "turn"


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


def begin(
    workspace: Path | str,
    flags: Sequence[str] = (),
    *,
    folder: Path,
    guardian: int,
    environ: Mapping[str, str],
) -> subprocess.Popen[bytes] | None:
    """Starts a server that ends with the process `guardian`, and does not wait for it. None if there is one already.

    Several processes may try at once: one of them begins.
    """
    import subprocess  # noqa: PLC0415  (a server itself, which asks who is alive, starts none)

    command = [
        sys.executable, "-m", "keymock", "up", str(workspace), "--beside", f"--while-pid={guardian}", "--port=0",
        f"--ready-file={folder / READY}", "--no-color", *flags,
    ]  # fmt: skip
    with (folder / _TURN).open("wb") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if there(folder):
            return None
        with (folder / _PID).open("wb") as held, (folder / LOG).open("wb") as output:
            fcntl.flock(held, fcntl.LOCK_EX)  # the server inherits it
            (folder / READY).unlink(missing_ok=True)
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=dict(environ),
                start_new_session=True, pass_fds=[held.fileno()],
            )  # fmt: skip
            held.write(str(process.pid).encode())
    return process


def there(folder: Path) -> bool:
    """Whether a server of this folder starts, or serves."""
    try:
        handle = os.open(folder / _PID, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def end(folder: Path, seconds: float = STOP_SECONDS) -> None:
    """Asks the server of this folder to end, and waits until its processes are gone; after `seconds`, kills them."""
    if not there(folder):
        return
    pid = int((folder / _PID).read_bytes())
    stop(pid)
    last = time.monotonic() + seconds
    while there(folder):
        if time.monotonic() > last:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            return
        time.sleep(LOOK_AGAIN)


def stop(pid: int) -> None:
    """Asks a server to end; one that is gone already is fine."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


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
