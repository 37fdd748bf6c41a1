"""A CODEOWNERS file → a ROLES file to begin with: who must approve a change there may make it here."""

from __future__ import annotations

import re

from keymock import roles

CODEOWNERS = ("CODEOWNERS", ".github/CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS")
"""Where it may lie, from the top of the repository."""

HEAD = """\
# Who may see, use and change what. One line a rule: pattern  role:who[,who…] …; the last line that matches decides.
# Roles: viewer sees, user is served, editor changes, admin changes settings; on workspace/ it is member.
# `anyone` is anyone at all, `*` everyone named in this file. Ask with: keymock can ada@example.com update workspace/
"""

WIDTH = 24


def roles_text(admin: str, codeowners: str = "", within: str = "", source: str = "") -> str:
    """The text of ROLES: `admin` may do everything, anyone is served, the owners of a path may change it.

    `within` is the workspace's folder from the top of the repository; owners of other folders are left out.
    """
    lines = [
        HEAD,
        _line("*", f"admin:{admin}"),
        _line("/workspace/", "member:anyone"),
        _line("/projects/", "user:anyone"),
    ]
    groups: dict[str, str] = {}
    rules: list[str] = []
    for pattern, owners in _rules(codeowners):
        here = _beneath(pattern, within)
        names = [name for name in (_name(owner, groups) for owner in owners) if name]
        if here is None or not names:
            continue
        if here == "*":
            lines[1] = _line("*", f"admin:{','.join(dict.fromkeys([admin, *names]))}")
        else:
            rules.append(_line(here, f"user:anyone editor:{','.join(names)}"))
    if rules:
        rules.insert(0, f"\n# From {source}:")
    if groups:
        lines.insert(
            1, "".join(f"{name}: {admin}    # {team}; put its members here\n" for team, name in groups.items())
        )
    return _without_broken_lines("\n".join([*lines, *rules]) + "\n")


def _line(pattern: str, grants: str) -> str:
    return f"{pattern:<{WIDTH}}{grants}"


def _rules(text: str) -> list[tuple[str, list[str]]]:
    found = []
    for line in text.splitlines():
        words = line.partition(" #")[0].split()
        if len(words) > 1 and not words[0].startswith(("#", "[", "^", "!")):
            found.append((words[0], words[1:]))
    return found


def _beneath(pattern: str, within: str) -> str | None:
    """The same pattern, seen from the workspace; None if it speaks of another folder."""
    if pattern == "*" or not within:
        return pattern
    if not pattern.startswith("/") and "/" not in pattern.removesuffix("/"):
        return pattern
    inner = "/" + pattern.strip("/") + ("/" if pattern.endswith("/") else "")
    if inner.rstrip("/") == f"/{within}":
        return "*"
    return inner.removeprefix(f"/{within}") if inner.startswith(f"/{within}/") else None


def _name(owner: str, groups: dict[str, str]) -> str:
    """An owner as ROLES writes it. Teams of a host are not known here: each becomes a group to be filled in."""
    if owner.startswith("@") and "/" in owner:
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", owner.rpartition("/")[2])
        return groups.setdefault(owner, f"@{name}")
    return owner if roles.identity(owner.removeprefix("@")) else ""


def _without_broken_lines(text: str) -> str:
    """A line that ROLES cannot say becomes a comment: a file that cannot be parsed would lock everybody out."""
    _, problems = roles.parse(text)
    broken = {problem.line for problem in problems if problem.severity == "error"}
    lines = text.split("\n")
    return "\n".join(f"# {line}" if number in broken else line for number, line in enumerate(lines, 1))
