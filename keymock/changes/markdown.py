"""Changes for a pull request: Markdown in which nothing that comes out of a file is acted on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keymock.changes.change import Change, Detail, Severity
from keymock.changes.compare import Comparison
from keymock.changes.grouping import HEADINGS, Section, names, nearest, sections, tally, where
from keymock.changes.text import MOST_DETAILS
from keymock.changes.words import code, counted

SIGNS: dict[Severity, str] = {"breaking": "✗", "change": "\\~", "addition": "\\+", "note": "·"}
"""As in the text, but that nothing begins a list, or strikes through."""

MOST_OPEN = 10
"""Changes of a section that stand open; a longer section of no danger is folded."""

MOST_CHANGES = 200
"""Changes of a section that are told at all: a comment on a host holds 65 536 characters."""


def markdown(comparison: Comparison) -> str:
    """The part of a comment that tells the changes, without a line end."""
    lines = [f"**What callers will see: {tally(comparison.changes)}.**"]
    for section in sections(comparison.changes):
        count = len(section.changes) + len(section.shared)
        folded = section.severity in ("addition", "note") and count > MOST_OPEN
        heading = f"{HEADINGS[section.severity]} ({counted(count, 'entry').replace('entrys', 'entries')})"
        lines += ["", f"<details><summary>{heading}</summary>" if folded else f"#### {HEADINGS[section.severity]}", ""]
        lines += _section(section)
        lines += ["", "</details>"] if folded else []
    if comparison.withheld:
        lines += ["", f"{counted(comparison.withheld, 'change')} not looked at: withheld by ROLES."]
    return "\n".join(lines)


def _section(section: Section) -> Iterator[str]:
    for shared in section.shared:
        yield f"- **{counted(len(shared.changes), 'mock')}** ({_names(shared.changes)})"
        yield f"  - {SIGNS[shared.detail.severity]} {shared.detail.says}"
    for change in section.changes[:MOST_CHANGES]:
        yield _heading(change)
        yield from _details(change.details)
    if len(section.changes) > MOST_CHANGES:
        yield f"- … and {len(section.changes) - MOST_CHANGES} more: `keymock diff` tells all of them"


def _names(changes: Sequence[Change]) -> str:
    return code(names(changes))


def _heading(change: Change) -> str:
    place = f" · {code(place)}" if (place := nearest(change)) else ""
    word = {"added": " is new", "removed": " is gone"}.get(change.kind, "") if change.mock else ""
    scope = f" · {where(change)}" if change.mock and where(change) != "workspace" else ""
    meant = f" · *accepted:* {code(change.accepted)}" if change.accepted else ""
    return f"- **{code(change.route or change.about)}**{word}{scope}{place}{meant}"


def _details(details: Sequence[Detail]) -> Iterator[str]:
    shown = details if len(details) <= MOST_DETAILS + 1 else details[:MOST_DETAILS]
    for detail in shown:
        yield f"  - {SIGNS[detail.severity]} {detail.says}"
    if len(details) > len(shown):
        yield f"  - … and {len(details) - len(shown)} more"
