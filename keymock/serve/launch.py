"""A server of our own, waited for: until it serves, or says why it does not."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from keymock.problems import Stop, error
from keymock.serve import beside
from keymock.serve.runfiles import Ready, read_ready

START_SECONDS = 60.0
"""Until the ready file must be there: a machine may be busy with the tests that wait for it."""


class Launched(NamedTuple):
    """A server that serves, and its ready file, for other programs to find it by."""

    ready: Ready
    file: Path


@contextmanager
def launched(workspace: Path | str, flags: Sequence[str], environ: Mapping[str, str]) -> Iterator[Launched]:
    """A server for the block. It ends with this process, whatever becomes of it. Raises Stop if it does not serve."""
    with tempfile.TemporaryDirectory(prefix="keymock-") as name:
        folder = Path(name)
        process = beside.begin(workspace, flags, folder=folder, guardian=os.getpid(), environ=environ)
        try:
            yield Launched(awaited(folder, workspace), folder / beside.READY)
        finally:
            beside.end(folder)
            if process is not None:
                process.wait()


def awaited(folder: Path, workspace: Path | str) -> Ready:
    """What the server that was begun in a folder says when it serves. Raises Stop if it does not come to that."""
    ready, last = folder / beside.READY, time.monotonic() + START_SECONDS
    while not ready.exists():
        if not beside.there(folder) or time.monotonic() > last:
            lines = (folder / beside.LOG).read_text(errors="replace").splitlines()
            said = "; ".join(filter(None, map(str.strip, lines)))
            raise Stop(error(str(workspace), "not-serving", f"the server did not come to serve: {said}"))
        time.sleep(beside.LOOK_AGAIN)
    return read_ready(ready)
