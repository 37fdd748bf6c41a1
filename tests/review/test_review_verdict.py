from __future__ import annotations

from verdicts import PROBLEMS, allowed, refused, verdict


def test_one_refusal_one_error_or_one_forbidden_break_is_enough() -> None:
    assert verdict(allowed()).allowed
    assert not verdict(allowed(), refused()).allowed
    assert not verdict(problems=PROBLEMS).allowed
    assert verdict(problems=PROBLEMS[1:]).allowed, "a warning refuses nothing"
    assert not verdict(breaks=True).allowed


def test_refusals_and_errors_are_picked_out() -> None:
    found = verdict(allowed(), refused(), problems=PROBLEMS)
    assert found.refused == (refused(),)
    assert found.errors == PROBLEMS[:1]
