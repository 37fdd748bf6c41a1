"""Mocks and variants that can never answer, because another always answers first."""

from __future__ import annotations

from collections.abc import Iterator

from keymock.checks.aligned import aligned
from keymock.checks.duplicate import is_duplicate
from keymock.checks.served import Entry, Served, is_among, place, title
from keymock.index import ANY, Answer, Route
from keymock.index.choice import rivals
from keymock.index.table import order_of
from keymock.pattern import LITERAL, PLAIN, Pattern, Segment, normal
from keymock.problems import Problem, warning

Precedence = tuple[int, int]
"""Priority and scope, as they rank: what is left of the order decides only between mocks of other conditions."""


def check(served: Served) -> Iterator[Problem]:
    """`unreachable` for a mock that another always goes before, `unreachable-response` for such a variant."""
    rivals = _Rivals(served)
    for route in served.routes:
        yield from _variants(route)
        winner = next((one for one in rivals.of(route) if _hides(served, one, route)), None)
        if winner is not None and not is_duplicate(served, winner, route):
            yield warning(
                route.file,
                "unreachable",
                f"`{title(route)}` can never answer: {place(winner)} always goes before it",
                hint=_hint(winner, route),
                line=route.line,
            )


class _Rivals:
    """The mocks that could hide another: on its very path with a better precedence, or wider and of higher priority."""

    def __init__(self, served: Served) -> None:
        self._same: dict[str, dict[Precedence, list[Route]]] = {}
        self._wide: dict[tuple[str, int], list[Route]] = {}
        self._first: dict[str, Entry] = {}
        lowest = min((route.priority for route in served.routes), default=0)
        for entry in served.entries:
            route = entry.route
            self._first.setdefault(route.id, entry)
            self._same.setdefault(entry.spelled, {}).setdefault(_precedence(route), []).append(route)
            if route.priority > lowest and set(entry.order[1]) != {LITERAL}:
                self._wide.setdefault(_kind(entry.pattern), []).append(route)

    def of(self, route: Route) -> Iterator[Route]:
        """What could hide all of the route: then it hides the first of its paths too."""
        own, first = _precedence(route), self._first[route.id]
        for precedence, found in self._same[first.spelled].items():
            if precedence < own:
                yield from found
        if not self._wide:
            return
        segment, length = _kind(first.pattern)
        for kind in dict.fromkeys(((segment, length), ("", length), (segment, OPEN), ("", OPEN))):
            yield from (one for one in self._wide.get(kind, ()) if one.priority > route.priority)


OPEN = -1


def _kind(pattern: Pattern) -> tuple[str, int]:
    """The first segment, if it is literal, and the length, if it has one: a wide path has those of what it covers."""
    start = dict(pattern.fixed).get(0, "")
    return start, OPEN if pattern.rest or pattern.regex else pattern.length


def _precedence(route: Route) -> Precedence:
    return -route.priority, route.rank[0]


def _hides(served: Served, winner: Route, loser: Route) -> bool:
    """Whether `winner` is reached wherever `loser` is, ranks before it, and takes all that it takes."""
    if winner.scope == "private" and loser.scope != "private":
        return False  # that is what a private mock is for
    if loser.bare and not winner.bare:
        return False  # a TOML file takes over from one without
    if not served.everywhere_with(winner, loser) or not _takes(winner, loser):
        return False
    if not _always_answers(winner):
        return False
    return all(any(_hides_path(winner, one, loser, other) for one in winner.patterns) for other in loser.patterns)


def _always_answers(route: Route) -> bool:
    """Whether a request that fulfils the mock's own conditions gets an answer of it each time."""
    if route.select == "sequence" and route.at_end == "no-match":
        return False
    return any(not answer.conditions and not answer.limited for answer in route.answers)


def _takes(winner: Route, loser: Route) -> bool:
    return ANY in winner.methods or set(loser.methods) <= set(winner.methods)


def _hides_path(winner: Route, one: Pattern, loser: Route, other: Pattern) -> bool:
    before, after = (order_of(winner, one), winner.rank[:3]), (order_of(loser, other), loser.rank[:3])
    return (
        before < after
        and covers(one, other)
        and is_among(aligned(winner.conditions, one), aligned(loser.conditions, other))
    )


def covers(wide: Pattern, narrow: Pattern) -> bool:
    """Whether `wide` plainly matches every path of `narrow`. False may also mean that it is not easy to see."""
    if normal(wide, names=False) == normal(narrow, names=False):
        return True
    if wide.regex or narrow.regex:
        return False
    common = min(wide.length, narrow.length)
    if wide.length > narrow.length or not all(map(_covers, wide.segments[:common], narrow.segments[:common])):
        return False
    if not wide.rest:
        return wide.length == narrow.length and not narrow.rest
    if wide.rest_optional or narrow.length > wide.length + 1:
        return True
    if narrow.length == wide.length:
        return bool(narrow.rest) and not narrow.rest_optional
    return narrow.segments[-1] != ("",) or bool(narrow.rest and not narrow.rest_optional)


def _covers(wide: Segment, narrow: Segment) -> bool:
    if Pattern((wide,)).shape == PLAIN:
        return narrow != ("",)
    return normal(Pattern((wide,)), names=False) == normal(Pattern((narrow,)), names=False)


def _hint(winner: Route, loser: Route) -> str:
    if winner.priority > loser.priority:
        return f"its `priority` of {winner.priority} beats {loser.priority}, whatever the paths are"
    return "give this one a condition that tells it apart, or `enabled = false`"


def _variants(route: Route) -> Iterator[Problem]:
    """Variants are tried in turn, those with conditions first: a repeated set of conditions is never reached."""
    for at, answer in enumerate(route.answers):
        earlier = next((one for one in route.answers[:at] if _goes_before(one, answer, route.select)), None)
        if earlier is None:
            continue
        name, first = _called(at, answer), _called(route.answers.index(earlier), earlier)
        yield warning(
            route.file,
            "unreachable-response",
            f"the response {name} is never chosen: {first}, before it, holds whenever it does",
            hint="put the one with more conditions first",
            line=route.line,
        )


def _goes_before(earlier: Answer, answer: Answer, select: str) -> bool:
    if earlier.limited:
        return False
    if answer.conditions:
        return bool(earlier.conditions) and is_among(earlier.conditions, answer.conditions)
    # a second default can still be asked for by name or status, with Prefer; by its type; or its turn comes
    same = answer.status == earlier.status and not rivals((earlier, answer))
    return select == "rules" and not earlier.conditions and not answer.name and same


def _called(at: int, answer: Answer) -> str:
    return f"`{answer.name}`" if answer.name else f"number {at + 1}"
