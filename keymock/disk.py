"""The disk as far as a command line needs it: where a workspace is, where the user's own state lies, a file written.

Everything else is in `workspace`, with all the rooms below it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

SETTINGS = "keymock.toml"
RUNTIME = ".keymock"
PLACES = ("workspace", "projects", "private")
"""Folders that make a folder a workspace even without a keymock.toml."""


def discover(start: Path) -> Path | None:
    """The workspace that `start` is in: the nearest folder upwards that is one, else the only one a level down."""
    start = Path(os.path.abspath(start))  # noqa: PTH100  (resolve() would follow links; git keeps them too)
    for folder in (start, *start.parents):
        if is_workspace(folder):
            return folder
    below = sorted(folder for folder in _folders(start) if (folder / SETTINGS).is_file())
    return below[0] if len(below) == 1 else None


def _folders(start: Path) -> list[Path]:
    try:
        return [Path(entry.path) for entry in os.scandir(start) if entry.is_dir() and not entry.name.startswith(".")]
    except OSError:
        return []


def is_workspace(folder: Path) -> bool:
    """Whether keymock's settings lie here, or mocks in one of its scope folders."""
    if (folder / SETTINGS).is_file():
        return True
    return (folder / "workspace" / "mocks").is_dir() or any((folder / "projects").glob("*/mocks"))


def write_whole(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Writes a file so that every reader sees the old content or the new, never a part. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.urandom(4).hex()}.tmp")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def state_folder(environ: Mapping[str, str]) -> Path:
    """Where keymock keeps what must not lie in a repository: consent to hosts, the cache's key."""
    base = environ.get("XDG_STATE_HOME") or ""
    return (Path(base) if base.startswith("/") else Path.home() / ".local" / "state") / "keymock"
