"""What became of a flow: one entry a step, with what was sent, what came, and what should have come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from keymock.problems import Problem
from keymock.sending import Incoming, Outgoing

State = Literal["passed", "failed", "skipped", "not-run"]


NOT_TRIED = frozenset({
    "bad-request", "bad-url", "host-not-allowed", "host-not-named", "offline", "own-port", "secrets-not-allowed",
    "unresolved-variable",
})  # fmt: skip
"""Why nothing was sent for a step at all."""


class Check(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that was expected, beside what came.

    Of a contract, `place` is where the flow asks for it, and `declared` where the document says it: `file:line` each.
    """

    what: str
    expected: str
    actual: str
    ok: bool
    place: str = ""
    declared: str = ""

    @property
    def said(self) -> str:
        """What was expected, and what came instead."""
        places = f" ({self.place}, declared at {self.declared})" if self.declared else ""
        return f"{self.what}: expected {self.expected}, came {self.actual or 'nothing'}{places}"


class StepRun(msgspec.Struct, frozen=True, kw_only=True):
    """One step. `children` are those of a group, of a loop, of a flow that is a step. Times are in seconds.

    `problem` says why it failed if it was no expectation; `attempts` counts retries and repeats.
    """

    id: str
    name: str = ""
    state: State
    target: str = ""
    request: Outgoing | None = None
    response: Incoming | None = None
    checks: tuple[Check, ...] = ()
    captured: dict[str, Any] = {}
    problem: Problem | None = None
    attempts: int = 1
    seconds: float = 0.0
    place: str = ""
    children: tuple[StepRun, ...] = ()

    @property
    def leaves(self) -> Iterator[StepRun]:
        """The steps that sent, or would have sent, something."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves


class FlowRun(msgspec.Struct, frozen=True, kw_only=True):
    """A flow, or with a data file one row of it. `stopped` says that somebody ended it before its end."""

    flow: str
    name: str = ""
    target: str = ""
    row: int = 0
    steps: tuple[StepRun, ...] = ()
    seconds: float = 0.0
    stopped: bool = False
    problem: Problem | None = None

    @property
    def ok(self) -> bool:
        """Whether every step passed or was skipped, as far as it was to run."""
        return (
            not self.stopped
            and self.problem is None
            and all(step.state in ("passed", "skipped") for step in self.steps)
        )

    @property
    def leaves(self) -> Iterator[StepRun]:
        """Every single step, in order."""
        for step in self.steps:
            yield from step.leaves

    @property
    def sent(self) -> int:
        """How many steps sent something, or tried to; not those that were refused before."""
        return sum(step.state == "passed" or (step.state == "failed" and not _untried(step)) for step in self.leaves)


def _untried(step: StepRun) -> bool:
    return step.response is None and step.problem is not None and step.problem.code in NOT_TRIED
