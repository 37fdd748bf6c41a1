"""What a team asks of its mocks, `[policy]` of keymock.toml, held against those that are new or different."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import inf

from msgspec import UNSET

from keymock.index import Answer, Route
from keymock.problems import Problem, error
from keymock.spec import Policy


def check(policy: Policy, routes: Iterable[Route], sizes: dict[str, int]) -> Iterator[Problem]:
    """`routes` are the mocks to look at. `sizes` are the bytes of their bodies that stand in the mock's own file."""
    for route in routes:
        yield from _variants(policy, route)
        most = inf if policy.max_inline_body is UNSET else policy.max_inline_body
        if sizes.get(route.id, 0) > most:
            message = f"a body of {sizes[route.id]} bytes stands in the mock's file; `max_inline_body` is {int(most)}"
            hint = "put it beside the mock: <name>.body.json"
            yield error(route.file, "policy", message, hint=hint, line=route.line)


def _variants(policy: Policy, route: Route) -> Iterator[Problem]:
    if route.resource is not None or route.websocket is not None:
        return  # records answer 404 by themselves
    has = {answer.status for answer in route.answers}
    for method, statuses in policy.require_variants.items():
        missing = [str(status) for status in statuses if status not in has]
        if missing and method in route.methods:
            message = f"a mock for {method} needs an answer {' and '.join(missing)}, by `require_variants`"
            hint = f"add one to its [[responses]]: status = {missing[0]}"
            yield error(route.file, "policy", message, hint=hint, line=route.line)


def inline(answer: Answer) -> int:
    """The bytes of an answer's body as far as it is written down."""
    texts = answer.play.texts
    if texts is not None and (texts.body or texts.json or texts.json_text):
        return len(texts.body or texts.json_text) + len(texts.json)
    return len(answer.body)
