"""A verdict made ready to be read: refusals put together by whom and why, so that one reason is said once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from keymock.changes.words import counted
from keymock.problems import printable
from keymock.review.verdict import Judged, Verdict

MOST = 6
"""Files that are named for one reason."""

VERBS = {"create": "added", "update": "changed", "delete": "deleted"}


class Refusal(NamedTuple):
    """One reason, and everything that it refuses. `says` is a sentence without its full stop."""

    who: str
    says: str
    files: tuple[str, ...]
    commits: tuple[str, ...]
    helpers: tuple[str, ...]


def refusals(verdict: Verdict) -> list[Refusal]:
    """The refused deeds by their reason, in their order."""
    helpers = {need.path: need.who for need in verdict.needs}
    found: dict[tuple[str, str, tuple[str, ...]], list[Judged]] = {}
    for one in verdict.refused:
        who = one.who or "nobody"
        found.setdefault((who, one.reason, helpers.get(one.deed.path, ())), []).append(one)
    return [
        Refusal(
            who,
            reason,
            tuple(
                dict.fromkeys(f"{printable(one.deed.file)} ({VERBS.get(one.deed.verb, one.deed.verb)})" for one in all)
            ),
            tuple(dict.fromkeys(one.deed.commit[:10] for one in all if one.deed.commit)),
            can_help,
        )
        for (who, reason, can_help), all in found.items()
    ]


def headline(verdict: Verdict) -> str:
    """`refused: 2 changes need somebody else, 1 problem`; `allowed: 3 changes by ada@example.com`."""
    counts = []
    if verdict.refused:
        files = {one.deed.file for one in verdict.refused}
        needs = "needs" if len(files) == 1 else "need"
        counts.append(f"{counted(len(files), 'file')} {needs} somebody else's approval")
    if verdict.errors:
        counts.append(counted(len(verdict.errors), "problem"))
    if verdict.breaks and verdict.changes.breaking:
        counts.append("a break that nobody announced")
    if counts:
        return f"refused: {', '.join(counts)}"
    files = {one.deed.file for one in verdict.decisions}
    approved = sorted({one.who or "" for one in verdict.decisions if one.by == "approver"})
    by = f", approved by {', '.join(approved)}" if approved else ""
    return f"allowed: {counted(len(files), 'file')}{by}"


def asked(who: Iterable[str]) -> str:
    """Whom to turn to."""
    names = list(who)
    if not names:
        return "nobody can allow it"
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"can be approved by {', '.join(names[:5])}{more}"


def some(files: tuple[str, ...]) -> str:
    """The first files of several."""
    more = f" and {len(files) - MOST} more" if len(files) > MOST else ""
    return f"{', '.join(files[:MOST])}{more}"
