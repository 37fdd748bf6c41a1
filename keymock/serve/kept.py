"""What the app keeps of the world that is served: answers that are ready, and where request lines lead.

Nothing of it outlives the world that it was made from: whoever swaps or switches something says so (`forget`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from keymock import engine
from keymock.exchange import Headers, Reply, Request
from keymock.journal import Alike
from keymock.serve.intake import MAX_HEADERS, MAX_URL
from keymock.serve.messages import MOST_SHARED, Ready
from keymock.serve.perform import UNWATCHED
from keymock.steady import Course

Line = tuple[bytes | None, str, bytes]
"""Host, method and path of a request."""

Pair = tuple[bytes, bytes]

MOST_READY = 20_000
MOST_LEADS = 4_000


class KeptReply:
    """A reply that is kept: what a request that is like an earlier one is answered by.

    Thousands of them are served in turns, and then most of their price is memory that no processor has at hand. So
    one is as flat as it can be, and shares what it can with the others.
    """

    __slots__ = ("alike", "body", "delay", "headers", "sent", "status")

    def __init__(self, ready: Ready, delay: float, headers: Sequence[Pair]) -> None:
        self.status: int = ready.start["status"]
        self.headers = headers
        self.body: bytes = ready.body["body"]
        self.sent = ready.sent
        self.delay = delay
        self.alike: Alike | None = None
        """What the last exchange that it answered was, which the next one is likely to be too."""


class Head:
    """What is known of a request by its headers. Clients say the same ones again and again, and so this is kept.

    `plain` says that there is one Host, no body, and no header that could change an answer or name a session; `size`
    is that of the values, and `short` says that they are far from every limit. `ready` are the replies to requests for
    this Host, by method and path.
    """

    __slots__ = ("headers", "host", "plain", "ready", "short", "size")

    def __init__(self, headers: Headers, changing: frozenset[bytes]) -> None:
        self.headers = headers
        self.host: bytes | None = None
        self.plain = True
        self.ready: Mapping[str, Mapping[bytes, KeptReply]] = {}
        size = 0
        for name, value in headers:
            size += len(value)
            if name in changing:
                if name == b"host" and self.host is None:
                    self.host = value
                else:
                    self.plain = False
        if not self.host:
            self.plain = False  # of HTTP/1.0 alone: any other request is refused for it
        self.size = size
        self.short = size < MAX_URL and len(headers) < MAX_HEADERS


NOBODY = Head([], frozenset())
"""Without a Host there is nothing for it."""


class Kept:
    """Bounded, so that clients who ask for paths at random do not fill the memory."""

    def __init__(self, changing: frozenset[bytes] = frozenset()) -> None:
        self._changing = changing
        self.head = NOBODY
        """That of the last request."""
        self.ready: dict[bytes | None, dict[str, dict[bytes, KeptReply]]] = {}
        """By host, method and path."""
        self._number = 0
        self._pairs: dict[Pair, Pair] = {}
        self.by_accept: dict[tuple[bytes | None, str, bytes, bytes, bytes], KeptReply] = {}
        """Replies that a contract makes: they depend on the query and on `Accept` too."""
        self.leads: dict[Line, tuple[engine.Lead, ...]] = {}
        """Where request lines lead whose answers cannot be kept."""
        self.courses: dict[Line, Course] = {}
        """What becomes of plain requests with these lines."""
        self.steady: engine.Known = {}
        """Answers that have a short way to their reply."""
        self.bodied: set[Line] = set()
        """Lines whose body was asked for once: it is read at once from then on, and the engine asked but one time."""

    def begin(self, changing: frozenset[bytes]) -> None:
        """Begins with a world in which these headers may change an answer, besides the conditions of mocks."""
        self.forget()
        self._changing = changing

    def forget(self) -> None:
        """Forgets what is kept of a world that is no more, or no longer the same."""
        self.head = NOBODY
        self.ready.clear()
        self._number = 0
        self._pairs.clear()
        self.by_accept.clear()
        self.leads.clear()
        self.courses.clear()
        self.steady.clear()
        self.bodied.clear()

    def look_at(self, headers: Headers) -> Head:
        """What these headers say, and the next request's perhaps."""
        self.head = head = Head([*headers], self._changing)  # whoever made the list may go on with it
        head.ready = self.ready.get(head.host, {})
        return head

    def accepted(
        self, host: bytes | None, method: str, raw_path: bytes, query: bytes, headers: Headers
    ) -> KeptReply | None:
        """The reply that a contract made to the same request."""
        return self.by_accept.get((host, method, raw_path, query, _accept(headers)))

    def keep(self, host: bytes | None, request: Request, reply: Reply, ready: Ready) -> None:
        """Keeps a reply, if whoever asks the same will get the same."""
        if not (reply.reusable or reply.by_accept) or reply.file is not None or reply.stream or reply.fault:
            return
        if not reply.by_accept:
            if reply.delay <= UNWATCHED:
                self._make_room()
                kept = KeptReply(ready, reply.delay, self._shared(ready.start["headers"]))
                if host not in self.ready:
                    self.ready[host] = {}
                    self.head = NOBODY  # it knows of none
                self.ready[host].setdefault(request.method, {})[request.raw_path] = kept
        elif len(reply.body) <= MOST_SHARED and not reply.delay:
            self._make_room()
            key = (host, request.method, request.raw_path, request.query_string, _accept(request.headers))
            headers = self._shared(ready.start["headers"])
            self.by_accept[key] = KeptReply(ready, 0.0, headers)  # none too long: any query makes another one

    def _make_room(self) -> None:
        """For one more. Those that are asked for come back at once, when there were too many others."""
        self._number += 1
        if self._number > MOST_READY:
            self.ready.clear()
            self.by_accept.clear()
            self._pairs.clear()
            self._number = 1
            self.head = NOBODY

    def _shared(self, headers: Headers) -> Sequence[Pair]:
        """The headers, each the one that others have too."""
        return tuple([self._pairs.setdefault(pair, pair) for pair in headers])

    def keep_leads(self, line: Line, leads: tuple[engine.Lead, ...]) -> None:
        """Keeps where a line leads."""
        if len(self.leads) < MOST_LEADS:
            self.leads[line] = leads

    def keep_course(self, line: Line, course: Course) -> None:
        """Keeps what becomes of a line's requests."""
        if len(self.courses) < MOST_LEADS:
            self.courses[line] = course

    def keep_bodied(self, line: Line) -> None:
        """Keeps that the body of a line has a say."""
        if len(self.bodied) < MOST_LEADS:
            self.bodied.add(line)


def _accept(headers: Headers) -> bytes:
    """Every `Accept` of a request."""
    return b",".join([value for name, value in headers if name == b"accept"])
