"""`keymock hook`: what git asks before a commit."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from keymock.commands.invocation import Invocation, actor_of, root_of
from keymock.commands.printing import from_here, put_json, remark
from keymock.commands.reviewing import Wanted, staged
from keymock.commands.verb import Word, verb
from keymock.disk import write_whole
from keymock.problems import Stop, error
from keymock.repo import Place, hooks_elsewhere, place_of
from keymock.review.as_json import as_json
from keymock.review.text import text

MARK = "# Made by `keymock hook install`; without this file there is no hook."

SCRIPT = f"""\
#!/bin/sh
{MARK}
# It is advice: `git commit --no-verify` goes past it, and CI decides (keymock review).
command -v keymock >/dev/null 2>&1 || {{ echo "keymock is not on the PATH: the mocks were not looked at" >&2; exit 0; }}
exec keymock%s hook run
"""


@verb(
    "hook",
    examples=(
        "keymock hook install           from now on git asks before each commit",
        "keymock hook run               ask now, about what is staged",
    ),
)
@click.argument("deed", type=Word(("install", "run")))
def command(invocation: Invocation, deed: str) -> int:
    """Look at what is staged before it is committed: broken mocks, secrets, private files, and your own rights.

    It is advice, for whoever has a clone can go past it; CI decides, by `keymock review`. Exits with 1 to say no.
    """
    root = root_of(invocation)
    return _install(invocation, root) if deed == "install" else _run(invocation, root)


def _run(invocation: Invocation, root: Path) -> int:
    verdict = staged(invocation, root, Wanted("here", actor_of(invocation, root), bootstrap=True))
    if invocation.json:
        put_json(as_json(verdict))
        return 0 if verdict.allowed else 1
    if not verdict.allowed:
        print(text(verdict, "HEAD → what is staged", color=invocation.color))
        remark(
            invocation, "Nothing was committed. This is advice: git commit --no-verify goes past it, and CI decides."
        )
        return 1
    if verdict.changes.changes or verdict.problems:
        remark(invocation, text(verdict, "HEAD → what is staged", color=invocation.color))
    return 0


def _install(invocation: Invocation, root: Path) -> int:
    place = place_of(root, invocation.environ)
    line = f"keymock{_where(place)} hook run"
    elsewhere = hooks_elsewhere(root, invocation.environ)
    if elsewhere:
        message = f"git looks for hooks in {elsewhere} (core.hooksPath), which keymock does not write to"
        raise Stop(error("git", "hook-exists", message, hint=f"add this line to its pre-commit: {line}"))
    file = place.hooks / "pre-commit"
    if file.exists() and MARK not in file.read_text(encoding="utf-8", errors="replace"):
        shown = from_here(invocation, root, str(file))
        raise Stop(error(shown, "hook-exists", "there is a hook already", hint=f"add this line to it: {line}"))
    try:
        write_whole(file, (SCRIPT % _where(place)).encode("utf-8", "surrogateescape"), 0o777)
    except OSError as fault:
        raise Stop(error(str(file), "not-writable", f"cannot be written: {fault.strerror}")) from None
    inside = file.is_relative_to(place.top)
    if invocation.json:
        put_json({"created": [str(file)]})
    else:
        print(from_here(invocation, place.top, file.relative_to(place.top).as_posix()) if inside else file)
        remark(invocation, "It asks before each commit, and is advice: CI decides, by keymock review BASE..HEAD.")
    return 0


def _where(place: Place) -> str:
    """The option that names the workspace, seen from the top of the repository, where git runs its hooks."""
    return f" --workspace {shlex.quote(place.prefix.rstrip('/'))}" if place.prefix else ""
