"""Three versions of a file put together by their lines, as git does it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from keymock.problems import Stop, error
from keymock.repo.start import LONG, cleaned, git


class Lines(NamedTuple):
    """The content, and how many conflicts stand in it between markers."""

    content: bytes
    conflicts: int


def merge_lines(
    base: Path, ours: Path, theirs: Path, environ: Mapping[str, str], labels: tuple[str, str], size: int = 7
) -> Lines:
    """The three files as one. Raises Stop if git cannot, for files that are no text, say."""
    words = ("merge-file", "-p", f"--marker-size={size}", "-L", labels[0], "-L", "base", "-L", labels[1])
    done = git((*words, "--", str(ours), str(base), str(theirs)), cleaned(environ), seconds=LONG)
    if done is None or done.returncode > 127:
        said = done.stderr.decode("utf-8", "replace").strip() if done is not None else "it cannot be started"
        raise Stop(error("git", "git-failed", f"git merge-file: {said}"))
    return Lines(done.stdout, done.returncode)
