"""`keymock flow run ID`: a flow, run against mocks, the real API, or both."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import click
import msgspec

from keymock.commands.calling import Calling, calling_options, wanted
from keymock.commands.flow.playing import Playing, plot_of
from keymock.commands.flow.tree import Tree, summary
from keymock.commands.invocation import Invocation
from keymock.commands.printing import put_json, remark
from keymock.commands.seen import look
from keymock.commands.verb import Word, verb
from keymock.flows import FlowRun, Plot, run
from keymock.flows.compare import Difference, differences
from keymock.flows.reports import as_json, html, junit
from keymock.flows.rows import NoRows, rows
from keymock.index import BodyFault
from keymock.problems import Stop, error
from keymock.spec import Mode

CALLED = "keymock flow run"
INTERRUPTED = 130

EXAMPLES = (
    "keymock flow run checkout                        against what the flow says, mocks if it says nothing",
    "keymock flow run checkout --target real --env staging",
    "keymock flow run checkout --target both          and say where mock and reality differ",
    "keymock flow run checkout --junit report.xml --html report.html",
    "keymock flow run signup --data users.csv         once for each row",
)


@verb("flow run", examples=EXAMPLES)
@click.argument("flow", metavar="ID")
@click.option(
    "--target", type=Word(("mock", "real", "fallback", "both")), help="Before all that files and toggles say."
)
@click.option("--data", default="", metavar="FILE", help="A CSV or JSON file: once for each row of it.")
@click.option("--junit", "junit_file", type=click.Path(path_type=Path), metavar="FILE", help="Write a JUnit report.")
@click.option("--html", "html_file", type=click.Path(path_type=Path), metavar="FILE", help="Write a report to look at.")
@calling_options
def command(
    invocation: Invocation,
    flow: str,
    target: str | None,
    data: str,
    junit_file: Path | None,
    html_file: Path | None,
    **options: Any,
) -> int:
    """Run a flow; exit with 1 if an expectation fails, or if `--target both` finds a difference, with 2 if nothing ran.

    Mocks answer from a running server, or in process where there is none. Ctrl-C ends the run after the step that is
    under way, and reports what ran; another one ends it at once.
    """
    seen = look(invocation)
    calling = Calling(seen, wanted(CALLED, options, invocation.environ))
    try:
        plot = plot_of(calling, flow)
        check_environment(calling, plot)
        runs = runs_of(invocation, calling, plot, target, rows_of(invocation, plot, data))
    finally:
        calling.close()
    found = _fidelity(runs) if target == "both" else ()
    for file, text in ((junit_file, junit), (html_file, html)):
        if file is not None:
            write_report(invocation.folder / file, text(runs, found, calling.mask))
    if invocation.json:
        put_json(_report(runs, found, calling, target))
    else:
        for line in summary(runs, found, calling.mask, invocation.paint):
            print(line)
    return _code(runs, found)


def check_environment(calling: Calling, plot: Plot) -> None:
    """The environment of the flow, unless the command line names one. Raises Stop for one that is not there."""
    if not calling.asked.environment and plot.flow.environment:
        calling.asked = msgspec.structs.replace(calling.asked, environment=plot.flow.environment)
        known = calling.library.names(plot.space)
        if plot.flow.environment not in known:
            message = f"there is no environment `{plot.flow.environment}`"
            raise Stop(plot.problem(("environment",), "no-such-environment", message, "there are " + ", ".join(known)))
    elif calling.asked.environment:
        calling.environment_of(plot.space)


def rows_of(invocation: Invocation, plot: Plot, data: str) -> Sequence[dict[str, Any] | None]:
    """The rows that the flow runs for; one without values where there is no data. Raises Stop."""
    try:
        if data:
            return rows(data, (invocation.folder / data).read_bytes())
        return rows(plot.flow.data, plot.read(plot.flow.data)) if plot.flow.data else [None]
    except BodyFault as fault:
        raise Stop(plot.problem(("data",), fault.code, fault.message, fault.hint)) from None
    except NoRows as fault:
        wrong = error(CALLED, "bad-data", str(fault)) if data else plot.problem(("data",), "bad-data", str(fault))
        raise Stop(wrong) from None
    except OSError as fault:
        raise Stop(error(CALLED, "unreadable", f"{data} cannot be read: {fault.strerror}")) from None


def runs_of(
    invocation: Invocation,
    calling: Calling,
    plot: Plot,
    target: str | None,
    data: Sequence[dict[str, Any] | None],
    *,
    quiet: bool = False,
) -> list[FlowRun]:
    """Every run: each row, with `both` first against the real API and then against mocks."""
    forced: list[Mode | None] = ["real", "mock"] if target == "both" else [_mode(target)]
    found: list[FlowRun] = []
    quiet = quiet or invocation.json or invocation.loudness < 0
    for number, row in enumerate(data, start=1):
        for each in forced:
            tree = Tree(invocation, calling.mask, quiet=quiet)
            playing = Playing(calling, each, tree)
            tree.heading(plot, playing.choose(plot.id, None, plot.flow.target), number if row is not None else 0)
            with _ending(playing.ended.set, lambda: remark(invocation, "\nending: the step under way is the last")):
                found.append(run(plot, playing.stage, row=row, number=number if row is not None else 0))
            tree.over()
            if found[-1].stopped:
                return found
    return found


def _mode(target: str | None) -> Mode | None:
    modes: tuple[Mode, ...] = ("mock", "real", "fallback")
    return next((each for each in modes if each == target), None)


class _ending:  # noqa: N801  (reads as a statement)
    """While it lasts, the first Ctrl-C asks for the end, and the second one is the usual."""

    def __init__(self, *asked: Callable[[], None]) -> None:
        self.asked = asked
        self.before: Any = None

    def __enter__(self) -> None:
        def hear(_number: int, _frame: FrameType | None) -> None:
            signal.signal(signal.SIGINT, self.before)
            for ask in self.asked:
                ask()

        self.before = signal.signal(signal.SIGINT, hear)

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self.before)


def _fidelity(runs: Sequence[FlowRun]) -> tuple[Difference, ...]:
    """Where mock and reality differ, row by row."""
    real = {one.row: one for one in runs if one.target == "real"}
    mock = {one.row: one for one in runs if one.target == "mock"}
    return tuple(each for row in real if row in mock for each in differences(mock[row], real[row]))


def _report(runs: Sequence[FlowRun], found: Sequence[Difference], calling: Calling, target: str | None) -> Any:
    told = [as_json(one, calling.mask) for one in runs]
    if len(told) == 1:
        return told[0]
    report: dict[str, Any] = {"flow": told[0]["flow"], "ok": all(one["ok"] for one in told) and not found, "runs": told}
    if target == "both":
        report["differences"] = [calling.mask.tree(each._asdict()) for each in found]
    return report


def _code(runs: Sequence[FlowRun], found: Sequence[Difference]) -> int:
    if any(one.stopped for one in runs):
        return INTERRUPTED
    if not any(one.sent for one in runs):
        return 2
    return 0 if all(one.ok for one in runs) and not found else 1


def write_report(file: Path, text: str) -> None:
    """Writes a report, and says where. Raises Stop."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise Stop(error(str(file), "not-writable", f"cannot be written: {fault.strerror}")) from None
    sys.stderr.write(f"wrote  {file}\n")
