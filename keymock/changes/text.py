"""Changes as a terminal shows them: a line that sums up, then by gravity, short."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from keymock.changes.change import Change, Detail
from keymock.changes.compare import Comparison
from keymock.changes.grouping import HEADINGS, SIGNS, Section, names, nearest, sections, tally, title_of, where
from keymock.changes.words import counted
from keymock.problems import printable

MOST_DETAILS = 12
"""Lines for one mock: a body that is another altogether is not told to its end."""

COLORS: dict[str, str] = {"breaking": "\33[31m", "change": "\33[33m", "addition": "\33[32m", "note": "\33[2m"}
BOLD, DIM, CYAN, PLAIN = "\33[1m", "\33[2m", "\33[36m", "\33[0m"


def text(comparison: Comparison, title: str, *, color: bool = False) -> str:
    """The whole answer of `keymock diff`, without a line end. `title` names what was compared."""
    lines = [f"{_painted(printable(title), BOLD, color)}: {tally(comparison.changes)}"]
    for section in sections(comparison.changes):
        lines += ["", _painted(HEADINGS[section.severity], COLORS[section.severity] + BOLD, color)]
        lines += _section(section, color)
    if comparison.withheld:
        lines += ["", f"not looked at: {counted(comparison.withheld, 'change')} withheld from you by ROLES"]
    return "\n".join(lines)


def _section(section: Section, color: bool) -> Iterator[str]:
    for shared in section.shared:
        count = counted(len(shared.changes), "mock")
        yield f"  {_painted(count, BOLD, color)} {_painted(f'({names(shared.changes)})', DIM, color)}"
        yield _detail(shared.detail, color)
    for change in section.changes:
        yield _heading(change, color)
        yield from _details(change.details, color)


def _heading(change: Change, color: bool) -> str:
    place = nearest(change)
    parts = [
        _painted(printable(title_of(change)), BOLD, color),
        where(change) if change.mock and where(change) != "workspace" else "",
        _painted(printable(str(place)), DIM, color) if place else "",
        f"accepted: {printable(change.accepted)}" if change.accepted else "",
    ]
    return "  " + "  ".join(part for part in parts if part)


def _details(details: Sequence[Detail], color: bool) -> Iterator[str]:
    shown = details if len(details) <= MOST_DETAILS + 1 else details[:MOST_DETAILS]
    for detail in shown:
        yield _detail(detail, color)
    if len(details) > len(shown):
        yield f"    … and {len(details) - len(shown)} more"


def _detail(detail: Detail, color: bool) -> str:
    sign = _painted(SIGNS[detail.severity], COLORS[detail.severity], color)
    return f"    {sign} {_coloured(printable(detail.says), color)}"


def _coloured(says: str, color: bool) -> str:
    """What stands between backticks comes out of a file: with colour that is seen without them."""
    return re.sub("`([^`]*)`", f"{CYAN}\\1{PLAIN}", says) if color else says


def _painted(words: str, paint: str, color: bool) -> str:
    return f"{paint}{words}{PLAIN}" if color else words
