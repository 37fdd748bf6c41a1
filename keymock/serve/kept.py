"""What the app keeps of the world that is served: answers that are ready, and where request lines lead.

Nothing of it outlives the world that it was made from: whoever swaps or switches something says so (`forget`).
"""

from __future__ import annotations

from keymock import engine
from keymock.exchange import Headers, Reply, Request
from keymock.serve.messages import MOST_SHARED, Ready
from keymock.serve.perform import UNWATCHED
from keymock.steady import Course

Line = tuple[bytes | None, str, bytes]
"""Host, method and path of a request."""

MOST_READY = 20_000
MOST_LEADS = 4_000


class Kept:
    """Bounded, so that clients who ask for paths at random do not fill the memory."""

    def __init__(self) -> None:
        self.ready: dict[Line, Ready] = {}
        self.by_accept: dict[tuple[bytes | None, str, bytes, bytes, bytes], Ready] = {}
        """Replies that a contract makes: they depend on the query and on `Accept` too."""
        self.leads: dict[Line, tuple[engine.Lead, ...]] = {}
        """Where request lines lead whose answers cannot be kept."""
        self.courses: dict[Line, Course] = {}
        """What becomes of plain requests with these lines."""
        self.steady: engine.Known = {}
        """Answers that have a short way to their reply."""
        self.bodied: set[Line] = set()
        """Lines whose body was asked for once: it is read at once from then on, and the engine asked but one time."""

    def forget(self) -> None:
        """Forgets what is kept of a world that is no more, or no longer the same."""
        self.ready.clear()
        self.by_accept.clear()
        self.leads.clear()
        self.courses.clear()
        self.steady.clear()
        self.bodied.clear()

    def accepted(
        self, host: bytes | None, method: str, raw_path: bytes, query: bytes, headers: Headers
    ) -> Ready | None:
        """The reply that a contract made to the same request."""
        return self.by_accept.get((host, method, raw_path, query, _accept(headers)))

    def keep(self, host: bytes | None, request: Request, reply: Reply, ready: Ready) -> None:
        """Keeps a reply, if whoever asks the same will get the same."""
        if not (reply.reusable or reply.by_accept) or reply.file is not None or reply.stream or reply.fault:
            return
        if not reply.by_accept:
            if reply.delay <= UNWATCHED and len(self.ready) < MOST_READY:
                self.ready[host, request.method, request.raw_path] = ready._replace(delay=reply.delay)
        elif len(reply.body) <= MOST_SHARED and not reply.delay and len(self.by_accept) < MOST_READY:
            key = (host, request.method, request.raw_path, request.query_string, _accept(request.headers))
            self.by_accept[key] = ready  # none too long: any query makes another one

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
