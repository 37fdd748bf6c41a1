"""Why a mock answers, and why the others do not: slow words for what the index decides fast."""

from __future__ import annotations

from heapq import nsmallest
from itertools import islice
from typing import Any, NamedTuple

from keymock import match
from keymock.exchange import Request
from keymock.index import Route, Table
from keymock.index.candidate import Segments
from keymock.index.choice import choose
from keymock.layout import project_of
from keymock.match import Observation
from keymock.pattern import Pattern, normal
from keymock.pattern import match as match_path

NEAREST = 3
LOOKED_AT = 5_000
"""How many routes a miss looks at besides those on its own path. Growth must not make misses dear."""


class Candidate(NamedTuple):
    """A mock beside a request: every condition, with a tick or a cross."""

    route: Route
    pattern: Pattern
    observations: list[Observation]
    path_fits: bool

    @property
    def matched(self) -> bool:
        return all(seen.ok for seen in self.observations)

    @property
    def distance(self) -> float:
        """How far the request is from fulfilling the mock: a wrong path weighs 10, a method 3, anything else 1."""
        return sum(_weight(seen) for seen in self.observations if not seen.ok)


def _weight(seen: Observation) -> float:
    return {"path": 10.0, "method": 3.0}.get(seen.where, 1.0)


def candidate(route: Route, pattern: Pattern, request: Request, segments: Segments) -> Candidate:
    """Holds one mock, under one of its paths, against a request."""
    params = match_path(pattern)(segments)
    seen = [
        Observation("method", "", " or ".join(route.methods), request.method, _takes(route, request.method)),
        Observation("path", "", normal(pattern), "/" + "/".join(segments), params is not None),
    ]
    request.params = params or {}
    seen += [match.observe(condition, request) for condition in route.conditions]
    if all(answer.conditions for answer in route.answers):
        seen += _no_variant(route, request)
    if all(one.ok for one in seen) and _is_spent(route, request):
        seen.append(Observation("responses", "", "one that is left to give", "all were given", False))
    return Candidate(route, pattern, seen, params is not None)


def _takes(route: Route, method: str) -> bool:
    return method in route.methods or "*" in route.methods or (method == "HEAD" and "GET" in route.methods)


def _is_spent(route: Route, request: Request) -> bool:
    """Whether a mock that would answer has no answer left: its sequence is over, or `times` and `until` are."""
    limited = route.at_end == "no-match" or any(answer.limited for answer in route.answers)
    choices = [(answer, tuple(map(match.compile, answer.conditions))) for answer in route.answers]
    return limited and choose(route, choices, request) is None


def _no_variant(route: Route, request: Request) -> list[Observation]:
    """For a mock without a default answer: the variant whose conditions come nearest."""
    seen = [[match.observe(condition, request) for condition in answer.conditions] for answer in route.answers]
    best = min(range(len(seen)), key=lambda number: sum(not one.ok for one in seen[number]))
    name = route.answers[best].name or f"response {best + 1}"
    return [Observation(f"{name}: {one.where}", one.name, one.expected, one.actual, one.ok) for one in seen[best]]


def candidates(table: Table, request: Request, segments: Segments) -> list[Candidate]:
    """Every mock whose path fits, in the order of precedence."""
    return [candidate(found.route, found.pattern, request, segments) for found in table.paths(segments)]


def nearest(table: Table, request: Request, segments: Segments, most: int = NEAREST) -> list[Candidate]:
    """The mocks that come nearest to answering a request that none answers, nearest first."""
    found = {one.route.id: one for one in reversed(candidates(table, request, segments))}
    if len(found) < most:
        others = (
            (_path_distance(pattern, segments), route.id, route, pattern)
            for route in islice(table.routes.values(), LOOKED_AT)
            for pattern in route.patterns
        )
        for far, name, route, pattern in nsmallest(4 * most, others, key=lambda other: other[:2]):
            if far < 1 and name not in found:
                found[name] = candidate(route, pattern, request, segments)
    return sorted(found.values(), key=lambda one: (_far(one, segments), one.route.id))[:most]


def _far(one: Candidate, segments: Segments) -> float:
    path = 0.0 if one.path_fits else 10 * _path_distance(one.pattern, segments) - 10
    return one.distance + path


def _path_distance(pattern: Pattern, segments: Segments) -> float:
    """0 for a path that could fit, 1 for one that shares nothing, a slip of the pen somewhere near 0."""
    longest = max(pattern.length, len(segments)) or 1
    literals = dict(pattern.fixed)
    same = sum(
        0.5 if place not in literals else _likeness(literals[place], segment)
        for place, segment in enumerate(segments[: pattern.length])
    )
    return 1 - same / longest


def _likeness(wanted: str, came: str) -> float:
    """How alike two segments are: by case, by their beginnings and ends. Cheap, for it is asked thousands of times."""
    if wanted == came:
        return 1.0
    wanted, came = wanted.lower(), came.lower()
    if wanted == came:
        return 0.9
    longest = max(len(wanted), len(came))
    front = _shared(wanted, came)
    back = _shared(wanted[front:][::-1], came[front:][::-1])
    return 0.8 * (front + back) / longest


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    for place, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return place
    return min(len(one), len(other))


def near_misses(table: Table, request: Request, segments: Segments) -> list[dict[str, Any]]:
    """The nearest mocks as JSON, for the body of a 404."""
    return [as_json(one) for one in nearest(table, request, segments)]


def as_json(one: Candidate) -> dict[str, Any]:
    """A candidate in the shape of `keymock explain --json`."""
    return {
        "mock": one.route.id,
        "matched": one.matched,
        "file": one.route.file,
        "line": one.route.line,
        "route": f"{' '.join(one.route.methods)} {normal(one.pattern)}",
        "conditions": [
            {"where": label(seen), "expected": seen.expected, "actual": seen.actual, "ok": seen.ok}
            for seen in one.observations
        ],
    }


def route_json(route: Route, *, usable: bool, role: str) -> dict[str, Any]:
    """A mock in the shape of `keymock ls --json` and `GET /routes`. `role` is what whoever asks is there."""
    return {
        "mock": route.id,
        "name": route.name,
        "method": " ".join(route.methods),
        "path": ", ".join(normal(pattern) for pattern in route.patterns),
        "scope": route.scope,
        "project": project_of(route.space) or None,
        "role": role,
        "usable": usable,
        "enabled": route.enabled,
        "file": route.file,
        "line": route.line,
    }


def label(seen: Observation) -> str:
    """`headers.accept`, `body.json.$.kind`, `path`."""
    return f"{seen.where}.{seen.name}" if seen.name else seen.where
