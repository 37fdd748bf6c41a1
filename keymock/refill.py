"""Answers whose text is filled in anew for each request, and of which nothing else ever differs.

What is drawn, the time and the query change the text alone: which answer it is, its status and its headers are known
before. So its reply need not be made, looked through and written down as a whole each time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from keymock.chance import Chance
from keymock.exchange import Headers, Request
from keymock.filling import OF_LINE, Compiled, Filling, is_settled, values_of
from keymock.index import Answer, Route
from keymock.journal import Alike, Filled, Sent, Story
from keymock.negotiation import WORTH_IT
from keymock.state import Session
from keymock.template import ANYTHING, Always, Template, TemplateError, Values, compile_json

Pair = tuple[bytes, bytes]

SHORT = 100
"""Characters of a value that is kept for one line."""


class Refill:
    """Such an answer, for the requests of one line in the default session."""

    __slots__ = (
        "_asks", "_filling", "_last", "_line", "_looks_back", "_render", "_route", "_sent", "_settled", "headers",
        "status",
    )  # fmt: skip

    def __init__(
        self, route: Route, answer: Answer, templates: Compiled, filling: Filling, told: Sequence[Pair], line: Request
    ) -> None:
        self.status = answer.status
        self.headers: Headers = [*answer.headers, *told]
        self._route = route
        self._filling = filling
        self._line = line
        self._asks = not templates.reads_line_alone
        self._settled = templates.settled_by_head
        self._looks_back = templates.looks_back
        self._render = self._renderer(answer, templates)
        self._sent = Sent(self.status, route.id, answer.name, headers=self.headers, story=Story(route, line.mount))
        """What is answered, all but the text, the seed and the number of the call."""
        self._last: Filled | None = None
        """The last exchange, with which the next one is likely to have much in common."""

    def asks(self, query: bytes, headers: Headers) -> bool:
        """Whether more of a request than its line has a say in its answer, so that there must be one."""
        last = self._last
        known = self._settled and last is not None and _is_like(last[0], query, headers)
        return self._asks and not known

    def filled(
        self,
        request: Request | None,
        session: Session,
        now: float,
        size: int,
        query: bytes,
        headers: Headers,
        generation: int,
    ) -> Filled | None:
        """What is exchanged at a moment, in epoch seconds; the call is counted. `size` is about how many bytes the
        request has.

        None, and nothing is counted, where the text is not all: what cannot be filled in, or is worth compressing,
        goes the long way.
        """
        route, line, last = self._route, self._line, self._last
        again = last if last is not None and _is_like(last[0], query, headers) else None
        call = session.call(route.id)
        if again is not None and self._settled:
            text = again[1]
        else:
            try:
                text = self._render(self._values(request, session, now, call))
            except TemplateError:
                return None
            if len(text) >= WORTH_IT:
                return None
        if again is not None:
            alike = again[0]
        else:
            alike = Alike(size, session.name, line.method, line.raw_path, query, headers, self._sent, generation)
        session.calls[route.id] = call
        self._last = filled = alike, text, session.seed, call
        return filled

    def _values(self, request: Request | None, session: Session, now: float, call: int) -> Values:
        route, line, filling = self._route, self._line, self._filling
        chance = Chance(session.seed, session.name, route.id, call)
        if request is not None:
            request.host, request.port, request.params = line.host, line.port, line.params
            request.mount, request.segments = line.mount, line.segments
        if self._looks_back:
            values = values_of(route, request or line, session, filling, chance)
            values.now = now
            return values
        return Values(request or line, chance, now, vars=filling.vars, env=filling.env)

    # ---- what the line settles -----------------------------------------------------------------------------------

    def _renderer(self, answer: Answer, templates: Compiled) -> Callable[[Values], bytes]:
        texts = answer.play.texts
        if texts is not None and texts.json:
            return compile_json(msgspec.msgpack.decode(texts.json), ANYTHING, self._known).encode
        if templates.json is not None:
            return templates.json.encode
        if templates.text is None:
            raise AssertionError("a refill has a text")
        render = templates.text.render
        return lambda values: render(values).encode()

    def _known(self, template: Template) -> Always | None:
        """What a template becomes for every request, if that is not much."""
        if not is_settled(template, OF_LINE):
            return None
        try:
            value = template.value_of(
                Values(self._line, Chance(0), 0.0, vars=self._filling.vars, env=self._filling.env)
            )
        except TemplateError:
            return None  # whoever asks is told
        return Always(value) if isinstance(value, (str, int, float)) and len(str(value)) <= SHORT else None


def _is_like(alike: Alike, query: bytes, headers: Headers) -> bool:
    return alike.headers is headers and alike.query == query
