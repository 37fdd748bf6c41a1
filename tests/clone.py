"""A real repository in a temporary folder, for tests that need one: files written, committed, branched."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from keymock.repo import Glass, behind_glass

PATH = os.environ.get("PATH", "/usr/local/bin:/usr/bin:/bin")

ENVIRON: Mapping[str, str] = {
    "PATH": PATH,
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
}
"""What the code under test is handed: nobody's own configuration."""

needs_git = pytest.mark.skipif(shutil.which("git", path=PATH) is None, reason="git is not installed")


class Clone:
    """A repository whose history a test writes. Ada commits unless somebody else is named."""

    def __init__(self, folder: Path, *, branch: str = "main", format: str = "sha1") -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.minute = 0
        self.git("init", "-q", "-b", branch, f"--object-format={format}", ".")

    def git(self, *arguments: str, who: str = "ada@example.com", said: bytes = b"") -> str:
        """What git prints; an exit code but 0 is an error of the test."""
        self.minute += 1
        date = f"2026-01-01T00:{self.minute // 60:02}:{self.minute % 60:02}+01:00"
        name = who.partition("@")[0].capitalize()
        environ = {
            **ENVIRON,
            "GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": who, "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": who, "GIT_COMMITTER_DATE": date,
        }  # fmt: skip
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=environ, input=said, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()

    def put(self, file: str, text: str | bytes) -> None:
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def commit(self, message: str, files: Mapping[str, str] | None = None, *, who: str = "ada@example.com") -> str:
        """Writes files, commits all that is there, and returns the id of the commit."""
        for file, text in (files or {}).items():
            self.put(file, text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message, who=who)
        return self.git("rev-parse", "HEAD")

    def configure(self, name: str, value: str) -> None:
        self.git("config", name, value)


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """A repository with one commit of two files."""
    made = Clone(tmp_path / "clone")
    made.commit("begin", {"keymock.toml": "", "workspace/mocks/a.toml": "1\n2\n3\n"})
    return made


@pytest.fixture
def glass(clone: Clone) -> Iterator[Glass]:
    """The glass in front of that repository."""
    with behind_glass(clone.folder, ENVIRON) as made:
        yield made
