"""Exchanges to remember, for the tests of the journal."""

from __future__ import annotations

from typing import Any

from keymock.index import Context, Route, compile_mock
from keymock.journal import Entry, Journal, Sent, Story
from keymock.layout import Item
from keymock.spec import Mock

TIME = 1_700_000_000_123_000_000


def add(
    journal: Journal,
    path: str = "/a",
    *,
    session: str = "",
    method: str = "GET",
    mock: str = "",
    status: int = 200,
    body: bytes | None = b"",
    query: bytes = b"",
    weight: int = 100,
    headers: list[tuple[bytes, bytes]] | None = None,
    sent: Sent | None = None,
) -> Entry:
    """One exchange, as the app would tell of it; without a mock it is a miss."""
    made = sent or (Sent(status, mock) if mock else Sent(404, error="no-mock"))
    given = headers or [(b"host", b"localhost"), (b"accept", b"*/*")]
    journal.add(weight, TIME, 2_500_000, session, method, path.encode(), query, given, made, 3, body)
    return journal.since(journal.count - 1)[0]


def route(name: str = "workspace/mocks/a", **keys: Any) -> Route:
    """A mock, compiled."""
    import msgspec

    from keymock import units

    mock = msgspec.convert(keys, Mock, dec_hook=units.dec_hook)
    space = name.partition("/mocks/")[0]

    def report(where: Any, code: str, message: str, *_: Any, **__: Any) -> None:
        raise AssertionError((where, code, message))

    class NoFiles:
        def __getattr__(self, name: str) -> Any:
            return lambda *_, **__: []

    (made,) = compile_mock(mock, Item(f"{name}.toml", "mock", space, f"{name}.toml"), Context(), NoFiles(), report)
    return made


def answered(made: Route, **told: Any) -> Sent:
    """What that mock sent."""
    return Sent(
        200, made.id, headers=[(b"content-type", b"text/plain")], body=b"fine", size=4, story=Story(made, **told)
    )
