from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from journal_tree import route_of

from keymock.journal import Alike, Exchange, Filled, Sent, Story
from keymock.journal.alike import Packed, packed, shared, weight

ONES = [
    Alike(50, "", "GET", b"/a", b"q=1", [(b"host", b"a")], Sent(200, "a", story=Story(route_of("a"), "/shop")), 1),
    Alike(60, "ana", "GET", b"/b", b"", [], Sent(200, "b"), 2),
]


def filled(which: int, text: bytes, seed: int, call: int) -> Filled:
    return Filled(ONES[which].weight + len(text), ONES[which], text, seed, call)


FILLED = st.builds(filled, st.integers(0, 1), st.binary(max_size=20), st.integers(), st.integers(1, 1 << 40))
EXCHANGES = st.lists(st.sampled_from(ONES) | FILLED, min_size=1, max_size=20)


def told(exchanges: list[Exchange]) -> list[object]:
    return [msgspec.structs.asdict(one.whole) for one in exchanges]


@given(EXCHANGES, st.slices(20))
def test_what_is_packed_is_what_it_was(exchanges: list[Exchange], part: slice) -> None:
    found = Packed(exchanges)
    assert told([*found]) == told(exchanges)
    assert told([*found[part]]) == told(exchanges[part])
    assert told([found[-1]]) == told([exchanges[-1]])
    assert (len(found), weight(found)) == (len(exchanges), sum(one.weight for one in exchanges))
    assert shared(found) == shared(exchanges) == [one.shared for one in exchanges]


def test_what_is_filled_in_has_its_own_text_and_call() -> None:
    whole = filled(0, b"text", 7, 3).whole
    assert (whole.weight, whole.path, whole.sent.body, whole.sent.size) == (54, b"/a", b"text", 4)
    assert whole.sent.story == Story(route_of("a"), "/shop", 7, 3)
    assert filled(1, b"text", 7, 3).whole.sent.story is None


def test_nothing_is_packed_that_shares_all_of_it() -> None:
    assert packed(ONES) == tuple(ONES)
    assert isinstance(packed([*ONES, filled(0, b"", 1, 1)]), Packed)
