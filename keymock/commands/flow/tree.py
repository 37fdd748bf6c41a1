"""A run as it goes, on a terminal: a line a step when it is over, the one under way beneath; then what it came to."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence

from keymock.commands.flow.playing import Told
from keymock.commands.invocation import Invocation
from keymock.commands.printing import counted
from keymock.flows import FlowRun, Plot, StepRun
from keymock.flows.compare import Difference
from keymock.flows.reports import why
from keymock.palette import Palette
from keymock.problems import printable, render
from keymock.spec import Mode
from keymock.variables import Mask

MARKS = {"passed": "✓", "failed": "✗", "skipped": "○", "not-run": "·"}
INDENT = "   "
SHOWN_EVERY = 0.5
"""Seconds until the line of what is under way is written anew."""


class Tree(Told):
    """Writes every step when it is over; on a terminal, what is under way too, in a line that goes again.

    Members of a group begin and end in threads of their own, and the line is written anew while nothing happens.
    """

    def __init__(self, invocation: Invocation, mask: Mask, *, quiet: bool) -> None:
        self.paint = invocation.paint
        self.mask = mask
        self.quiet = quiet
        self.live = invocation.interactive and not quiet
        self._under_way: dict[tuple[str, ...], float] = {}
        self._tries: dict[tuple[str, ...], str] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()

    def heading(self, plot: Plot, target: Mode, row: int) -> None:
        """Which flow it is, and against what."""
        if not self.quiet:
            more = f", row {row}" if row else ""
            title = printable(plot.flow.name or plot.id.partition("/flows/")[2])
            dim, plain = self.paint.dim, self.paint.plain
            print(f"{self.paint.bold}{title}{plain}  {dim}{plot.id}, {target}{more}{plain}")
        if self.live:
            threading.Thread(target=self._keep_showing, daemon=True).start()

    def began(self, trail: tuple[str, ...]) -> None:
        """A step begins."""
        with self._lock:
            self._under_way[trail] = time.monotonic()
            self._show()

    def tried(self, trail: tuple[str, ...], number: int, of: int) -> None:
        """A try of a step begins, or a round."""
        with self._lock:
            self._tries[trail] = f"{number} of {of}" if of else f"try {number}"
            self._show()

    def ended(self, trail: tuple[str, ...], step: StepRun) -> None:
        """A step is over."""
        with self._lock:
            self._under_way.pop(trail, None)
            self._tries.pop(trail, None)
            if self.quiet:
                return
            self._wipe()
            for line in lines(step, len(trail) - 1, self.mask, self.paint):
                print(line)
            self._show()

    def over(self) -> None:
        """The run is over."""
        self._over.set()
        with self._lock:
            self._under_way.clear()
            self._wipe()

    def _keep_showing(self) -> None:
        while not self._over.wait(SHOWN_EVERY):
            with self._lock:
                self._show()

    def _show(self) -> None:
        if self.live and self._under_way and not self._over.is_set():
            line = under_way(self._under_way, self._tries, time.monotonic())
            width = shutil.get_terminal_size().columns - 1
            shown = line if len(line) <= width else line[: width - 1] + "…"
            sys.stdout.write(f"\r\33[K{self.paint.dim}{shown}{self.paint.plain}")
            sys.stdout.flush()

    def _wipe(self) -> None:
        if self.live:
            sys.stdout.write("\r\33[K")
            sys.stdout.flush()


def under_way(began: Mapping[tuple[str, ...], float], tries: Mapping[tuple[str, ...], str], now: float) -> str:
    """`… all > one, two  3 s` or `… wait (try 4)  12 s`: what is under way, and for how long the oldest of it is."""
    inner = [trail for trail in began if not any(other[: len(trail)] == trail for other in began if other != trail)]
    above = inner[-1][:-1]

    def named(trail: tuple[str, ...]) -> str:
        return trail[-1] + (f" ({tries[trail]})" if trail in tries else "")

    together = ", ".join(named(trail) for trail in inner if trail[:-1] == above)
    path = [named(above[: depth + 1]) for depth in range(len(above))]
    seconds = now - min(began[trail] for trail in inner)
    return printable(f"… {' > '.join([*path, together])}") + (f"  {seconds:.0f} s" if seconds >= 1 else "")


def lines(step: StepRun, depth: int, mask: Mask, paint: Palette) -> Iterator[str]:
    """A step, and why it failed; its rounds and members were told when they ended."""
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
