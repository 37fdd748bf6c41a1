"""Two mocks that can both match one request, and nothing ranks one before the other.

The order of precedence does most of the work: two mocks tie only if priority, path rank, scope, number of conditions
and width of methods are the same, and then their literal segments must be the same too. What is left in one such
group is told apart by a literal condition, or compared in pairs.
"""

from __future__ import annotations

import shlex
from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec
from msgspec.structs import replace

from keymock import match, pattern
from keymock.checks.aligned import STATE, aligned, filled, states_of, ways
from keymock.checks.served import Entry, Meeting, Served, place, shared_methods, title
from keymock.exchange import METHODS, Request
from keymock.index import ANY, Route
from keymock.index.candidate import Candidate
from keymock.match import Condition
from keymock.pattern import REGEX, Path
from keymock.pattern.overlap import overlap
from keymock.problems import Problem, error, warning

MOST_EFFORT = 100_000
"""How much is tried on mocks that no literal condition tells apart: 1 for each pair, more where it is hard to say."""

HARD = 20

MOST_WAYS = 64


class Clash(NamedTuple):
    """A mock, another that goes before it only by its name, and a request for both; none if there is no proof."""

    first: Route
    second: Route
    request: str


def check(served: Served) -> Iterator[Problem]:
    """`ambiguous` with a request that both answer; `maybe-ambiguous` without, and where only projects meet."""
    trying = _Trying(served)
    for group in _groups(served.entries):
        for part in _apart([(entry, _literals(entry)) for entry in group]):
            for at, entry in enumerate(part):
                trying.against_earlier(entry, part[:at])
    for (_, meeting), clash in trying.found.items():
        yield _problem(clash, meeting)
    if trying.untried:
        yield _untried(trying.untried)


def _groups(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """The mocks, by all that ranks them but their name, and by their literal segments."""
    groups: dict[Hashable, list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.order, entry.route.rank[:3]), []).append(entry)
    for group in groups.values():
        if len(group) > 1:
            alike: dict[Hashable, list[Entry]] = {}
            for entry in group:
                alike.setdefault(entry.pattern.fixed if entry.order[1] != REGEX else (), []).append(entry)
            yield from (found for found in alike.values() if len(found) > 1)


Asked = list[tuple[Entry, dict[Hashable, Hashable]]]
"""Mocks with the literal values that they want, by place."""


def _apart(asked: Asked) -> Iterator[list[Entry]]:
    """Parts of a group such that two mocks in no common part can have no request in common."""
    if len(asked) < 2:
        return
    tally: dict[Hashable, set[Hashable]] = {}
    for _, literals in asked:
        for key, value in literals.items():
            tally.setdefault(key, set()).add(value)
    key = max(tally, key=lambda each: len(tally[each]), default=None)
    if key is None or len(tally[key]) < 2:
        yield [entry for entry, _ in asked]
        return
    without = [(entry, literals) for entry, literals in asked if key not in literals]
    some = without[: MOST_EFFORT // len(asked)]  # each part takes them along, and there may be thousands of parts
    by_value: dict[Hashable, Asked] = {}
    for entry, literals in asked:
        if key in literals:
            left = {name: value for name, value in literals.items() if name != key}
            by_value.setdefault(literals[key], []).append((entry, left))
    yield from _apart(without)
    for part in by_value.values():
        yield from _apart(sorted([*some, *part], key=lambda pair: pair[0].route.id))


def _literals(entry: Entry) -> dict[Hashable, Hashable]:
    conditions = aligned(entry.route.conditions, entry.pattern)
    found: dict[Hashable, Hashable] = {(STATE, name): state for name, state in (states_of(conditions) or {}).items()}
    return found | dict(filter(None, map(match.discriminator, conditions)))


class _Trying:
    """The pairs that were tried: what was found, by the second mock of each, and what there was no time for."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.found: dict[tuple[str, Meeting], Clash] = {}
        self.untried: list[Route] = []
        self._effort = 0
        self._solved: dict[bytes, tuple[bool, dict[str, Any] | None]] = {}

    def against_earlier(self, entry: Entry, earlier: Sequence[Entry]) -> None:
        """One clash with proof in one view is enough for a mock; without proof the search goes on."""
        for other in earlier:
            first, second = sorted((other.route, entry.route), key=lambda route: route.id)
            meeting = self.served.meeting(first, second)
            if not meeting or first.id == second.id or not shared_methods(first, second):
                continue
            known = self.found.get((second.id, meeting))
            if known is not None and known.request:
                if meeting == "view":
                    return
                continue
            if self._effort >= MOST_EFFORT:
                self.untried.append(second)
                return
            self._effort += 1
            clash = self._clash(other, entry)
            if clash is not None and (known is None or clash.request):
                self.found[second.id, meeting] = clash

    def _clash(self, one: Entry, other: Entry) -> Clash | None:
        """What is known of a pair: None if no request is for both."""
        self._effort += HARD * (one.spelled != other.spelled)
        paths = overlap(one.pattern, other.pattern)
        if paths.verdict == "no":
            return None
        sets = list(product(ways(one.route, one.pattern), ways(other.route, other.pattern)))
        first, second = sorted((one.route, other.route), key=lambda route: route.id)
        possible = len(sets) > MOST_WAYS
        for left, right in sets[:MOST_WAYS]:
            states = states_of(left + right)
            if states is None:
                continue
            excluded, parts = self._solution(_without_states(left + right))
            possible = possible or not excluded
            request = _request(self.served, one, other, paths.witness, parts) if parts is not None else ""
            if request:
                return Clash(first, second, request + _while(states))
        return Clash(first, second, "") if possible else None

    def _solution(self, conditions: tuple[Condition, ...]) -> tuple[bool, dict[str, Any] | None]:
        """Whether the conditions exclude one another, and parts of a request for all. Many pairs ask the same."""
        key = msgspec.msgpack.encode(conditions)
        found = self._solved.get(key)
        if found is None:
            self._effort += HARD
            parts = match.witness(conditions, self.served.now)
            found = self._solved[key] = (parts is None and match.impossible(conditions, self.served.now), parts)
        return found


def _request(served: Served, one: Entry, other: Entry, path: Path, parts: Mapping[str, Any]) -> str:
    """A request that both mocks answer, tried on both; empty if the one that was made does not do."""
    if not path:
        return ""
    values = parts.get("params", {})
    for entry in (one, other):
        path = filled(entry.pattern, path, values)
    raw = b"".join(b"/" + quote(segment, safe="!$&'()*+,;=:@-._~").encode() for segment in path)
    method = _method(one.route, other.route, "body" in parts)
    request = match.request_of(dict(parts), served.now, method, raw)
    if not all(_answers(entry, request, path) for entry in (one, other)):
        return ""
    mount = () if "host" in parts else served.mount(one.route) or served.mount(other.route)
    return spelled(request, "".join("/" + segment for segment in mount), named="host" in parts)


def _method(one: Route, other: Route, body: bool) -> str:
    shared = shared_methods(one, other)
    if ANY in shared:
        return "POST" if body else "GET"
    return min(shared, key=lambda name: METHODS.index(name) if name in METHODS else len(METHODS))


def _answers(entry: Entry, request: Request, path: Path) -> bool:
    """Whether a mock answers a request, in the states that it asks for."""
    params = pattern.match(entry.pattern)(path)
    if params is None:
        return False
    request.params = params
    route = entry.route
    answers = tuple(replace(answer, conditions=_without_states(answer.conditions)) for answer in route.answers)
    candidate = Candidate(replace(route, conditions=_without_states(route.conditions), answers=answers), entry.pattern)
    return all(test(request) for test in candidate.tests) and candidate.choose(request) is not None


def _without_states(conditions: Sequence[Condition]) -> tuple[Condition, ...]:
    return tuple(condition for condition in conditions if condition.where != STATE)


def _while(states: Mapping[str, str]) -> str:
    return "".join(f", while {scenario} is `{state}`" for scenario, state in sorted(states.items()))


def spelled(request: Request, mount: str = "", *, named: bool = False) -> str:
    """A request as `keymock explain` takes it: `POST '/pay?x=1' -H 'x-tenant: t1' -d '{"a": 1}'`."""
    url = mount + request.raw_path.decode()
    if request.query_string:
        url += "?" + request.query_string.decode()
    if named or request.scheme != "http":
        url = f"{request.scheme}://{request.host}{url}"
    words = [request.method, shlex.quote(url)]
    for name, value in request.headers:
        words += ["-H", shlex.quote(f"{name.decode()}: {value.decode()}")]
    if request.body:
        words += ["-d", shlex.quote(request.body.decode("utf-8", "backslashreplace"))]
    if request.client != "127.0.0.1":
        words.append(f"from {request.client}")
    return " ".join(words)


def _problem(clash: Clash, meeting: Meeting) -> Problem:
    first, second, request = clash
    hint = "a condition more, or `priority = 1` above the first table of one of them, decides"
    if not request:
        message = f"`{title(second)}` and {place(first)} rank alike, and may both match one request"
        return warning(second.file, "maybe-ambiguous", message, hint=hint, line=second.line)
    message = f"`{title(second)}` and {place(first)} both answer {request}"
    if meeting == "view":
        return error(second.file, "ambiguous", message, hint=hint, line=second.line)
    message += ", at the bare host where their projects meet"
    hint = "the first by name answers there; a `mount` in project.toml sets a project apart"
    return warning(second.file, "maybe-ambiguous", message, hint=hint, line=second.line)


def _untried(routes: Sequence[Route]) -> Problem:
    return warning(
        routes[0].file,
        "maybe-ambiguous",
        f"{len(routes)} mocks, this one first, rank like so many others that not all were held against each other",
        hint="a literal in a header, the query or the JSON body tells mocks of one route apart",
        line=routes[0].line,
    )
