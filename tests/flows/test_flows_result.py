"""What became of a flow, counted."""

from __future__ import annotations

from keymock.flows.result import FlowRun, StepRun


def step(state: str, *children: StepRun) -> StepRun:
    return StepRun(id="a", state=state, children=children)  # type: ignore[arg-type]


def test_it_is_right_if_every_step_passed_or_was_skipped() -> None:
    assert FlowRun(flow="f", steps=(step("passed"), step("skipped"))).ok
    assert not FlowRun(flow="f", steps=(step("passed"), step("failed"))).ok
    assert not FlowRun(flow="f", steps=(step("passed"), step("not-run"))).ok
    assert not FlowRun(flow="f", steps=(step("passed"),), stopped=True).ok


def test_single_steps_are_counted_not_their_parents() -> None:
    found = FlowRun(flow="f", steps=(step("failed", step("passed"), step("failed")), step("skipped")))
    assert [leaf.state for leaf in found.leaves] == ["passed", "failed", "skipped"]
    assert found.sent == 2
