from __future__ import annotations

from keymock.pattern.characters import ANY, DIGITS, WORD, common, holds, pick, single, without


def test_what_two_sets_share() -> None:
    assert common(DIGITS, WORD) == DIGITS
    assert common((single("a"), single("c")), (single("c"),)) == (single("c"),)
    assert common(DIGITS, (single("a"),)) == ()


def test_what_a_set_leaves_is_all_that_a_path_may_hold_but_it() -> None:
    assert without(()) == ANY
    assert without(ANY) == ()
    others = without((single("b"), single("a")))
    assert [char for char in "`abc\0\ud800" if holds(others, char)] == ["`", "c"]


def test_the_character_that_is_picked_can_be_read_and_is_a_dot_last() -> None:
    assert pick(ANY, "") == "x"
    assert pick(ANY, "/") == "/"
    assert pick((single("."), single("!")), "/") == "!"
    assert pick((single("."),), "/") == "."
