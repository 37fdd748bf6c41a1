"""Candidates for a request: routes under their patterns, ranked once, narrowed by what tells them apart."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import chain
from operator import attrgetter, itemgetter

from keymock import match
from keymock.exchange import Request
from keymock.index.choice import Choice, Test, choose, offered
from keymock.index.route import ANY, Answer, Route
from keymock.index.stock import Kept
from keymock.match.places import Key
from keymock.pattern import Pattern
from keymock.pattern import match as match_path

Segments = tuple[str, ...]


class Candidate:
    """One route under one of its patterns, with its conditions compiled at first use."""

    __slots__ = ("_match", "_tests", "choices", "offered", "pattern", "quiet", "rank", "route", "still")

    def __init__(self, route: Route, pattern: Pattern) -> None:
        self.route = route
        self.pattern = pattern
        self.rank = route.rank
        self._match: Callable[[Segments], dict[str, str] | None] | None = None
        self._tests: tuple[Test, ...] | None = None
        self.choices: tuple[Choice, ...] = ()
        self.still = True
        """Whether answering leaves nothing behind, and is the same each time. Known once `tests` was asked for."""
        self.quiet = True
        """Whether it leaves nothing behind but what an answer itself does; known as `still` is."""
        self.offered: tuple[str, ...] = ()
        """The content types among which Accept chooses, if there are several; known as `still` is."""

    def params(self, segments: Segments) -> dict[str, str] | None:
        """The path parameters, or None if the path does not fit after all."""
        if self._match is None:
            self._match = match_path(self.pattern, literals_checked=True)
        return self._match(segments)

    @property
    def tests(self) -> tuple[Test, ...]:
        """The conditions as plain functions, the cheap ones first."""
        if self._tests is None:
            self._compile()
        return self._tests or ()

    @property
    def plain(self) -> bool:
        """Whether method and path alone decide, and there is only one answer."""
        return not self.tests and not self.choices

    @property
    def needs_body(self) -> bool:
        """Whether the body has a say in whether and how this mock answers."""
        route = self.route
        variants = chain.from_iterable(answer.conditions for answer in route.answers)
        return any(map(match.needs_body, chain(route.conditions, variants)))

    def _compile(self) -> None:
        route = self.route
        self._tests = _compiled(route.conditions)
        first = route.answers[0]
        if len(route.answers) > 1 or first.conditions or first.limited or route.at_end == "no-match":
            self.choices = tuple((answer, _compiled(answer.conditions)) for answer in route.answers)
        conditions = chain(route.conditions, *(answer.conditions for answer in route.answers))
        counts = any(condition.where == "call" for condition in conditions)
        self.offered = offered(route)
        self.quiet = route.still and not counts and not self.offered
        self.still = self.quiet and all(answer.play.still for answer in route.answers)

    def choose(self, request: Request) -> Answer | None:
        """The answer for a request that fulfils the route's own conditions, None if the mock has none left."""
        return choose(self.route, self.choices, request) if self.choices else self.route.answers[0]


def _compiled(conditions: Sequence[match.Condition]) -> tuple[Test, ...]:
    return tuple(match.compile(condition) for condition in sorted(conditions, key=match.cost))


Entry = tuple[Route, Pattern] | Kept
"""A route under one of its patterns, before anybody asked for it."""


def id_of(entry: Entry) -> str:
    """The mock that an entry is about."""
    return entry.name if isinstance(entry, Kept) else entry[0].id


class Bucket:
    """The routes that share a shape and its literal segments; made into candidates, best first, at first use."""

    __slots__ = ("_by_method", "_candidates", "entries")

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries
        self._candidates: tuple[Candidate, ...] = ()
        self._by_method: dict[str, Shortlist] = {}

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """All of them, best first."""
        if not self._candidates:
            taken = (entry.taken() if isinstance(entry, Kept) else entry for entry in self.entries)
            made = (Candidate(route, pattern) for route, pattern in taken)
            self._candidates = tuple(sorted(made, key=attrgetter("rank")))
        return self._candidates

    def for_method(self, method: str) -> Shortlist:
        """Those that take the method, best first. HEAD is taken by GET too: what names HEAD itself goes first."""
        found = self._by_method.get(method)
        if found is None:
            ranked = sorted(self._taking(method), key=itemgetter(0))
            found = Shortlist(tuple(candidate for _, candidate in ranked))
            if len(self._by_method) < 64:  # a client may send any token as a method
                self._by_method[method] = found
        return found

    def _taking(self, method: str) -> Iterator[tuple[tuple[int, int, int, int, str], Candidate]]:
        for candidate in self.candidates:
            scope, count, width, name = candidate.rank
            methods = candidate.route.methods
            if method in methods:
                yield (scope, count, 0, width, name), candidate
            elif ANY in methods or (method == "HEAD" and "GET" in methods):
                yield (scope, count, 1, width, name), candidate


class Shortlist:
    """Candidates in order, narrowed by a value that tells many of them apart before any is tried.

    When several candidates ask the same place (a header, say, or a JSON field) for one literal value each, a look
    at the request's value leaves those that can still match. The order stays, so the result is the same as trying
    all of them.
    """

    __slots__ = ("_key", "_rest", "_table", "_unsplit", "candidates", "conditional", "needs_body")

    WORTH_SPLITTING = 4
    MOST_COPIES = 10_000

    def __init__(self, candidates: tuple[Candidate, ...]) -> None:
        self.candidates = candidates
        self.conditional = not all(candidate.plain for candidate in self.candidates)
        self.needs_body = any(candidate.needs_body for candidate in self.candidates)
        self._unsplit = len(self.candidates) >= self.WORTH_SPLITTING
        self._key: Key | None = None
        self._table: dict[Hashable, Shortlist] = {}
        self._rest: Shortlist | None = None

    def narrowed(self, request: Request) -> tuple[Candidate, ...]:
        """The candidates that this request can still fulfil, best first."""
        if self._unsplit:
            self._split()
        if self._key is None:
            return self.candidates
        values = match.discriminator_values(self._key, request)
        if len(values) > 1:
            return self.candidates
        rest = self._rest
        found = self._table.get(values[0], rest) if values else rest
        return found.narrowed(request) if found is not None else ()

    def _split(self) -> None:
        """Splits by the key with the most values, if at least half of the candidates ask for it."""
        self._unsplit = False
        asked = [_literals(candidate.route) for candidate in self.candidates]
        tally: dict[Key, set[Hashable]] = {}
        for literals in asked:
            for key, value in literals.items():
                tally.setdefault(key, set()).add(value)
        if not tally:
            return
        key = max(tally, key=lambda each: (len(tally[each]), each[0] != "body.json"))
        others = sum(key not in literals for literals in asked)
        copies = others * len(tally[key])  # every part takes the others along
        if len(tally[key]) < 2 or others * 2 > len(asked) or copies > self.MOST_COPIES:
            return
        pairs = list(zip(asked, self.candidates, strict=True))
        self._rest = Shortlist(tuple(found for literals, found in pairs if key not in literals))
        for value in tally[key]:
            self._table[value] = Shortlist(
                tuple(found for literals, found in pairs if literals.get(key, value) == value)
            )
        self._key = key


def _literals(route: Route) -> dict[Key, Hashable]:
    """What a route asks for literally, by place. Not its path parameters: they are read after the look-up."""
    found = (match.discriminator(condition) for condition in route.conditions)
    return {key: value for key, value in filter(None, found) if key[0] != "params"}
