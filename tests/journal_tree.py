"""A journal of a few exchanges, for the tests of what is asked of it."""

from __future__ import annotations

from keymock.index import Route
from keymock.index.route import Cors
from keymock.journal import Journal, Sent, Story


def journal_of(*exchanges: tuple[str, str, str | None, str], mount: str = "") -> Journal:
    """Each is method, target, body (None: not read) and the mock that answered; without one it is a miss."""
    journal = Journal()
    for method, target, body, mock in exchanges:
        path, _, query = target.partition("?")
        sent = Sent(200, mock, story=Story(route_of(mock), mount)) if mock else Sent(404, error="no-mock")
        kept = body.encode() if body is not None else None
        headers = [(b"host", b"localhost"), (b"content-type", b"application/json"), (b"content-length", b"9")]
        journal.add(100, 1, 1, "", method, path.encode(), query.encode(), headers, sent, 1, kept)
    return journal


def route_of(name: str) -> Route:
    return Route(
        id=name, file=f"{name}.toml", line=1, name="", space="workspace", scope="workspace", methods=("GET",),
        patterns=(), priority=0, conditions=(), count=0, answers=(), cors=Cors(),
    )  # fmt: skip
