"""Whether git is changing files right now, told from its lock file alone: no git is run.

git creates `index.lock` before it touches the first file of a checkout and renames it to `index` after the last
(seen with 5 000 files), so a branch switch can be served as the one change that it is.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import NamedTuple

LONGEST = 10.0
"""Seconds. An older lock is left over from a git that was killed, or belongs to an editor open for `git commit`."""

_JUST_NOW = 0.1
"""Seconds. A checkout of three files is over before the first of them is heard of."""


class GitState(NamedTuple):
    """Whether git holds the index lock, and which index there is: two looks that differ had git at work between."""

    held: bool = False
    which: tuple[int, int] = (0, 0)


class GitLock:
    """The index lock of the repository around `folder`; of none at all if there is no repository."""

    def __init__(self, folder: Path) -> None:
        git = git_folder(folder)
        self._lock = os.fspath(git / "index.lock") if git else ""
        self._index = os.fspath(git / "index") if git else ""

    def held(self) -> bool:
        """Whether a git that may still be alive holds the lock."""
        found = _stat(self._lock)
        return found is not None and abs(time.time() - found.st_mtime) < LONGEST

    def state(self) -> GitState:
        """What to compare before and after reading files of the work tree."""
        found = _stat(self._index)
        return GitState(self.held(), (found.st_ino, found.st_ctime_ns) if found is not None else (0, 0))

    def at_work(self) -> bool:
        """Whether git holds the lock, or has let go of it a moment ago."""
        if self.held():
            return True
        found = _stat(self._index)
        return found is not None and abs(time.time() - found.st_ctime) < _JUST_NOW


def git_folder(folder: Path) -> Path | None:
    """Where git keeps the index of the work tree that `folder` lies in; None outside of a work tree.

    A `.git` file (worktrees, submodules) names the place in its one line, `gitdir: PATH`.
    """
    for place in (folder, *folder.parents):
        dot_git = place / ".git"
        if dot_git.is_dir():
            return dot_git
        if dot_git.is_file():
            return _named_in(dot_git)
    return None


def _named_in(dot_git: Path) -> Path | None:
    try:
        word, _, named = dot_git.read_text("utf-8").strip().partition(": ")
    except (OSError, UnicodeDecodeError):
        return None
    return dot_git.parent / named if word == "gitdir" and named else None


def _stat(path: str) -> os.stat_result | None:
    try:
        return os.stat(path) if path else None  # noqa: PTH116  (once for each edit, on the serving loop)
    except OSError:
        return None
