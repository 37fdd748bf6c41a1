from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from journal_tree import route_of

from keymock.journal import Alike, Entry, Exchange, Sent, Story, shared_of, whole_of
from keymock.journal.page import Page

ONES = [
    Alike(50, "", "GET", b"/a", b"q=1", [(b"host", b"a")], Sent(200, "a", story=Story(route_of("a"), "/shop")), 1),
    Alike(60, "ana", "GET", b"/b", b"", [], Sent(200, "b"), 2),
    Alike(70, "ben", "PUT", b"/c", b"", [], Sent(404), 2, b"body"),
]
ONE = st.sampled_from(ONES)
FILLED = st.tuples(ONE, st.binary(max_size=20), st.integers(), st.integers(1, 1 << 40))
EXCHANGES = st.lists(ONE, min_size=1, max_size=20) | st.lists(ONE | FILLED, min_size=1, max_size=20)


def page_of(exchanges: list[Exchange]) -> Page:
    number = len(exchanges)
    return Page(range(7, 7 + number), range(100, 100 + number), range(200, 200 + number), exchanges)


def told(exchanges: list[Exchange]) -> list[Entry]:
    return [
        Entry(7 + at, one.weight, 100 + at, 200 + at, one.session, one.method, one.path, one.query, one.headers,
              one.sent, one.generation, one.body)
        for at, one in enumerate(map(whole_of, exchanges))
    ]  # fmt: skip


@given(EXCHANGES, st.integers(0, 19), st.none() | st.integers(0, 20))
def test_it_tells_what_they_were(exchanges: list[Exchange], start: int, end: int | None) -> None:
    page = page_of(exchanges)
    assert page.entries() == told(exchanges)
    assert len(page) == len(exchanges)
    assert page.weight == sum(whole_of(one).weight for one in exchanges)
    assert page.counts == Counter(map(shared_of, exchanges))
    if exchanges[start:end]:
        assert page.part(start, end).entries() == told(exchanges)[start:end]


@given(EXCHANGES)
def test_each_session_has_its_own(exchanges: list[Exchange]) -> None:
    page = page_of(exchanges)
    parts = dict(page.by_session())
    assert page.sessions() == set(parts) == {entry.session for entry in told(exchanges)}
    for session, own in parts.items():
        assert own.entries() == [entry for entry in told(exchanges) if entry.session == session]
        assert own.sessions() == {session}
