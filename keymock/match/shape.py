"""JSON held against JSON: objects, arrays, and matchers in place of values.

A cleaned shape is a *node*, plain data for msgpack: `{"object": {key: node}}`, `{"array": [node, …]}`, or else the
cleaned matcher of a single value, `{"equals": 1}`.
"""

# ruff: noqa: SIM110  (flat loops: a generator costs more than the comparison in it)

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from keymock.match import values
from keymock.match.member import Test, Wrong, cut, show, show_all

Node = dict[str, Any]

MAX_UNORDERED = 1_000
"""Elements of the longest array that is matched in any order. A longer one does not match."""


class Rules(msgspec.Struct, frozen=True):
    """`whole`: objects have no other keys; `any_order`: of arrays; `extra`: arrays and whole objects may have more."""

    whole: bool = False
    any_order: bool = False
    extra: bool = False


class Difference(msgspec.Struct, frozen=True):
    """The first place where JSON does not have its shape."""

    path: str
    expected: str
    actual: str


def clean(value: Any) -> Node:
    """The node of JSON as written. A table whose keys all carry `$` is a matcher. Raises Wrong."""
    if isinstance(value, dict):
        if values.is_matcher(value):
            return values.clean_dollar(value)
        return {"object": {key: _clean_inside(item, key) for key, item in value.items()}}
    if isinstance(value, list):
        return {"array": [_clean_inside(item, position) for position, item in enumerate(value)]}
    if isinstance(value, float) and not math.isfinite(value):
        raise Wrong(f"{value} is no JSON", "JSON has no nan and no inf")
    return {"equals": value}


def _clean_inside(value: Any, key: str | int) -> Node:
    try:
        return clean(value)
    except Wrong as wrong:
        raise wrong.below(key) from None


def leaves(node: Node) -> int:
    """How many conditions a node counts for: its scalars, matchers, and empty objects and arrays."""
    inside = node["object"].values() if "object" in node else node.get("array", ())
    return sum(leaves(item) for item in inside) or 1


def step(key: str | int) -> str:
    """A key as the JSONPath segment that leads to it."""
    if isinstance(key, int):
        return f"[{key}]"
    return f".{key}" if key.isidentifier() else "['" + key.replace("\\", "\\\\").replace("'", "\\'") + "']"


def words(node: Node) -> str:
    """What a node expects, JSON-like, with matchers in words."""
    if "object" in node:
        return "{" + ", ".join(f"{show(key)}: {words(item)}" for key, item in node["object"].items()) + "}"
    if "array" in node:
        return "[" + ", ".join(words(item) for item in node["array"]) + "]"
    return values.words(node, json=True)


def compile(node: Node, rules: Rules) -> Test:
    """The test of one JSON value, `test((value,), now)`, or of a missing one, `test((), now)`."""
    if "object" in node:
        return _object(node["object"], rules)
    if "array" in node:
        return _array(node["array"], rules)
    return values.compile(node, json=True)


def _object(fields: dict[str, Node], rules: Rules) -> Test:
    tests = tuple((key, compile(field, rules)) for key, field in fields.items())
    names = fields.keys()
    closed = rules.whole and not rules.extra
    may_lack = bool(fields) and not rules.whole

    def test(found: Sequence[Any], now: float) -> bool:
        value: Any = found[0] if found else {} if may_lack else None
        if value.__class__ is not dict:
            return False
        for key, field in tests:
            if not field((value[key],) if key in value else (), now):
                return False
        return not closed or value.keys() <= names

    return test


def _array(items: list[Node], rules: Rules) -> Test:
    tests = tuple(compile(item, rules) for item in items)

    def test(found: Sequence[Any], now: float) -> bool:
        if not found or found[0].__class__ is not list:
            return False
        value = found[0]
        return _pairs_up(len(tests), len(value), lambda wanted, came: tests[wanted]((value[came],), now), rules)

    return test


def _pairs_up(wanted: int, came: int, fits: Callable[[int, int], bool], rules: Rules) -> bool:
    """Whether every wanted element has one of its own among those that came, as the rules want it."""
    if came < wanted or (came > wanted and not rules.extra):
        return False
    if rules.any_order:
        return came <= MAX_UNORDERED and _pair_in_any_order(wanted, came, fits)
    if came == wanted:
        for position in range(wanted):
            if not fits(position, position):
                return False
        return True
    position = 0
    for candidate in range(came):  # in order, with others between: the first that fits is never a worse choice
        if position < wanted and fits(position, candidate):
            position += 1
    return position == wanted


def _pair_in_any_order(wanted: int, came: int, fits: Callable[[int, int], bool]) -> bool:
    """A matching of the bipartite graph, by augmenting paths, breadth first."""
    owner: list[int | None] = [None] * came
    edges: list[list[int]] = []
    for start in range(wanted):
        edges.append([candidate for candidate in range(came) if fits(start, candidate)])
        free = next((candidate for candidate in edges[start] if owner[candidate] is None), None)
        if free is not None:
            owner[free] = start
        elif not _augment(start, edges, owner):
            return False
    return True


def _augment(start: int, edges: list[list[int]], owner: list[int | None]) -> bool:
    """Find a candidate for `start`, by moving others to further candidates of theirs."""
    reached_by: dict[int, int] = {}
    came_from: dict[int, int] = {}  # element → the candidate that it would give up
    queue = deque([start])
    while queue:
        element = queue.popleft()
        for candidate in edges[element]:
            if candidate in reached_by:
                continue
            reached_by[candidate] = element
            held_by = owner[candidate]
            if held_by is not None:
                came_from[held_by] = candidate
                queue.append(held_by)
                continue
            free = candidate
            while True:  # hand over along the path, back to the start
                taker = reached_by[free]
                owner[free] = taker
                if taker == start:
                    return True
                free = came_from[taker]
    return False


def difference(node: Node, rules: Rules, found: Sequence[Any], now: float, path: str = "$") -> Difference | None:
    """The first difference between a node and a value, found slowly; None exactly when the compiled test is true."""
    if "object" in node:
        return _object_difference(node["object"], rules, found, now, path)
    if "array" in node:
        return _array_difference(node["array"], rules, found, now, path)
    if values.holds(node, found, now, json=True):
        return None
    return Difference(path, cut(words(node)), show_all(found))


def _object_difference(
    fields: dict[str, Node], rules: Rules, found: Sequence[Any], now: float, path: str
) -> Difference | None:
    if not found and (rules.whole or not fields):
        return Difference(path, "an object", "absent")
    value = found[0] if found else {}
    if not isinstance(value, dict):
        return Difference(path, "an object", show(value))
    for key, field in fields.items():
        inside = difference(field, rules, (value[key],) if key in value else (), now, path + step(key))
        if inside is not None:
            return inside
    others = [key for key in value if key not in fields] if rules.whole and not rules.extra else []
    return Difference(path + step(others[0]), "absent", show(value[others[0]])) if others else None


def _array_difference(
    items: list[Node], rules: Rules, found: Sequence[Any], now: float, path: str
) -> Difference | None:
    if not found or not isinstance(found[0], list):
        return Difference(path, "an array", show_all(found))
    value = found[0]

    def of_pair(wanted: int, came: int) -> Difference | None:
        return difference(items[wanted], rules, (value[came],), now, f"{path}[{came}]")

    if _pairs_up(len(items), len(value), lambda wanted, came: of_pair(wanted, came) is None, rules):
        return None
    if len(value) < len(items) or (len(value) > len(items) and not rules.extra):
        return Difference(path, f"an array of {len(items)}", f"an array of {len(value)}")
    if not rules.any_order and len(value) == len(items):
        return next(inside for position in range(len(items)) if (inside := of_pair(position, position)) is not None)
    return Difference(path, cut(words({"array": items}) + (" in any order" if rules.any_order else "")), show(value))
