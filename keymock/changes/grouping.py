"""Changes ready to be read: by gravity, and what many mocks have in common said once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from keymock.changes.change import SEVERITIES, Change, Detail, Place, Severity
from keymock.changes.words import counted, listed

MANY = 3
"""So many mocks with the very same detail are one line."""

HEADINGS: dict[Severity, str] = {
    "breaking": "Breaking",
    "change": "Changed",
    "addition": "Added",
    "note": "Of no consequence to callers",
}
SIGNS: dict[Severity, str] = {"breaking": "✗", "change": "~", "addition": "+", "note": "·"}


class Shared(NamedTuple):
    """One detail, and the changes that all have it."""

    detail: Detail
    changes: tuple[Change, ...]


class Section(NamedTuple):
    """What is of one gravity: first what many mocks share, then mock by mock."""

    severity: Severity
    shared: tuple[Shared, ...]
    changes: tuple[Change, ...]


def sections(changes: Sequence[Change]) -> list[Section]:
    """The changes in their sections, the gravest first; breaks that were accepted count as changes."""
    shared, rest = _apart(changes)
    found = (
        Section(
            severity,
            tuple(one for one in shared if one.detail.severity == severity),
            tuple(one for one in rest if shown_as(one) == severity),
        )
        for severity in SEVERITIES
    )
    return [section for section in found if section.shared or section.changes]


def shown_as(change: Change) -> Severity:
    """The section that a change stands in."""
    return "change" if change.accepted else change.severity


def _apart(changes: Iterable[Change]) -> tuple[list[Shared], list[Change]]:
    changes = list(changes)
    holders: dict[tuple[str, str, str], list[Change]] = {}
    for change in changes:
        if change.kind == "changed" and change.mock and not change.accepted:
            for detail in change.details:
                holders.setdefault(_key(detail), []).append(change)
    many = {key: found for key, found in holders.items() if len(found) >= MANY}
    shared = [Shared(_one(key, found[0]), tuple(found)) for key, found in many.items()]
    rest: list[Change] = []
    for change in changes:
        own = tuple(detail for detail in change.details if _key(detail) not in many or change not in many[_key(detail)])
        if own:
            rest.append(msgspec.structs.replace(change, details=own))
    return shared, rest


def _key(detail: Detail) -> tuple[str, str, str]:
    return detail.kind, detail.severity, detail.says


def _one(key: tuple[str, str, str], change: Change) -> Detail:
    return next(detail for detail in change.details if _key(detail) == key)


def tally(changes: Iterable[Change]) -> str:
    """`2 breaking, 1 changed, 3 added`; `no change that callers see` if there is none."""
    found = list(changes)
    words = {"breaking": "breaking", "change": "changed", "addition": "added", "note": "of no consequence"}
    numbers = [(len([one for one in found if shown_as(one) == each]), words[each]) for each in SEVERITIES]
    told = [f"{number} {word}" for number, word in numbers if number]
    return ", ".join(told) if told else "nothing that callers see is different"


def names(changes: Sequence[Change], most: int = 4) -> str:
    """The mocks of several changes, the first ones by name."""
    tails = [tail(change) for change in changes]
    if len(tails) <= most:
        return listed(tails)
    return f"{', '.join(tails[: most - 1])} and {counted(len(tails) - most + 1, 'other')}"


def tail(change: Change) -> str:
    """A mock by the end of its id."""
    return change.mock.partition("/mocks/")[2] or change.mock


def nearest(change: Change) -> Place | None:
    """Where to look first: the line of the gravest detail; of a setting nothing, where its name says it all."""
    first = change.details[0] if change.details else None
    place = (first.after or first.before) if first is not None and change.mock else None
    place = place or change.place
    return None if place is None or place.file == change.about else place


def title_of(change: Change) -> str:
    """What stands at the head of a change: its route, with a word if that is not simply different."""
    if not change.mock:
        return change.about
    return change.says if change.kind in ("added", "removed") else change.route


def where(change: Change) -> str:
    """The project of a mock, or its other scope."""
    if not change.mock:
        return ""
    return change.project or change.mock.partition("/mocks/")[0]
