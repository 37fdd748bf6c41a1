from __future__ import annotations

import pytest

from keymock.pattern.automaton import Piece, TooHard, chars, repeat, sequence, verbatim
from keymock.pattern.characters import ANY
from keymock.pattern.walk import shared_text

ANYTHING = repeat(chars(ANY), 0, None)


@pytest.mark.parametrize(
    ("a", "b", "text"),
    [
        (verbatim("/a"), verbatim("/a"), "/a"),
        (verbatim("/a"), verbatim("/b"), None),
        (verbatim("/ab"), ANYTHING, "/ab"),
        (sequence([verbatim("/1"), ANYTHING]), sequence([ANYTHING, verbatim("9")]), "/19"),
        (verbatim("/"), ANYTHING, "/"),
    ],
)
def test_the_shortest_text_that_both_read(a: Piece, b: Piece, text: str | None) -> None:
    assert shared_text(a, b, "/") == text
    assert shared_text(b, a, "/") == text


@pytest.mark.parametrize("text", ["a", "", "/.", "/..", "/a/../b", "/./"])
def test_a_text_that_is_no_path_is_not_shared(text: str) -> None:
    assert shared_text(verbatim(text), ANYTHING, "/") is None


@pytest.mark.parametrize("text", ["/...", "/.a", "/a.", "/a//", "/..b/"])
def test_dots_beside_others_are_a_path(text: str) -> None:
    assert shared_text(verbatim(text), ANYTHING, "/") == text


def test_a_walk_that_becomes_too_long_is_given_up() -> None:
    endless = sequence([verbatim("/"), repeat(verbatim("a" * 251), 0, None)])
    other = sequence([verbatim("/"), repeat(verbatim("a" * 241), 1, None), verbatim("b")])
    with pytest.raises(TooHard):
        shared_text(endless, other, "/")
