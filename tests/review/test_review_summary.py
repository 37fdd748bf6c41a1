from __future__ import annotations

from verdicts import PROBLEMS, allowed, refused, verdict

from keymock.review.summary import MOST, asked, headline, refusals, some


def test_one_reason_is_said_once() -> None:
    found = refusals(verdict(refused("a"), refused("b"), refused("a", "d" * 40)))
    assert [(one.files, one.commits) for one in found] == [(("a (changed)", "b (changed)"), ("c" * 10, "d" * 10))]
    assert found[0].helpers == ("pat@example.com",)


def test_the_headline() -> None:
    assert headline(verdict(refused(), problems=PROBLEMS)) == (
        "refused: 1 file needs somebody else's approval, 1 problem"
    )
    assert headline(verdict(breaks=True)) == "refused: a break that nobody announced"
    assert headline(verdict(allowed())) == "allowed: 1 file, approved by pat@example.com"


def test_lists_have_an_end() -> None:
    assert some(tuple("abcdefghi")).endswith(f"and {9 - MOST} more")
    assert asked([]) == "nobody can allow it"
    assert asked("abcdefg") == "can be approved by a, b, c, d, e and 2 more"
