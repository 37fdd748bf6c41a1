"""One route written in two scopes, and neither as an overlay of the other."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

import msgspec

from keymock.checks.aligned import aligned
from keymock.checks.served import Served, place, title
from keymock.index import Route
from keymock.layout import project_of
from keymock.pattern import Pattern, normal
from keymock.problems import Problem, warning


def check(served: Served) -> Iterator[Problem]:
    """`duplicate-route`: same methods, path and conditions in two scopes; says which of them answers."""
    known: dict[Hashable, list[Route]] = {}
    for entry in served.entries:
        known.setdefault((entry.spelled, frozenset(entry.route.methods)), []).append(entry.route)
    told: set[tuple[str, str]] = set()
    for routes in known.values():
        if len({route.scope for route in routes}) < 2:
            continue
        ranked = sorted(routes, key=lambda route: (-route.priority, route.rank))
        for at, loser in enumerate(ranked):
            winner = next((one for one in ranked[:at] if _same_elsewhere(served, one, loser)), None)
            if winner is not None and (winner.id, loser.id) not in told:
                told.add((winner.id, loser.id))
                yield _problem(winner, loser)


def _same_elsewhere(served: Served, one: Route, other: Route) -> bool:
    return (
        one.scope != other.scope
        and served.meeting(one, other) == "view"
        and len(one.conditions) == len(other.conditions)
        and _conditions(one, one.patterns[0]) == _conditions(other, other.patterns[0])
    )


def is_duplicate(served: Served, one: Route, other: Route) -> bool:
    """Whether two mocks are one route in two scopes, which is told here, and nowhere else besides."""
    spelled = [{normal(pattern, names=False) for pattern in route.patterns} for route in (one, other)]
    same = frozenset(one.methods) == frozenset(other.methods) and bool(spelled[0] & spelled[1])
    return same and _same_elsewhere(served, one, other)


def _conditions(route: Route, pattern: Pattern) -> list[bytes]:
    return sorted(
        msgspec.msgpack.encode(condition, order="deterministic") for condition in aligned(route.conditions, pattern)
    )


def _problem(winner: Route, loser: Route) -> Problem:
    where = f"in the project `{project_of(winner.space)}`" if winner.scope == "project" else "wherever both are served"
    return warning(
        loser.file,
        "duplicate-route",
        f"`{title(loser)}` is also in {place(winner)}, which answers {where}",
        hint=_hint(winner, loser),
        line=loser.line,
    )


def _hint(winner: Route, loser: Route) -> str:
    private = winner if winner.scope == "private" else loser if loser.scope == "private" else None
    shared = loser if private is winner else winner
    if private is not None:
        owner = "/".join(private.space.split("/")[:2])
        return f"to change a shared mock for yourself alone, lay {owner}/{shared.id}.toml over it"
    return "keep one of them, or give them conditions that tell them apart"
