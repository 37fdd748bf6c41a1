"""Two JSON values → what is different, by JSON path: fields gone, new, of another type, of another value.

Lists of objects are held against each other item by item, by an `id` where all have one, else by place; what happens
in all of them is said once, of `[*]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from keymock.changes.words import UNKNOWN, type_of

What = Literal["gone", "new", "type", "value", "shorter", "longer", "order"]

IDENTITIES = ("id", "uuid", "key", "code", "name", "sku")
"""Fields that tell the items of a list apart, tried in this order."""

DEEPEST = 128


class Difference(NamedTuple):
    """One difference. `before` or `after` is None where there is nothing; of lists it is their length."""

    what: What
    path: str
    before: Any
    after: Any


def differences(before: Any, after: Any, path: str = "$", depth: int = 0) -> Iterator[Difference]:
    """All differences, in the order of the value before, then what is new."""
    kinds = type_of(before), type_of(after)
    if depth > DEEPEST or UNKNOWN in kinds:
        if before != after:
            yield Difference("value", path, before, after)
    elif kinds[0] != kinds[1]:
        yield Difference("type", path, before, after)
    elif isinstance(before, dict):
        yield from _of_objects(before, after, path, depth)
    elif isinstance(before, list):
        yield from _of_lists(before, after, path, depth)
    elif before != after:
        yield Difference("value", path, before, after)


def _of_objects(before: dict[str, Any], after: dict[str, Any], path: str, depth: int) -> Iterator[Difference]:
    for name, value in before.items():
        if name in after:
            yield from differences(value, after[name], below(path, name), depth + 1)
        else:
            yield Difference("gone", below(path, name), value, None)
    for name, value in after.items():
        if name not in before:
            yield Difference("new", below(path, name), None, value)


def _of_lists(before: list[Any], after: list[Any], path: str, depth: int) -> Iterator[Difference]:
    if len(before) != len(after):
        yield Difference("shorter" if len(after) < len(before) else "longer", path, len(before), len(after))
    pairs = _paired(before, after)
    if any(one.after > other.after for one, other in pairwise(pairs)):
        yield Difference("order", path, None, None)
    found = [list(differences(before[pair.before], after[pair.after], path + "\0", depth + 1)) for pair in pairs]
    everywhere = _in_all(found)
    told: set[tuple[str, str]] = set()
    for pair, each in zip(pairs, found, strict=True):
        for difference in each:
            key, rest = (difference.what, difference.path), difference.path[len(path) + 1 :]
            if key not in everywhere:
                yield difference._replace(path=f"{path}[{pair.before}]{rest}")
            elif key not in told:
                told.add(key)
                yield difference._replace(path=f"{path}[*]{rest}")


def _in_all(found: Sequence[Sequence[Difference]]) -> set[tuple[str, str]]:
    """What happens to the shape of every item alike; values differ each in its own way."""
    if len(found) < 2:
        return set()
    sets: list[set[tuple[str, str]]] = [
        {(one.what, one.path) for one in each if one.what in ("gone", "new", "type")} for each in found
    ]
    return set.intersection(*sets)


class Pair(NamedTuple):
    """The places of one item in the list before and in the list after."""

    before: int
    after: int


def _paired(before: list[Any], after: list[Any]) -> list[Pair]:
    """The items that are the same thing: by an identity that all have, else by place."""
    for name in IDENTITIES:
        ones, others = _by(name, before), _by(name, after)
        if ones is not None and others is not None:
            return [Pair(at, others[key]) for key, at in ones.items() if key in others]
    return [Pair(at, at) for at in range(min(len(before), len(after)))]


def _by(name: str, items: list[Any]) -> dict[Any, int] | None:
    """The places of items by a field; None unless all are objects that have it, each a value of its own."""
    found: dict[Any, int] = {}
    for at, item in enumerate(items):
        value = item.get(name) if isinstance(item, dict) else None
        if not isinstance(value, str | int) or (type(value), value) in found:
            return None
        found[type(value), value] = at
    return found if items else None


def below(path: str, name: str) -> str:
    """The JSON path of a field: `$.a`, `$['a b']`."""
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        return f"{path}.{name}"
    quoted = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"{path}['{quoted}']"
