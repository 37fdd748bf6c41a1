"""Which of a mock's answers it is: by their own conditions, in turn, or by chance. Decides; moves nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from keymock.chance import Chance
from keymock.exchange import Request
from keymock.index.route import Answer, Route
from keymock.negotiation import accepted
from keymock.state import Session

Test = Callable[[Request], bool]
Choice = tuple[Answer, tuple[Test, ...]]
"""An answer with its conditions compiled."""


def choose(route: Route, choices: Sequence[Choice], request: Request) -> Answer | None:
    """The answer of a mock whose own conditions hold; None if none of its answers may be given.

    Rules: the first whose conditions hold, then the first without conditions. Sequence, cycle and random choose
    among those without conditions; an answer whose conditions hold goes before them in any case.
    """
    session = request.session if isinstance(request.session, Session) else Session("", 0)
    free: list[Answer] = []
    for answer, tests in choices:
        if answer.limited and not _left(route, answer, session, request.now):
            continue
        if not answer.conditions:
            free.append(answer)
        elif all(test(request) for test in tests):
            return answer
    if not free:
        return None
    if route.select == "rules":
        return by_type(free, request)
    return _in_turn(route, free, session) if route.select != "random" else _by_chance(route, free, session)


def by_type(free: Sequence[Answer], request: Request) -> Answer:
    """Of answers without conditions the first; or, where others say the same in another type, what Accept wants most.

    The same is said by those of the same status. Without an acceptable one it is the first.
    """
    offered = rivals(free)
    if not offered:
        return free[0]
    return offered[accepted(request, [type_of(answer) for answer in offered]) or 0]


def rivals(free: Sequence[Answer]) -> Sequence[Answer]:
    """The answers that differ from the first in their type, not in their status; none if there is but one type."""
    if len(free) < 2:
        return ()
    same = [answer for answer in free if answer.status == free[0].status and not _has_live_status(answer)]
    types = {type_of(answer) for answer in same}
    return same if len(types) > 1 and "" not in types else ()


def offered(route: Route) -> tuple[str, ...]:
    """The content types among which Accept chooses; none where it has no say."""
    if route.select != "rules" or len(route.answers) < 2:
        return ()
    return tuple(type_of(answer) for answer in rivals([each for each in route.answers if not each.conditions]))


def type_of(answer: Answer) -> str:
    """The content type of an answer; empty where it has none, or one that a template makes."""
    return next((value.decode("latin-1") for name, value in answer.headers if name == b"content-type"), "")


def _has_live_status(answer: Answer) -> bool:
    return answer.play.texts is not None and bool(answer.play.texts.status)


def _left(route: Route, answer: Answer, session: Session, now: float) -> bool:
    """Whether an answer may still be given: not so often yet, not past its time."""
    play = answer.play
    if play.until and now >= play.until:
        return False
    in_turn = route.select in ("sequence", "cycle")  # there `times` is how often in a row
    return in_turn or not play.times or session.times(route.id, answer.name) < play.times


def names(route: Route) -> tuple[str, ...]:
    """What a sequence is known by: it begins anew when these change."""
    return tuple(answer.name or str(number) for number, answer in enumerate(route.answers))


def _in_turn(route: Route, free: list[Answer], session: Session) -> Answer | None:
    turns = [answer for answer in free for _ in range(max(1, answer.play.times))]
    step = session.step(route.id, names(route))
    if step < len(turns):
        return turns[step]
    if route.select == "cycle" or route.at_end == "cycle":
        return turns[step % len(turns)]
    return None if route.at_end == "no-match" else turns[-1]


def _by_chance(route: Route, free: list[Answer], session: Session) -> Answer | None:
    weights = {number: answer.play.weight for number, answer in enumerate(free)}
    if not any(weights.values()):
        return None
    chance = Chance(session.seed, session.name, route.id, session.call(route.id))
    return free[chance.stream("choice").weighted(weights)]
