"""The short way to a reply: what no request changes of an answer is looked up once for a world, not each time.

Between the mock that was found and its reply lie the questions whether it may be used, whether a contract has a say, a
fault profile, a guard, records, a preference. For most mocks the world answers all of them, whoever asks. Such an
answer is `Steady`, and its reply is made at once; every other takes the long way (`engine`), and both say the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from keymock.exchange import Reply, Request
from keymock.filling import Compiled, Filling, compiled
from keymock.index import NEEDS_BODY, Answer, Found, NeedsBody, Route
from keymock.journal import Story
from keymock.negotiation import WORTH_IT, compressed
from keymock.reply import reads_body, reply, session_of


class Steady:
    """An answer of a mock, for requests that ask for nothing special (`Request.influenced`, `upgrade`)."""

    __slots__ = ("answer", "filling", "reads_body", "route", "still", "templates", "told")

    def __init__(self, found: Found, filling: Filling, told: Sequence[tuple[bytes, bytes]]) -> None:
        self.route: Route = found.candidate.route
        self.answer: Answer = found.answer
        self.filling = filling
        self.told = told
        """The headers that say which mock it was."""
        self.still = found.candidate.still
        self.reads_body = reads_body(self.answer.play)
        texts = self.answer.play.texts
        self.templates: Compiled | None = compiled(texts) if texts is not None else None

    def reply(self, request: Request, *, sure: bool) -> Reply | NeedsBody:
        """The reply. `sure` says that nothing but method and path had a part in finding the mock."""
        if self.reads_body and request.body is None:
            return NEEDS_BODY
        route, answer = self.route, self.answer
        if self.still:
            made = Reply(answer.status, [*answer.headers, *self.told], answer.body, mock=route.id, response=answer.name)
            made.delay = answer.play.wait.first
            made.reusable = sure
            made.story = Story(route, request.mount, delay=made.delay)
        else:
            session = session_of(request)
            scenario = route.scenario
            before = session.scenario(route.space, scenario) if scenario else ""
            made = reply(route, answer, request, session, self.filling, templates=self.templates)
            made.headers += self.told
            after = session.scenario(route.space, scenario) if scenario else ""
            calls = session.calls[route.id]
            made.story = Story(route, request.mount, session.seed, calls, before, after, made.delay, made.fault)
        return compressed(request, made) if len(made.body) >= WORTH_IT else made


def is_steady(found: Found) -> bool:
    """Whether a mock asks for nothing but its conditions, and its answer is no more than bytes and templates."""
    route, answer = found.candidate.route, found.answer
    more = route.barrier, route.resource, route.websocket, answer.folder, answer.file, answer.play.events
    return more == (None,) * len(more) and not (route.webhooks or route.contract or found.candidate.offered)
