from __future__ import annotations

import pytest

from keymock.pattern.automaton import (
    MAX_COPIES,
    NOTHING,
    Automaton,
    Piece,
    chars,
    either,
    filled,
    repeat,
    sequence,
    verbatim,
)
from keymock.pattern.characters import DIGITS, holds


def reads(piece: Piece, text: str) -> bool:
    """Whether an automaton of this piece takes the text to its end: all states that it can be in, kept at once."""
    net = Automaton(piece)
    states = _for_free(net, {0})
    for char in text:
        states = _for_free(net, {end for at in states for some, end in net.moves[at] if some and holds(some, char)})
    return net.end in states


def _for_free(net: Automaton, states: set[int]) -> set[int]:
    found: set[int] = set()
    while states - found:
        found |= states
        states = {end for at in found for some, end in net.moves[at] if some is None}
    return found | states


@pytest.mark.parametrize(
    ("piece", "taken", "refused"),
    [
        (NOTHING, [""], ["a"]),
        (chars(DIGITS), ["0", "9"], ["", "a", "00"]),
        (verbatim("ab"), ["ab"], ["", "a", "abc"]),
        (sequence([verbatim("v"), chars(DIGITS)]), ["v1"], ["v", "1"]),
        (either(verbatim("a"), verbatim("bc")), ["a", "bc"], ["", "abc"]),
        (repeat(verbatim("ab"), 0, None), ["", "ab", "ababab"], ["a", "aba"]),
        (repeat(verbatim("a"), 1, 3), ["a", "aaa"], ["", "aaaa"]),
        (repeat(verbatim("a"), 2, 2), ["aa"], ["a", "aaa"]),
        (filled(repeat(verbatim("a"), 0, None)), ["a", "aa"], [""]),
        (filled(either(NOTHING, verbatim("b"))), ["b"], ["", "bb"]),
    ],
)
def test_a_piece_takes_its_texts_and_no_others(piece: Piece, taken: list[str], refused: list[str]) -> None:
    assert [text for text in taken + refused if reads(piece, text)] == taken


def test_beyond_so_many_copies_it_is_any_number() -> None:
    piece = repeat(verbatim("a"), 0, MAX_COPIES + 1)
    assert reads(piece, "a" * (MAX_COPIES + 9))
    assert len(Automaton(piece).moves) < 10
