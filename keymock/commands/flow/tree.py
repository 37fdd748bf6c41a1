"""A run as it goes, on a terminal: a line a step when it is over, the one under way beneath; then what it came to."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence

from keymock.commands.flow.playing import Told
from keymock.commands.invocation import Invocation
from keymock.commands.printing import counted
from keymock.flows import FlowRun, Plot, StepRun
from keymock.flows.compare import Difference
from keymock.flows.reports import why
from keymock.problems import printable, render
from keymock.spec import Mode
from keymock.terminal import Palette
from keymock.variables import Mask

MARKS = {"passed": "✓", "failed": "✗", "skipped": "○", "not-run": "·"}
INDENT = "   "


class Tree(Told):
    """Writes every step when it is over; on a terminal, the steps under way too, in a line that goes again."""

    def __init__(self, invocation: Invocation, mask: Mask, *, quiet: bool) -> None:
        self.paint = invocation.paint
        self.mask = mask
        self.quiet = quiet
        self.live = invocation.interactive and not quiet
        self._under_way: dict[tuple[str, ...], float] = {}

    def heading(self, plot: Plot, target: Mode, row: int) -> None:
        """Which flow it is, and against what."""
        if not self.quiet:
            more = f", row {row}" if row else ""
            title = printable(plot.flow.name or plot.id)
            dim, plain = self.paint.dim, self.paint.plain
            print(f"{self.paint.bold}{title}{plain}  {dim}{plot.id}, {target}{more}{plain}")

    def began(self, trail: tuple[str, ...]) -> None:
        """A step begins."""
        self._under_way[trail] = time.monotonic()
        self._show()

    def ended(self, trail: tuple[str, ...], step: StepRun) -> None:
        """A step is over."""
        self._under_way.pop(trail, None)
        if self.quiet:
            return
        self._wipe()
        told = not all(child.id.startswith(f"{step.id}[") for child in step.children)  # of rounds nobody has heard yet
        for line in lines(step, len(trail) - 1, self.mask, self.paint, heads_only=told):
            print(line)
        self._show()

    def over(self) -> None:
        """The run is over."""
        self._under_way.clear()
        self._wipe()

    def _show(self) -> None:
        if self.live and self._under_way:
            trail = next(reversed(self._under_way))
            sys.stdout.write(f"\r\33[K{self.paint.dim}… {printable(' > '.join(trail))}{self.paint.plain}")
            sys.stdout.flush()

    def _wipe(self) -> None:
        if self.live:
            sys.stdout.write("\r\33[K")
            sys.stdout.flush()


def lines(step: StepRun, depth: int, mask: Mask, paint: Palette, *, heads_only: bool = True) -> Iterator[str]:
    """A step and why it failed; with its rounds and members, unless those were told when they ended."""
    tint = {"passed": paint.green, "failed": paint.red}.get(step.state, paint.dim)
    indent = INDENT * depth
    head = f"{indent}{tint}{MARKS[step.state]}{paint.plain} {printable(step.name or step.id)}"
    yield head + f"  {paint.dim}{'  '.join(_facts(step, mask))}{paint.plain}"
    if step.state == "failed" and not step.children:
        for reason in why(step):
            yield f"{indent}{INDENT}{paint.red}{printable(mask.text(reason))}{paint.plain}"
        place = step.problem.place if step.problem is not None else step.place
        hint = f"  {printable(mask.text(step.problem.hint))}" if step.problem is not None and step.problem.hint else ""
        yield f"{indent}{INDENT}{paint.dim}{printable(place)}{paint.plain}{hint}"
    if not heads_only:
        for child in step.children:
            yield from lines(child, depth + 1, mask, paint, heads_only=False)


def _facts(step: StepRun, mask: Mask) -> Iterator[str]:
    if step.request is not None:
        yield f"{step.request.method} {printable(mask.text(step.request.url))}"
    if step.response is not None:
        yield f"{step.response.status}"
    if step.state in ("skipped", "not-run"):
        yield step.state.replace("-", " ")
    if step.children:
        yield counted(len(step.children), "step")
    if step.attempts > 1:
        yield f"{step.attempts} times"
    if step.state in ("passed", "failed"):
        yield f"{step.seconds * 1000:.0f} ms"


def summary(runs: Sequence[FlowRun], found: Sequence[Difference], mask: Mask, paint: Palette) -> Iterator[str]:
    """What it all came to."""
    if found:
        yield f"{paint.red}mock and reality differ:{paint.plain}"
        for one in found:
            yield f"  {printable(mask.text(f'{one.step}  {one.where}'))}  mock: {printable(mask.text(one.mock))}  real: {printable(mask.text(one.real))}"  # noqa: E501
    leaves = [step for run in runs for step in run.leaves]
    counts = [
        (state, sum(step.state == state for step in leaves)) for state in ("passed", "failed", "skipped", "not-run")
    ]
    told = ", ".join(f"{number} {state.replace('-', ' ')}" for state, number in counts if number)
    ok = all(run.ok for run in runs) and not found and any(run.sent for run in runs)
    mark = f"{paint.green}✓{paint.plain}" if ok else f"{paint.red}✗{paint.plain}"
    for run in runs:
        if run.problem is not None:
            yield render(run.problem, color=bool(paint.plain))
    ended = ", ended by hand" if any(run.stopped for run in runs) else ""
    where = f"{counted(len(runs), 'run')}: " if len(runs) > 1 else ""
    yield f"{mark} {where}{told or 'nothing ran'}{ended}"
