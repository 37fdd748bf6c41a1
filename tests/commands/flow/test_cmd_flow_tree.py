"""A run as it is printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from keymock.commands.flow.tree import Tree, lines, summary, under_way
from keymock.commands.invocation import Invocation
from keymock.flows import Check, FlowRun, StepRun
from keymock.flows.compare import Difference
from keymock.palette import PLAIN
from keymock.problems import error
from keymock.sending import Incoming, Outgoing
from keymock.variables import Mask

MASK = Mask(["s3cr3t"])
SENT = Outgoing(method="GET", url="http://a/s3cr3t")
BAD = StepRun(
    id="a", name="First", state="failed", request=SENT, response=Incoming(500, "", (), b"", ""), attempts=3,
    seconds=0.25,
    checks=(Check("status", "200", "500", False), Check("text", "x", "x", True)), place="flows/a.toml:4",
)  # fmt: skip


def test_a_step_says_what_it_did_and_why_it_failed_and_no_secret() -> None:
    assert list(lines(BAD, 1, MASK, PLAIN)) == [
        "   ✗ First  GET http://a/•••  500  3 times  250 ms",
        "      status: expected 200, came 500",
        "      flows/a.toml:4",
    ]


def test_a_problem_has_its_place_and_what_to_do() -> None:
    step = StepRun(
        id="a", state="failed", problem=error("flows/a.toml", "no-server", "nobody", hint="start it", line=3)
    )
    assert list(lines(step, 0, MASK, PLAIN)) == ["✗ a  0 ms", "   nobody", "   flows/a.toml:3  start it"]


def test_all_that_is_under_way_stands_in_one_line() -> None:
    group = {("all",): 0.0, ("all", "one"): 0.5, ("all", "two"): 0.2}
    assert under_way(group, {}, 0.9) == "… all > one, two"
    assert under_way(group, {("all", "two"): "try 2"}, 3.4) == "… all > one, two (try 2)  3 s"
    rounds = {("each",): 0.0, ("each", "each[1]"): 1.0}
    assert under_way(rounds, {("each",): "2 of 3"}, 1.2) == "… each (2 of 3) > each[1]"


def test_on_a_terminal_the_line_goes_and_the_steps_stay(capsys: pytest.CaptureFixture[str]) -> None:
    tree = Tree(Invocation(folder=Path(), environ={}, interactive=True), MASK, quiet=False)
    tree.began(("a",))
    tree.tried(("a",), 2, 3)
    tree.ended(("a",), BAD)
    tree.over()
    shown = capsys.readouterr().out
    assert "\r\33[K… a\r\33[K… a (2 of 3)\r\33[K✗ First" in shown
    assert shown.endswith("\r\33[K")


def test_what_it_came_to() -> None:
    passed = StepRun(id="b", state="passed")
    run = FlowRun(
        flow="f", steps=(StepRun(id="g", state="failed", children=(BAD, passed)), StepRun(id="c", state="not-run"))
    )
    assert list(summary([run], (), MASK, PLAIN)) == ["✗ 1 passed, 1 failed, 1 not run"]
    good = FlowRun(flow="f", steps=(passed,))
    assert list(summary([good, good], (), MASK, PLAIN)) == ["✓ 2 runs: 2 passed"]
    assert list(summary([good], (Difference("b", "status", "200", "201"),), MASK, PLAIN)) == [
        "mock and reality differ:", "  b  status  mock: 200  real: 201", "✗ 1 passed",
    ]  # fmt: skip
    assert list(summary([FlowRun(flow="f", steps=(passed,), stopped=True)], (), MASK, PLAIN)) == [
        "✗ 1 passed, ended by hand"
    ]
