"""`keymock export codeowners`: ROLES in the words of the hosts that ask owners."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from keymock.commands.codeowners import CODEOWNERS
from keymock.commands.invocation import Invocation
from keymock.commands.owners import Line, Owners, owners_text
from keymock.commands.printing import counted, put_json, remark
from keymock.commands.seen import Seen, look
from keymock.commands.verb import verb
from keymock.problems import Stop, error
from keymock.repo import git_root

SHOWN = 20


@verb(
    "export codeowners",
    examples=(
        "keymock export codeowners > CODEOWNERS    owners of every path are those who may change it",
        "keymock export codeowners --check         whether the CODEOWNERS that is there agrees with ROLES",
    ),
)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if what is there differs.")
def command(invocation: Invocation, check: bool) -> int:
    """Print ROLES as a CODEOWNERS file.

    Its owners are whom ROLES lets change a path, so that a host asks the right people.
    """
    seen = look(invocation)
    policy = seen.rights.policy
    if policy.roles.broken:
        raise Stop(error("ROLES", "forbidden", "ROLES cannot be read", hint="keymock check"), exit_code=1)
    if policy.roles.open:
        raise Stop(error("ROLES", "no-roles", "there is no ROLES file with a rule", hint="keymock init --roles"))
    within, top = place_in_repository(seen.root)
    text = owners_text(policy, seen.catalog.tree.layout, within)
    if not check:
        if invocation.json:
            put_json({"files": [], "notes": [], "text": text})
        else:
            print(text, end="")
        return 0
    return _check(seen, Owners(text, within), within, top)


def place_in_repository(root: Path) -> tuple[str, Path]:
    """The workspace's folder from the top of its repository, and that top; outside of one, the workspace itself."""
    top = git_root(root) or root
    within = root.relative_to(top).as_posix()
    return ("" if within == "." else within), top


def existing(top: Path) -> tuple[str, str] | None:
    """The CODEOWNERS file that a host would read: its name from the top, and its text."""
    for name in CODEOWNERS:
        file = top / name
        if file.is_file() and not file.is_symlink():
            return name, file.read_text(encoding="utf-8", errors="replace")
    return None


def _check(seen: Seen, wanted: Owners, within: str, top: Path) -> int:
    """Holds the owners of every file of the workspace against those that ROLES makes."""
    found = existing(top)
    if found is None:
        hint = "make it: keymock export codeowners > CODEOWNERS"
        raise Stop(error("CODEOWNERS", "no-codeowners", "there is no CODEOWNERS file", hint=hint), exit_code=1)
    name, text = found
    there = Owners(text, within)
    differ: list[dict[str, Any]] = []
    for item in seen.items():
        if item.owner:
            continue
        have, should = (_names(one.of(item.file)) for one in (there, wanted))
        if have != should:
            differ.append({"file": item.file, "codeowners": have, "roles": should})
    if seen.invocation.json:
        put_json({"agrees": not differ, "differ": differ})
        return 1 if differ else 0
    for one in differ[:SHOWN]:
        owners, able = (" ".join(one[whose]) or "–" for whose in ("codeowners", "roles"))
        print(f"{one['file']}\n  {name}: {owners}\n  ROLES: {able}")
    if differ:
        remark(seen.invocation, f"{name} differs from ROLES on {counted(len(differ), 'file')}")
    else:
        remark(seen.invocation, f"{name} agrees with ROLES")
    return 1 if differ else 0


def _names(line: Line | None) -> list[str]:
    return sorted({owner.lower() for owner in line.owners}) if line is not None else []
