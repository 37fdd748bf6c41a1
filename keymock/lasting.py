"""Answers that last: the same for every request with the same line, for as long as the world does."""

from __future__ import annotations

import functools

import msgspec

from keymock.chance import Chance
from keymock.exchange import Reply, Request
from keymock.filling import Compiled, Filling, compiled, values_of
from keymock.index import Answer, Route
from keymock.index.candidate import Candidate
from keymock.index.route import Texts
from keymock.reply import failed, fill_in
from keymock.state import Session
from keymock.template import TemplateError


def is_lasting(candidate: Candidate) -> bool:
    """Whether a mock answers requests with the same line alike, for as long as the world lasts, and leaves nothing
    behind: its calls are not even counted."""
    return candidate.still or (candidate.quiet and all(map(_lasts, candidate.route.answers)))


def _lasts(answer: Answer) -> bool:
    texts = answer.play.texts
    if texts is None:
        return answer.play.still
    return msgspec.structs.replace(answer.play, texts=None).still and _settled(texts)


@functools.lru_cache(maxsize=4096)
def _settled(texts: Texts) -> bool:
    return compiled(texts).settled


def lasting_reply(
    route: Route,
    answer: Answer,
    request: Request,
    session: Session,
    filling: Filling,
    *,
    sure: bool,
    templates: Compiled | None = None,
) -> Reply:
    """What `reply` says, for an answer of a mock that is lasting. `sure` says that nothing but the request's line had a
    part in finding it."""
    made = Reply(answer.status, [*answer.headers], answer.body, answer.file, mock=route.id, response=answer.name)
    if answer.play.texts is not None:
        values = values_of(route, request, session, filling, Chance(session.seed, session.name, route.id, 0))
        try:
            fill_in(made, templates or compiled(answer.play.texts), values)
        except TemplateError as fault:
            return failed(route, fault, answer.play.texts)
    made.delay = answer.play.wait.first
    made.reusable = sure
    return made
