"""The repository that a folder lies in: where its objects are, found once, and everything that can be in the way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from keymock.problems import Problem, Stop, error
from keymock.repo.start import cleaned, git

QUESTION = (
    "rev-parse", "--show-object-format", "--is-bare-repository", "--path-format=absolute", "--git-dir",
    "--git-path", "objects", "--git-path", "shallow", "--git-path", "index",
)  # fmt: skip


class Place(msgspec.Struct, frozen=True):
    """A repository, as seen from `folder`. `prefix` leads from its top to `folder`: `` or `services/shop/`."""

    folder: Path
    top: Path
    prefix: str
    git_dir: Path
    objects: Path
    index: Path
    format: str
    """How objects are named: `sha1` or `sha256`."""
    shallow: bytes
    """The commits that the clone was cut off at, one a line; empty for a whole one."""

    @property
    def hooks(self) -> Path:
        """Where git looks for hooks if nobody says otherwise: beside the objects, which all work trees share."""
        return self.objects.parent / "hooks"


def place_of(folder: Path, environ: Mapping[str, str]) -> Place:
    """The repository that `folder` is in. Raises Stop: no git, no repository, another's, or a broken one."""
    clean = cleaned(environ)
    asked = git(("-C", str(folder), *QUESTION), clean)
    if asked is None:
        raise Stop(error("git", "no-git", "git cannot be started", hint="install it, or put it on the PATH"))
    if asked.returncode != 0:
        raise Stop(_refusal(folder, asked.stderr.decode("utf-8", "replace")))
    lines = asked.stdout.decode("utf-8", "surrogateescape").splitlines()
    if len(lines) != 6:
        raise Stop(error("git", "git-failed", f"the path of the repository around {folder} cannot be read"))
    format, bare, git_dir, objects, shallow, index = lines
    tree = git(("-C", str(folder), "rev-parse", "--show-toplevel", "--show-prefix"), clean)
    if bare == "true" or tree is None or tree.returncode != 0:
        message = f"{folder} lies in a repository without a work tree"
        raise Stop(error("git", "not-a-repository", message, hint="clone it, and ask there"))
    top, prefix = [*tree.stdout.decode("utf-8", "surrogateescape").splitlines(), ""][:2]
    return Place(
        folder, Path(top), prefix, Path(git_dir), Path(objects), Path(index), format, _content(Path(shallow))
    )  # fmt: skip


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _refusal(folder: Path, said: str) -> Problem:
    """Why git will not say anything about a folder."""
    if "dubious ownership" in said:
        hint = "if you trust it: git config --global --add safe.directory " + (_quoted(said) or str(folder))
        message = f"the repository around {folder} belongs to somebody else, so git does not open it"
        return error("git", "foreign-owner", message, hint=hint)
    if "not a git repository" in said:
        return error("git", "not-a-repository", f"{folder} is in no git repository", hint="make one: git init")
    return error("git", "git-failed", f"git cannot open the repository around {folder}: {first_line(said)}")


def _quoted(said: str) -> str:
    return said.partition("'")[2].partition("'")[0]


def first_line(said: str) -> str:
    """What git complains of, without its `fatal:`."""
    lines = [line for line in said.splitlines() if line.startswith(("fatal: ", "error: "))] or said.splitlines()
    return lines[0].removeprefix("fatal: ").removeprefix("error: ") if lines else "it says nothing"
