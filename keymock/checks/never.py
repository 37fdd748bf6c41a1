"""Mocks that no request can match, whatever other mocks there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keymock import match
from keymock.checks.aligned import aligned, states_of
from keymock.checks.served import Entry, Served
from keymock.index import Route
from keymock.match import Condition
from keymock.pattern import Pattern, normal, params
from keymock.pattern.overlap import overlap
from keymock.problems import Problem, did_you_mean, warning


def check(served: Served) -> Iterator[Problem]:
    """`path-never-matches`, `unknown-param`, and `never-matches` for conditions that exclude one another."""
    for entry in served.entries:
        if entry.pattern.regex or "<re:" in entry.spelled:
            yield from _path(entry)
    for route in served.routes:
        yield from _unknown_params(route)
        yield from _conditions(route, served.now)


def _path(entry: Entry) -> Iterator[Problem]:
    route, one = entry.route, entry.pattern
    if overlap(one, one).verdict == "no":
        hint = "a path starts with `/`, and so does its regex" if one.regex else "see the types of its parameters"
        message = f"no path can match `{normal(one)}`"
        yield warning(route.file, "path-never-matches", message, hint=hint, line=route.line)


def _unknown_params(route: Route) -> Iterator[Problem]:
    asked = [condition for condition in _all_conditions(route) if condition.where == "params"]
    if not asked:
        return
    known = {name for one in route.patterns for name in params(one)}
    for condition in asked:
        if condition.name in known or match.compile(condition)(match.request_of({})):
            continue
        yield warning(
            route.file,
            "unknown-param",
            f"`params.{condition.name}` never holds: the path has no parameter of that name",
            hint=did_you_mean(condition.name, sorted(known)) or _has(sorted(known)),
            line=route.line,
        )


def _has(known: Sequence[str]) -> str:
    return f"it has {', '.join(f'`{name}`' for name in known)}" if known else "write it into the path as `:name`"


def _conditions(route: Route, now: float) -> Iterator[Problem]:
    first = route.patterns[0] if route.patterns else Pattern()
    own = aligned(route.conditions, first)
    if _exclude(own, now):
        message = "its conditions exclude one another: no request fulfils them all"
        yield warning(route.file, "never-matches", message, hint="`any_of` takes one or the other", line=route.line)
        return
    for number, answer in enumerate(route.answers, 1):
        if answer.conditions and _exclude((*own, *aligned(answer.conditions, first)), now):
            name = f"`{answer.name}`" if answer.name else f"number {number}"
            message = f"the response {name} is never chosen: its `when` excludes what the mock itself asks for"
            yield warning(route.file, "unreachable-response", message, line=route.line)


def _exclude(conditions: Sequence[Condition], now: float) -> bool:
    """Whether it is proven. Conditions on different things hold together, so most mocks need no thought."""
    if states_of(conditions) is None:
        return True
    about = [(condition.where, condition.name, condition.path) for condition in conditions]
    kinds = {where for where, _, _ in about if where.partition(".")[0] in _WHOLE}
    if len(kinds) < 2 and len(set(about)) == len(about):
        return False
    return match.impossible(conditions, now)


_WHOLE = ("form", "body", "auth", "query_only")
"""Places that share one body, one header, one query: what is asked of one says something of the others."""


def _all_conditions(route: Route) -> Iterator[Condition]:
    yield from route.conditions
    for answer in route.answers:
        yield from answer.conditions
