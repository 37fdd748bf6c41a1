"""A request and a table → the mock that answers, or what is known about why none does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from keymock.exchange import METHODS, Request
from keymock.index.candidate import Candidate, Segments, Shortlist
from keymock.index.route import ANY, Answer
from keymock.index.table import Table


class Found(NamedTuple):
    """The mock that answers. `sure` says that nothing but method and path had a part in the choice."""

    candidate: Candidate
    answer: Answer
    params: dict[str, str]
    sure: bool


class NeedsBody:
    """The body decides, and has not been read yet: read it and ask again."""


NEEDS_BODY = NeedsBody()


def find(table: Table, request: Request, segments: Segments) -> Found | NeedsBody | None:
    """The first mock, in the order of precedence, whose path, method, conditions and responses all fit.

    Leaves the winner's path parameters on the request.
    """
    return find_among(table.shortlists(request.method, segments), request, segments)


def find_among(shortlists: Iterable[Shortlist], request: Request, segments: Segments) -> Found | NeedsBody | None:
    """`find`, for a caller who has kept what the table says of this method and path."""
    sure = True
    for shortlist in shortlists:
        if shortlist.needs_body and request.body is None:
            return NEEDS_BODY
        if shortlist.conditional:
            sure = False
        for candidate in shortlist.narrowed(request):
            params = candidate.params(segments)
            if params is None:
                continue
            request.params = params
            for test in candidate.tests:
                if not test(request):
                    break
            else:
                answer = candidate.choose(request)
                if answer is not None:
                    return Found(candidate, answer, params, sure)
    request.params = {}
    return None


def methods_of(table: Table, segments: Segments) -> set[str]:
    """What the mocks on this path say of their methods, whatever their conditions; empty if the path is unknown."""
    return {method for candidate in table.paths(segments) for method in candidate.route.methods}


def allowed_methods(methods: set[str]) -> list[str]:
    """The methods that follow from these, sorted, for `Allow`: HEAD from GET, OPTIONS from any, all usual from `*`."""
    found = methods - {ANY}
    if ANY in methods:
        found |= set(METHODS)
    if "GET" in found:
        found.add("HEAD")
    if found:
        found.add("OPTIONS")
    return sorted(found)
