"""A request that a mock is for, made from its own path and conditions; and who answers it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

from keymock import match
from keymock.checks.aligned import STATE, filled, ways
from keymock.checks.ambiguous import spelled
from keymock.exchange import METHODS, Request
from keymock.index import ANY, Found, Route, Table, find
from keymock.pattern import LITERAL, PLAIN, Path, Pattern
from keymock.pattern.overlap import witness
from keymock.pattern.shape import text_of


class Asked(NamedTuple):
    """A request for a mock, and how `keymock explain` takes it."""

    request: Request
    segments: Path
    spelled: str


def requests_for(route: Route) -> Iterator[Asked]:
    """One request for each path of a mock, as far as one can be made. The state of scenarios is left out."""
    for pattern in route.patterns:
        asked = _request(route, pattern)
        if asked is not None:
            yield asked


def _request(route: Route, pattern: Pattern) -> Asked | None:
    path = sample_path(pattern)
    if path is None:
        return None
    conditions = [one for one in next(ways(route, pattern)) if one.where not in (STATE, "call")]
    parts = match.witness(conditions) if conditions else {}
    if parts is None:
        return None
    path = filled(pattern, path, parts.get("params", {})) if "params" in parts else path
    raw = b"".join(b"/" + quote(segment, safe="!$&'()*+,;=:@-._~").encode() for segment in path)
    request = match.request_of(dict(parts), 0.0, _method(route, "body" in parts), raw)
    return Asked(request, path, spelled(request, named="host" in parts))


def sample_path(pattern: Pattern) -> Path | None:
    """A path that the pattern matches: parameters are called after themselves where that is simple to see."""
    if set(pattern.shape) <= {LITERAL, PLAIN}:
        return tuple(text if (text := text_of(segment)) is not None else "x" for segment in pattern.segments)
    return witness(pattern)


def _method(route: Route, body: bool) -> str:
    if ANY in route.methods:
        return "POST" if body else "GET"
    return min(route.methods, key=lambda name: METHODS.index(name) if name in METHODS else len(METHODS))


def answered(table: Table, asked: Asked) -> Route | None:
    """The mock of a table that answers a request, None if none does."""
    found = find(table, asked.request, asked.segments)
    return found.candidate.route if isinstance(found, Found) else None
