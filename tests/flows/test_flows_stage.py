"""The stage of the tests is one: what a story needs, and nothing more."""

from __future__ import annotations

from stageplay import Play

from keymock.flows import Stage


def test_whoever_has_all_of_it_can_tell_a_story() -> None:
    stage = Play(lambda _: 200).stage
    assert set(Stage._fields) == {
        "variables", "send", "choose", "contract", "clock", "sleep", "spread", "together", "stopped", "began", "ended",
        "tried",
    }  # fmt: skip
    assert stage.together([lambda: 1, lambda: 2]) == [1, 2]
    stage.sleep(1.5)
    assert stage.clock() == 1.5
