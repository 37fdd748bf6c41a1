"""What git knows without any commit: where a work tree begins, who its user is, which version it has itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from keymock.repo.start import cleaned, git


def git_root(folder: Path) -> Path | None:
    """The top of the working tree that `folder` is in, None outside of one. Needs no git."""
    return next((above for above in (folder, *folder.parents) if (above / ".git").exists()), None)


def user_email(folder: Path, environ: Mapping[str, str]) -> str | None:
    """git's `user.email` as it holds in `folder`; None without git, or without that setting.

    Reading a setting runs nothing that a configuration names. Of a repository that belongs to somebody else git
    reads no configuration at all: then the user's own alone answers.
    """
    finished = git(("-C", str(folder), "config", "--get", "user.email"), cleaned(environ))
    if finished is None or finished.returncode != 0:
        return None
    return finished.stdout.decode("utf-8", "replace").strip() or None


def version(environ: Mapping[str, str]) -> str | None:
    """`2.39.5`; None if git is not installed."""
    finished = git(("--version",), cleaned(environ))
    return finished.stdout.decode("utf-8", "replace").split()[2] if finished and finished.returncode == 0 else None


def hooks_elsewhere(folder: Path, environ: Mapping[str, str]) -> str:
    """The folder that `core.hooksPath` of the repository or of its user names; empty if neither does."""
    for scope in ("--local", "--global"):  # by name, so that our own override of it does not count
        asked = ("-C", str(folder), "config", scope, "--get", "core.hooksPath")
        finished = git(asked, cleaned(environ))
        if finished is not None and finished.returncode == 0:
            return finished.stdout.decode("utf-8", "surrogateescape").strip()
    return ""
