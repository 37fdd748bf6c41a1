"""One call of the command line: from where, by whom, and how the answer is wanted."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from keymock.commands.asked import Up
from keymock.disk import discover, is_workspace
from keymock.palette import COLOR, PLAIN, Palette
from keymock.problems import Stop, error
from keymock.roles import identity

Hide = Callable[[str], str]


class Invocation(msgspec.Struct, frozen=True, kw_only=True):
    """What every command is handed. `workspace` and `user` are as given by `--workspace` and `--as`, or empty."""

    folder: Path
    """The current folder."""
    environ: Mapping[str, str]
    workspace: str = ""
    user: str = ""
    json: bool = False
    color: bool = False
    loudness: int = 0
    """The number of `-v`, less that of `-q`."""
    interactive: bool = False
    """Whether a person sits at both ends, so that questions can be asked."""
    serve: Callable[[Up], int] | None = None
    """Who serves what `keymock up` is asked for, if it is not this process."""
    hiding: list[Hide] = msgspec.field(default_factory=list)
    """What takes secrets out of whatever is told of a command that stops or fails; who reads secrets adds to it."""

    @property
    def paint(self) -> Palette:
        """What to put around words on standard output."""
        return COLOR if self.color else PLAIN


class Actor(NamedTuple):
    """Who acts, None for nobody, and where the name comes from."""

    name: str | None
    source: str


def root_of(invocation: Invocation) -> Path:
    """The workspace: `--workspace`, else KEYMOCK_WORKSPACE, else found from the current folder. Raises Stop."""
    given = invocation.workspace or invocation.environ.get("KEYMOCK_WORKSPACE", "")
    if given:
        return workspace_at(invocation.folder / given)
    found = discover(invocation.folder)
    if found is None:
        message = f"{invocation.folder} is in no workspace, and none lies a level below"
        raise Stop(error("keymock", "no-workspace", message, hint="make one here: keymock init"))
    return found


def workspace_at(folder: Path) -> Path:
    """The workspace that a path on the command line means: this folder, or the only one a level below."""
    folder = Path(os.path.abspath(folder))  # noqa: PTH100  (as `discover`: links stay links)
    if is_workspace(folder):
        return folder
    found = discover(folder) if folder.is_dir() else None
    if found is not None and found.is_relative_to(folder):
        return found
    fault = "is no keymock workspace" if folder.is_dir() else "is no folder"
    raise Stop(error("keymock", "no-workspace", f"{folder} {fault}", hint=f"make one: keymock init {folder}"))


def actor_of(invocation: Invocation, folder: Path) -> Actor:
    """`--as`, else KEYMOCK_USER, else git's user.email as it holds in `folder`, else nobody. Raises Stop."""
    given = invocation.environ.get("KEYMOCK_USER", "")
    if invocation.user:
        return _named(invocation.user, "--as")
    if given:
        return _named(given, "KEYMOCK_USER")
    from keymock.repo import user_email  # noqa: PLC0415  (help goes without)

    email = user_email(folder, invocation.environ)
    return _named(email, "git user.email") if email else Actor(None, "nobody is named")


def _named(name: str, source: str) -> Actor:
    if identity(name) is None:
        message = f"`{name}`, from {source}, cannot name a person"
        hint = "letters, digits and . _ % + @ - only, 128 at most, no dot in front; KEYMOCK_USER goes before git"
        raise Stop(error("keymock", "bad-identity", message, hint=hint))
    return Actor(name, source)
