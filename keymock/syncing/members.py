"""Three versions of one JSON value put together, member by member: what a document said, a mock says, it says now.

What somebody wrote stays. Items of a list are of one shape, so each gets what the document's own items got.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from keymock import generate

Path = tuple[str | int, ...]

GONE = msgspec.UNSET
"""The value of a member that is not there."""


class Taken(NamedTuple):
    """A member that the document says differently now, and nobody had changed. GONE where it was, or is, not there."""

    where: Path
    was: Any
    now: Any


class Clash(NamedTuple):
    """A member that the mock and the document both say differently than before. The mock's stays."""

    where: Path
    base: Any
    ours: Any
    theirs: Any


class Merged(NamedTuple):
    """The value, and how it came about."""

    value: Any
    taken: tuple[Taken, ...]
    clashes: tuple[Clash, ...]


def merge(base: Any, ours: Any, theirs: Any, needed: Callable[[Path], bool] = lambda _: True) -> Merged:
    """The document's change from `base` to `theirs`, made to `ours`.

    A new member comes along if it is `needed`, or if the mock has all else that the document had beside it: who left
    something out wanted a small answer.
    """
    merging = _Merging(needed)
    value = merging.of(base, ours, theirs, ())
    return Merged(value, tuple(merging.taken), tuple(merging.clashes))


class _Merging:
    def __init__(self, needed: Callable[[Path], bool]) -> None:
        self.needed = needed
        self.taken: list[Taken] = []
        self.clashes: list[Clash] = []

    def of(self, base: Any, ours: Any, theirs: Any, at: Path) -> Any:
        if same(ours, theirs) or same(base, theirs):
            return ours
        if isinstance(ours, dict) and isinstance(theirs, dict):
            return self._tables(base if isinstance(base, dict) else {}, ours, theirs, at)
        if same(base, ours):
            self.taken.append(Taken(at, ours, theirs))
            return theirs
        if _rows(base) and _rows(ours) and _rows(theirs):
            last, end = len(base) - 1, len(theirs) - 1
            return [
                self.of(base[min(number, last)], row, theirs[min(number, end)], (*at, number))
                for number, row in enumerate(ours)
            ]
        self.clashes.append(Clash(at, base, ours, theirs))
        return ours

    def _tables(self, base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any], at: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in ours.items():
            made = self.of(base.get(key, GONE), value, theirs.get(key, GONE), (*at, key))
            if made is not GONE:
                found[key] = made
        whole = base.keys() <= ours.keys()
        for key, value in theirs.items():
            here = (*at, key)
            if key in ours or same(base.get(key, GONE), value):
                continue
            if key in base and self.needed(here):
                self.clashes.append(Clash(here, base[key], GONE, value))
            elif key not in base and (whole or self.needed(here)):
                self.taken.append(Taken(here, GONE, value))
                found[key] = value
        return found


def same(one: Any, other: Any) -> bool:
    """Whether two values are one in JSON."""
    if one is GONE or other is GONE:
        return one is other
    return generate.equal(one, other)


def _rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def settled(before: Any, after: Any, allowed: Callable[[Any], list[Path]], said: Callable[[Any], bool]) -> Any:
    """A value made up anew, `after`, with all that was made up `before` and may stay.

    Two values that are drawn are different ones, which says nothing. `allowed(value)` are the places at which a value
    is not; `said(value)` tells what the document itself says (an example, a default) from what was drawn.
    """
    value = _settled(before, after, said)
    for _ in range(MOST_ROUNDS):
        wrong = allowed(value)
        if not wrong:
            return value
        for place in wrong:
            value = _with(value, after, place)
    return after


MOST_ROUNDS = 8


def _settled(before: Any, after: Any, said: Callable[[Any], bool]) -> Any:
    if isinstance(before, dict) and isinstance(after, dict):
        return {key: _settled(before[key], each, said) if key in before else each for key, each in after.items()}
    if isinstance(before, list) and isinstance(after, list) and before and after:
        return [_settled(each, after[min(number, len(after) - 1)], said) for number, each in enumerate(before)]
    if _kind(before) != _kind(after) or isinstance(before, dict | list):
        return after
    return after if said(after) and not said(before) else before


def _kind(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return repr(value) if value is None else "bool"
    return "number" if isinstance(value, int | float) else type(value).__name__


def _with(value: Any, after: Any, place: Path) -> Any:
    """A value with what another one has at a place; all of the other one's where it leads nowhere."""
    if not place:
        return after
    step, rest = place[0], place[1:]
    if isinstance(value, dict) and isinstance(after, dict) and step in value and step in after:
        return {**value, step: _with(value[step], after[step], rest)}
    if isinstance(value, list) and isinstance(after, list) and isinstance(step, int) and step < len(value) and after:
        return [
            _with(each, after[min(number, len(after) - 1)], rest) if number == step else each
            for number, each in enumerate(value)
        ]
    return after
