"""A request held against its project's contract on the way to its answer: what is refused, and what is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from keymock.chance import Chance
from keymock.contract.model import Operation
from keymock.contract.paths import by_name
from keymock.contract.replying import Checked, Served, Wanted, told_by, wrong_with
from keymock.contract.validating import Violation
from keymock.exchange import Headers, Reply, Request, problem_reply
from keymock.index import NEEDS_BODY, Answer, Found, NeedsBody, Route
from keymock.reply import session_of
from keymock.spec import Strictness


class Held(NamedTuple):
    """A request beside its operation. `params` are those of the path, by the names of the document."""

    served: Served
    checked: Checked
    params: Mapping[str, str]
    asked: bool
    """Whether the caller asked for an answer by a preference."""
    request: Request

    def told(self, route: Route, made: Reply, *, sure: bool) -> Reply:
        """See `told`."""
        return told(self, route, made, sure=sure)


def hold(
    contracts: Mapping[str, tuple[Served, ...]], route: Route, request: Request, found: Found
) -> Held | Reply | NeedsBody | None:
    """The request held against its operation; a Reply if it is refused, None if no contract speaks of it."""
    candidates = contracts.get(route.contract or route.space, ())
    for served in candidates:
        if route.contract:
            operation = served.operation(route.operation)
            return _hold(served, operation, by_name(operation.path, found.params), route, request)
        spoken = served.found(request, request.segments)
        if spoken is not None:
            return _hold(served, *spoken, route, request)
    return None


def _hold(
    served: Served, operation: Operation, params: Mapping[str, str], route: Route, request: Request
) -> Held | Reply | NeedsBody:
    rules = served.rules_of(route.validate)
    if request.body is None and served.wants_body(operation, rules):
        return NEEDS_BODY
    checked = served.check(operation, request, params, rules)
    if checked.refused and not request.header("prefer"):
        refusal = served.refused(checked, request)
        refusal.mock = route.id if route.contract else ""
        refusal.violations = tuple(each.text for each in checked.told)
        refusal.operation = served.name_of(operation)
        return refusal
    return Held(served, checked, params, asked=bool(request.influenced and request.header("prefer")), request=request)


SMALL = 64 * 1024
"""Bytes of a body that is held back, on its way to the real API or from there, to say at once what is wrong with it."""


class Onlooker(NamedTuple):
    """A contract beside a request that the real API answers: what it says against the request, and of what comes."""

    served: Served
    operation: Operation
    told: tuple[Violation, ...]
    mode: Strictness

    def seen(self, status: int, headers: Headers, body: bytes | None) -> tuple[Violation, ...]:
        """All that is wrong with the request and with the answer; with `body` None, as far as its head tells."""
        if self.mode == "off":
            return self.told
        wrong = wrong_with(self.served.contract, self.operation, status, headers, body)
        return (*self.told, *wrong)

    def withheld(self, wrong: Sequence[Violation]) -> Reply:
        """What is sent in the place of an answer of the real API that the contract does not allow."""
        title = "The real API's answer is not what the contract says"
        return _withheld("", 502, title, self.operation.key, wrong, self.name)

    @property
    def name(self) -> str:
        """The operation, for the journal."""
        return self.served.name_of(self.operation)


def onlooker(
    contracts: Mapping[str, tuple[Served, ...]], space: str, request: Request, segments: tuple[str, ...]
) -> Onlooker | Reply | NeedsBody | None:
    """The contract of a request that goes to the real API; a Reply if it is refused, None if no contract speaks of it.

    A long body passes unseen, unless it is to be refused where it is wrong.
    """
    for served in contracts.get(space, ()):
        spoken = served.found(request, segments)
        if spoken is None:
            continue
        operation, params = spoken
        rules = served.rules
        length = request.header("content-length")
        short = length.isascii() and length.isdigit() and len(length) < 10 and int(length) <= SMALL
        body = rules.mode("body", operation.id)
        if request.body is None and operation.body and (body == "enforce" or (body == "warn" and short)):
            return NEEDS_BODY
        checked = served.check(operation, request, params, rules)
        if checked.refused:
            refusal = served.refused(checked, request)
            refusal.operation = served.name_of(operation)
            refusal.violations = tuple(each.text for each in checked.told)
            return refusal
        return Onlooker(served, operation, checked.told, rules.mode("response", operation.id))
    return None


def given(held: Held, route: Route, usual: Answer, request: Request, wish: Wanted | None) -> Answer | Reply:
    """The contract's own answer, with what its folders add; a Reply if there is none that the caller takes."""
    session = session_of(request)
    chance = Chance(session.seed, session.name, route.id, session.call(route.id))
    made = held.served.answer(held.checked.operation, request, held.params, chance.stream, wish)
    if isinstance(made, Reply):
        made.mock, made.operation = route.id, held.served.name_of(held.checked.operation)
        return made
    own = {name for name, _ in made.headers}
    headers = (*(pair for pair in usual.headers if pair[0] not in own), *made.headers)
    return Answer(made.example, made.status, headers, made.body, play=usual.play)


def told(held: Held, route: Route, made: Reply, *, sure: bool) -> Reply:
    """The reply with what the contract says against the request, and against an answer written by hand.

    `sure` says that the same request line would get the same answer but for its `Accept`.
    """
    served, operation = held.served, held.checked.operation
    made.operation = served.name_of(operation)
    found: list[Violation] = list(held.checked.told)
    mode = served.rules_of(route.validate).mode("response", operation.id)
    if mode != "off" and not held.asked and _by_hand(route, made):
        wrong = served.answered(operation, made)
        if wrong and mode == "enforce":
            title = "The mock's answer is not what the contract says"
            return _withheld(route.id, 500, title, f"{route.file}:{route.line}", wrong, made.operation)
        found += wrong
    if found:
        made.headers.append(told_by(found))
        made.violations = tuple(each.text for each in found)
        made.rendered = True
    if route.contract:
        made.calls = served.calls(operation, made, held.request, held.params, route.id)
    same = made.reusable if not route.contract else sure and not held.asked
    made.reusable, made.by_accept = False, same and served.by_line(operation, route.validate)
    if made.by_accept:
        made.rendered = True
    return made


def _by_hand(route: Route, made: Reply) -> bool:
    """Whether a reply is whole, and what somebody wrote: no contract's own, and none of a problem or a fault."""
    return not (route.contract or made.error or made.fault or made.stream or made.talk or made.onward)


def _withheld(mock: str, status: int, title: str, detail: str, wrong: Sequence[Violation], operation: str) -> Reply:
    """What is sent in the place of an answer that its contract does not allow."""
    reply = problem_reply(
        status, "contract-violation", title, detail,
        violations=[{"in": each.part, "where": each.where, "message": each.message} for each in wrong],
    )  # fmt: skip
    reply.mock, reply.operation = mock, operation
    reply.headers.append(told_by(wrong))
    reply.violations = tuple(each.text for each in wrong)
    return msgspec.structs.replace(reply, rendered=True)
