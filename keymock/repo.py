"""git, asked carefully. The only room that starts git; the server never does."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

KEPT = frozenset({"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"})
"""Variables that say where the user's own configuration lies. All others could lead git to another repository."""

SECONDS = 5.0


def git_root(folder: Path) -> Path | None:
    """The top of the working tree that `folder` is in, None outside of one. Needs no git."""
    return next((above for above in (folder, *folder.parents) if (above / ".git").exists()), None)


def user_email(folder: Path, environ: Mapping[str, str]) -> str | None:
    """git's `user.email` as it holds in `folder`; None without git, or without that setting.

    Reading a setting runs nothing that a configuration names. Of a repository that belongs to somebody else git
    reads no configuration at all: then the user's own alone answers.
    """
    finished = _git(("-C", str(folder), "config", "--get", "user.email"), environ)
    if finished is None or finished.returncode != 0:
        return None
    return finished.stdout.decode("utf-8", "replace").strip() or None


def version(environ: Mapping[str, str]) -> str | None:
    """`2.39.5`; None if git is not installed."""
    finished = _git(("--version",), environ)
    return finished.stdout.decode("utf-8", "replace").split()[2] if finished and finished.returncode == 0 else None


def _git(arguments: tuple[str, ...], environ: Mapping[str, str]) -> subprocess.CompletedProcess[bytes] | None:
    try:
        return subprocess.run(
            ("git", *arguments), env=cleaned(environ), stdin=subprocess.DEVNULL, capture_output=True, check=False,
            timeout=SECONDS,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None


def cleaned(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without what a hook, or another tool, tells git by it; messages in English."""
    kept = {name: value for name, value in environ.items() if not name.startswith("GIT_") or name in KEPT}
    return {**kept, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
