"""The short way to a reply: what no request changes of an answer is looked up once for a world, not each time.

Between the mock that was found and its reply lie the questions whether it may be used, whether a contract has a say, a
fault profile, a guard, records, a preference. For most mocks the world answers all of them, whoever asks. Such an
answer is `Steady`, and its reply is made at once; every other takes the long way (`engine`), and both say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from keymock import faults
from keymock.chance import Chance
from keymock.exchange import Reply, Request
from keymock.filling import Compiled, Filling, compiled, values_of
from keymock.index import NEEDS_BODY, Answer, NeedsBody, Route
from keymock.index.candidate import Candidate, Segments
from keymock.index.choice import Test
from keymock.index.route import Play
from keymock.journal import Story
from keymock.lasting import is_lasting, lasting_reply
from keymock.negotiation import WORTH_IT, compressed
from keymock.refill import Refill
from keymock.reply import failed, fill_in, move, reads_body, reply, session_of
from keymock.state import Session
from keymock.template import TemplateError


class Steady:
    """An answer of a mock, for requests that ask for nothing special (`Request.influenced`, `upgrade`)."""

    __slots__ = ("answer", "filling", "lasting", "reads_body", "route", "simple", "templates", "told")

    def __init__(
        self, candidate: Candidate, answer: Answer, filling: Filling, told: Sequence[tuple[bytes, bytes]]
    ) -> None:
        self.route: Route = candidate.route
        self.answer = answer
        self.filling = filling
        self.told = told
        """The headers that say which mock it was."""
        self.lasting = is_lasting(candidate)
        self.reads_body = reads_body(self.answer.play)
        texts = self.answer.play.texts
        self.templates: Compiled | None = compiled(texts) if texts is not None else None
        self.simple = is_simple(answer.play, self.templates)

    def reply(self, request: Request, *, sure: bool) -> Reply | NeedsBody:
        """The reply. `sure` says that nothing but method and path had a part in finding the mock."""
        if self.reads_body and request.body is None:
            return NEEDS_BODY
        route, answer = self.route, self.answer
        session = session_of(request)
        if self.lasting:
            made = lasting_reply(route, answer, request, session, self.filling, sure=sure, templates=self.templates)
            made.headers += self.told
            made.story = Story(route, request.mount, delay=made.delay)
        else:
            before = after = ""
            if route.scenario:
                before = session.scenario(route.space, route.scenario)
            make = simple_reply if self.simple else reply
            made = make(route, answer, request, session, self.filling, templates=self.templates)
            made.headers += self.told
            if route.scenario:
                after = session.scenario(route.space, route.scenario)
            calls = session.calls[route.id]
            made.story = Story(route, request.mount, session.seed, calls, before, after, made.delay, made.fault)
        return compressed(request, made) if len(made.body) >= WORTH_IT else made

    def refill(self, line: Request) -> Refill | None:
        """The same as an answer whose text is filled in anew each time, for requests with a line; None if more than
        the text may differ."""
        route, play, templates = self.route, self.answer.play, self.templates
        moves = route.scenario or play.sets or play.times or not route.still
        bodiless = self.answer.status in (204, 304)
        if self.lasting or self.reads_body or moves or play.wait.first or bodiless or not self.simple:
            return None
        if templates is None or not templates.text_alone:
            return None
        return Refill(route, self.answer, templates, self.filling, self.told, line)


def is_simple(play: Play, templates: Compiled | None) -> bool:
    """Whether `simple_reply` will do: nothing but the status, headers and body is filled in, drawn or broken."""
    waits = play.wait.shape == "fixed" and play.first_byte == faults.NO_WAIT and play.pace == faults.AT_ONCE
    more = play.bucket is not None or play.events is not None or bool(play.fault)
    live = templates is not None and (templates.capture or templates.delay or templates.first_byte)
    return waits and not more and not live


def simple_reply(
    route: Route, answer: Answer, request: Request, session: Session, filling: Filling, templates: Compiled | None
) -> Reply:
    """What `reply` says, for an answer that is simple and no folder."""
    call = session.called(route.id)
    made = Reply(answer.status, [*answer.headers], answer.body, answer.file, mock=route.id, response=answer.name)
    if templates is not None:
        values = values_of(route, request, session, filling, Chance(session.seed, session.name, route.id, call))
        try:
            fill_in(made, templates, values)
        except TemplateError as fault:
            return failed(route, fault, answer.play.texts)
    move(route, answer, session)
    made.delay = answer.play.wait.first
    return made


class Try(NamedTuple):
    """An answer, if all of the tests hold."""

    tests: tuple[Test, ...]
    params: dict[str, str]
    steady: Steady


class Course(NamedTuple):
    """What becomes of requests with one request line, their body read: the first answer whose tests hold.

    `host` is the name and port that the line came for, `mount` and `segments` the two parts of its path.
    """

    tries: tuple[Try, ...]
    host: tuple[str, int | None]
    mount: str
    segments: Segments
    refill: Refill | None = None
    """The first answer, if nothing is asked of the request and it is one that is filled in anew."""

    def reply(self, request: Request) -> Reply | None:
        """The reply to a request that asks for nothing special; None where the long way has to be gone."""
        request.host, request.port = self.host
        for tests, params, steady in self.tries:
            request.params = params
            for test in tests:
                if not test(request):
                    break
            else:
                request.mount, request.segments = self.mount, self.segments
                made = steady.reply(request, sure=False)
                return None if isinstance(made, NeedsBody) else made
        return None


MOST_TRIES = 8
"""Beyond them, a shortlist that is narrowed is faster."""


def is_steady(candidate: Candidate, answer: Answer) -> bool:
    """Whether a mock asks for nothing but its conditions, and its answer is no more than bytes and templates."""
    route = candidate.route
    play = answer.play
    more = route.barrier, route.resource, route.websocket, answer.folder, answer.file, play.events, play.start
    return more == (None,) * len(more) and not (route.webhooks or route.contract or candidate.offered)
