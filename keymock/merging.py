"""Two changes of one TOML file put together by what they mean: tables by key, lists of variants by name.

Comments and spelling are those of our side. What both sides changed in different ways stays between markers, and
nothing else does: everything that can be settled is settled on both sides of the markers.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from keymock.document import parse
from keymock.document.edit import edit
from keymock.overlay import BODY_KEYS

Name = tuple[str, ...]
"""The keys that lead to a value; a variant is a key by its name."""

GONE = msgspec.UNSET
"""The value of a key that is not there."""

LISTS = ("responses", "examples", "steps")
"""Lists of tables whose items have names."""

NAMES = {"responses": "name", "examples": "name", "steps": "id"}


class Merged(NamedTuple):
    """The text, and the keys that both sides changed differently; none means that all is settled."""

    text: str
    conflicts: tuple[str, ...]


def merge(
    base: str, ours: str, theirs: str, labels: tuple[str, str] = ("ours", "theirs"), size: int = 7
) -> Merged | None:
    """The two changes of `base` put together; None where only the lines can be merged: a side is no TOML, say.

    `labels` name the sides in the markers, which are `size` characters long.
    """
    trees = [_tree(text) for text in (base, ours, theirs)]
    if trees[1] is None or trees[2] is None or (trees[0] is None and base.strip()):
        return None
    old, own, other = (tree if tree is not None else {} for tree in trees)
    if _reordered(old, other) and not _reordered(old, own):
        return None  # their order cannot be told by keys
    conflicts: dict[Name, tuple[Any, Any]] = {}
    wanted = _merged(old, own, other, (), conflicts)
    _one_body(wanted, own, other, conflicts)
    mine = _written(ours, own, wanted)
    if mine is None or not conflicts:
        return Merged(mine, ()) if mine is not None else None
    yours = _written(mine, wanted, _with(wanted, {name: values[1] for name, values in conflicts.items()}))
    if yours is None:
        return None
    return Merged(_marked(mine, yours, labels, size), tuple(".".join(name) for name in conflicts))


# ---- meaning ---------------------------------------------------------------------------------------------------


def _tree(text: str) -> dict[str, Any] | None:
    """The tables of a text, lists of named tables as tables by name; None if it is no TOML."""
    parsed = parse(text.encode(), "", dict[str, Any])
    return None if parsed.value is None else _by_name(parsed.tables)


def _by_name(tables: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in tables.items():
        found[key] = _by_name(value) if isinstance(value, Mapping) else value
        if key in LISTS and isinstance(value, list):
            named = _named(value, NAMES[key])
            found[key] = _Variants(named) if named is not None else value
    return found


class _Variants(dict[str, Any]):
    """A list of tables, by their names."""


def _named(items: list[Any], key: str) -> dict[str, Any] | None:
    """The items by name; None if one has none, or two have the same."""
    names = [item.get(key) if isinstance(item, Mapping) else None for item in items]
    if not all(isinstance(name, str) and name for name in names) or len(set(names)) < len(names):
        return None
    return {str(name): _by_name(item) for name, item in zip(names, items, strict=True)}


def _merged(base: Any, ours: Any, theirs: Any, name: Name, conflicts: dict[Name, tuple[Any, Any]]) -> Any:
    if _same(ours, theirs) or _same(base, theirs):
        return ours
    if _same(base, ours):
        return theirs
    if isinstance(ours, dict) and isinstance(theirs, dict) and type(ours) is type(theirs):
        common = base if isinstance(base, dict) else {}
        found = type(ours)()
        for key in dict.fromkeys([*ours, *theirs]):
            sides = (common.get(key, GONE), ours.get(key, GONE), theirs.get(key, GONE))
            value = _merged(*sides, (*name, key), conflicts)
            if value is not GONE:
                found[key] = value
        return found
    conflicts[name] = (ours, theirs)
    return ours


def _same(one: Any, other: Any) -> bool:
    """Equal, and of one type, as true and 1 are not."""
    if one is GONE or other is GONE:
        return one is other
    encoded = [msgspec.json.encode(value, order="sorted") for value in (one, other)]
    return encoded[0] == encoded[1] and type(one) is type(other)


def _one_body(wanted: Any, ours: Any, theirs: Any, conflicts: dict[Name, tuple[Any, Any]], name: Name = ()) -> None:
    """Two sides that each gave the answer another kind of body have not given it two."""
    if not isinstance(wanted, dict):
        return
    bodies = [key for key in wanted if key in BODY_KEYS]
    kinds = [BODY_KEYS & side.keys() if isinstance(side, dict) else set() for side in (ours, theirs)]
    if len(bodies) > 1 and name[:1] in (("response",), ("responses",)) and all(len(kind) == 1 for kind in kinds):
        for key in bodies:
            sides = ours.get(key, GONE), theirs.get(key, GONE)
            conflicts[(*name, key)] = sides
            if sides[0] is GONE:
                del wanted[key]
    for key, value in list(wanted.items()):
        mine, yours = (side.get(key) if isinstance(side, dict) else None for side in (ours, theirs))
        _one_body(value, mine, yours, conflicts, (*name, key))


def _reordered(base: Any, side: Any) -> bool:
    """Whether variants that both have stand in another order."""
    for key in LISTS:
        olds, news = (tree.get(key) for tree in (base, side))
        both = isinstance(olds, _Variants) and isinstance(news, _Variants)
        if both and [name for name in olds if name in news] != [name for name in news if name in olds]:
            return True
    return False


def _with(tree: Any, values: Mapping[Name, Any]) -> Any:
    """A tree with other values at these keys; GONE takes one away."""
    found = msgspec.json.decode(msgspec.json.encode(tree))
    found = _typed(found, tree)
    for name, value in values.items():
        place = found
        for key in name[:-1]:
            place = place.setdefault(key, {})
        if value is GONE:
            place.pop(name[-1], None)
        else:
            place[name[-1]] = value
    return found


def _typed(copy: Any, original: Any) -> Any:
    """A copy whose lists of variants are known as such."""
    if not isinstance(original, dict):
        return copy
    return type(original)({key: _typed(copy[key], value) for key, value in original.items()})


# ---- text ------------------------------------------------------------------------------------------------------


def _written(text: str, tree: Any, wanted: Any) -> str | None:
    """A text that says `tree`, edited until it says `wanted`; None if that cannot be done key by key."""
    try:
        for step in _steps(tree, wanted):
            text = edit(text, dict([step]))
    except ValueError:
        return None
    done = _tree(text)
    return text if done is not None and _same(done, wanted) else None


Step = tuple[tuple[str | int, ...], Any]


def _steps(tree: Any, wanted: Any, path: tuple[str | int, ...] = ()) -> Iterator[Step]:
    """The edits that make one tree of another: what changes, then what is new, then what goes, from the end."""
    variants = isinstance(tree, _Variants)
    places = {key: at if variants else key for at, key in enumerate(tree)}
    for key, value in wanted.items():
        if key not in tree or _same(tree[key], value):
            continue
        here = (*path, places[key])
        if isinstance(tree[key], dict) and isinstance(value, dict) and type(tree[key]) is type(value):
            yield from _steps(tree[key], value, here)
        else:
            yield here, _plain(value)
    fresh = [key for key in wanted if key not in tree]
    for number, key in enumerate(fresh):
        if isinstance(wanted[key], _Variants) and not variants:
            yield from (((*path, key, at), _plain(item)) for at, item in enumerate(wanted[key].values()))
        else:
            yield (*path, len(tree) + number if variants else key), _plain(wanted[key])
    for key in reversed(list(tree)):
        if key not in wanted:
            yield (*path, places[key]), None


def _plain(value: Any) -> Any:
    """A value as TOML has it: variants are a list again."""
    if isinstance(value, _Variants):
        return [_plain(item) for item in value.values()]
    return {key: _plain(inner) for key, inner in value.items()} if isinstance(value, dict) else value


def _marked(ours: str, theirs: str, labels: tuple[str, str], size: int) -> str:
    """Both texts in one, what differs between markers, as git writes them."""
    one, other = (text.splitlines(keepends=True) for text in (ours, theirs))
    found: list[str] = []
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "equal":
            found += one[i1:i2]
            continue
        found.append(f"{'<' * size} {labels[0]}\n")
        found += _ended(one[i1:i2])
        found.append(f"{'=' * size}\n")
        found += _ended(other[j1:j2])
        found.append(f"{'>' * size} {labels[1]}\n")
    return "".join(found)


def _ended(lines: Sequence[str]) -> Iterator[str]:
    return (line if line.endswith("\n") else f"{line}\n" for line in lines)
