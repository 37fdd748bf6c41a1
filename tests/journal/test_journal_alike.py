from __future__ import annotations

from journal_tree import route_of

from keymock.journal import Alike, Filled, Sent, Story, shared_of, whole_of

TOLD = Alike(50, "", "GET", b"/a", b"q=1", [(b"host", b"a")], Sent(200, "a", story=Story(route_of("a"), "/shop")), 1)
UNTOLD = Alike(60, "ana", "GET", b"/b", b"", [], Sent(200, "b"), 2)


def test_what_is_filled_in_has_its_own_text_and_call() -> None:
    filled: Filled = (TOLD, b"text", 7, 3)
    whole = whole_of(filled)
    assert shared_of(filled) is TOLD
    assert (whole.weight, whole.path, whole.sent.body, whole.sent.size) == (54, b"/a", b"text", 4)
    assert whole.sent.story == Story(route_of("a"), "/shop", 7, 3)
    assert whole_of((UNTOLD, b"text", 7, 3)).sent.story is None


def test_what_is_like_others_in_all_is_itself() -> None:
    assert shared_of(TOLD) is whole_of(TOLD) is TOLD
