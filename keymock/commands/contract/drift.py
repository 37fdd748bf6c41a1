"""`keymock contract drift --flow F`: document, mocks and the real API held against each other, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from keymock.commands.calling import Calling, calling_options, wanted
from keymock.commands.contract.projects import contracts_of
from keymock.commands.flow.playing import flows_of, plot_of
from keymock.commands.flow.run import check_environment, rows_of, runs_of, write_report
from keymock.commands.flow.speaking import speaker
from keymock.commands.invocation import Invocation
from keymock.commands.printing import columns, counted, problem_json, put_json, remark
from keymock.commands.seen import Seen, look
from keymock.commands.verb import verb
from keymock.flows import FlowRun, Plot, StepRun
from keymock.flows.drifting import Row, Spoken, StepDrift, drifts, junit, words
from keymock.layout import project_of
from keymock.problems import Problem, Stop, error, printable
from keymock.variables import Mask

CALLED = "keymock contract drift"
INTERRUPTED = 130


@verb(
    "contract drift",
    examples=(
        "keymock contract drift --flow checkout                 document, mocks and the real API",
        "keymock contract drift --flow checkout --offline       document and mocks; nothing is asked",
        "keymock contract drift --flow checkout --env staging   the real API of an environment",
        "keymock contract drift --flow checkout --junit drift.xml",
    ),
)
@click.option("--flow", default="", metavar="F", help="The flow whose requests are sent.")
@click.option("--strict", is_flag=True, help="Exit with 1 for what the document leaves open, too.")
@click.option("--data", default="", metavar="FILE", help="A CSV or JSON file: once for each row of it.")
@click.option("--junit", "junit_file", type=click.Path(path_type=Path), metavar="FILE", help="Write a JUnit report.")
@calling_options
def command(invocation: Invocation, flow: str, strict: bool, data: str, junit_file: Path | None, **options: Any) -> int:
    """Run a flow against mocks and the real API, and say where they and the document are not of one shape.

    Statuses, content types, headers and the shape of JSON bodies (members, types, formats) are compared; values may be
    others each time. Each row says who differs from whom. What the document leaves open, an optional member say, is
    told, and is no failure. The real API is asked only where you allowed it, as `keymock flow run --target real` is;
    with --offline, or without an upstream, document and mocks alone are compared. Exits with 1 if anything differs.
    """
    seen = look(invocation)
    contracts_of(seen, "")
    calling = Calling(seen, wanted(CALLED, options, invocation.environ))
    try:
        plot = plot_of(calling, flow or _only_flow(calling))
        check_environment(calling, plot)
        without = _why_not_real(calling, plot)
        runs = runs_of(invocation, calling, plot, "mock" if without else "both", rows_of(invocation, plot, data),
                       quiet=invocation.loudness <= 0)  # fmt: skip
        if any(one.stopped for one in runs):
            return INTERRUPTED
        _silent(runs)
        found = [each for mock, real in _pairs(runs) for each in drifts(mock, real, _speaks(calling))]
    finally:
        calling.close()
    failed = any(one.drifted or (strict and one.rows) for one in found)
    if junit_file is not None:
        write_report(invocation.folder / junit_file, junit(plot.id, found, three=not without, mask=calling.mask))
    if invocation.json:
        put_json(_report(seen, plot, found, without, calling.mask, ok=not failed))
    else:
        _print(seen, plot, found, without, calling.mask)
    return 1 if failed else 0


def _only_flow(calling: Calling) -> str:
    """The flow that is meant if none is named. Raises Stop unless there is only one."""
    known = [flow.id for flow in flows_of(calling.library)]
    if len(known) == 1:
        return known[0]
    hint = f"there are {', '.join(known[:5])}" if known else "write one: keymock flow new"
    raise Stop(error(CALLED, "usage", "which flow? --flow is missing", hint=hint))


def _why_not_real(calling: Calling, plot: Plot) -> str:
    """Why the real API is not asked; empty if it is."""
    if calling.asked.offline:
        return "--offline"
    project = project_of(plot.space)
    known = calling.seen.catalog.upstreams(calling.asked.environment)
    if project not in known and not (known and not project):
        return f"the project `{project}` names no [upstream]" if project else "no project names an [upstream]"
    return ""


def _silent(runs: Sequence[FlowRun]) -> None:
    """Raises Stop where mocks, or the real API, answered nothing at all: with the first reason."""
    for one in runs:
        problem = next((step.problem for step in one.leaves if step.problem is not None), one.problem)
        if problem is not None and all(step.response is None for step in one.leaves):
            hint = problem.hint or ("--offline compares document and mocks alone" if one.target == "real" else "")
            raise Stop(msgspec.structs.replace(problem, hint=hint))


def _pairs(runs: Sequence[FlowRun]) -> Iterator[tuple[FlowRun, FlowRun | None]]:
    """The runs against mocks, each with the one of the same row against the real API."""
    real = {one.row: one for one in runs if one.target == "real"}
    return ((one, real.get(one.row)) for one in runs if one.target != "real")


def _speaks(calling: Calling) -> Callable[[StepRun], Spoken | None]:
    """The document and the operation of a step's request."""
    speaks = speaker(calling)
    return lambda step: speaks(step.request.method, step.request.url) if step.request is not None else None


# ---- telling -----------------------------------------------------------------------------------------------------


def _places(seen: Seen, one: StepDrift, row: Row) -> tuple[str, int, str]:
    """File and line of the mock that answered (else of the document), and `file:line` of the document."""
    document = ""
    if row.spot is not None:
        opened = next((each.contract for served in seen.service.world.contracts.values() for each in served
                       if row.spot.file in each.contract.library.trees), None)  # fmt: skip
        if opened is not None:
            spot = opened.library.follow(row.spot)
            document = f"{spot.file}:{opened.library.line(spot.file, spot.pointer)}"
    route = seen.routes.get(one.mock)
    if route is not None:
        return route.file, route.line, document
    file, _, line = document.rpartition(":")
    return file, int(line or 0), document


def _problem(seen: Seen, one: StepDrift, row: Row, mask: Mask, *, three: bool) -> Problem:
    file, line, document = _places(seen, one, row)
    says = f": {mask.text(row.says)}" if row.says else ""
    message = f"{one.step}: {mask.text(row.where)}: {words(row, three=three)}{says}"
    hint = f"declared at {document}" if document else ""
    return Problem(file, line, 0, "drift-shape", "warning" if row.allowed else "error", message, hint)


def _report(
    seen: Seen, plot: Plot, found: Sequence[StepDrift], without: str, mask: Mask, *, ok: bool
) -> dict[str, Any]:
    three = not without
    return {
        "flow": plot.id,
        "ok": ok,
        "compared": ["document", "mock", *(["real"] if three else [])],
        "not_asked": without,
        "problems": [problem_json(_problem(seen, one, row, mask, three=three)) for one in found for row in one.rows],
        "steps": [
            {
                "id": one.step, "operation": one.operation, "mock": one.mock,
                "rows": [
                    {
                        "where": mask.text(row.where), "pointer": mask.text(row.pointer),
                        "document": mask.text(row.document), "mock": mask.text(row.mock), "real": mask.text(row.real),
                        "departs": list(row.departs), "allowed": row.allowed,
                        "says": words(row, three=three), "why": mask.text(row.says),
                    }
                    for row in one.rows
                ],
            }
            for one in found
        ],
    }  # fmt: skip


def _print(seen: Seen, plot: Plot, found: Sequence[StepDrift], without: str, mask: Mask) -> None:
    invocation, paint, three = seen.invocation, seen.invocation.paint, not without
    for one in found:
        tint, mark = (paint.red, "✗") if one.drifted else (paint.green, "✓")
        operation = f"  {paint.dim}{printable(one.operation)}{paint.plain}" if one.operation else ""
        print(f"{tint}{mark}{paint.plain} {printable(one.step)}{operation}")
        if not one.rows:
            continue
        table = [["", "document", "mock", "real"] if three else ["", "document", "mock"]]
        for row in one.rows:
            cells = [row.where, row.document, row.mock, *([row.real] if three else [])]
            table.append([mask.text(cell) for cell in cells])
        lines = columns(table)
        print(f"    {paint.dim}{lines[0]}{paint.plain}")
        for row, line in zip(one.rows, lines[1:], strict=True):
            print(f"    {line}")
            file, number, document = _places(seen, one, row)
            says = f": {printable(mask.text(row.says))}" if row.says else ""
            places = ", ".join(
                dict.fromkeys(place for place in (f"{file}:{number}" if file else "", document) if place)
            )
            print(f"      {paint.dim}{words(row, three=three)}{says}{f'  {places}' if places else ''}{paint.plain}")
    rows = [row for one in found for row in one.rows]
    bad = sum(not row.allowed for row in rows)
    told = (
        f"{paint.red}{counted(bad, 'difference')}{paint.plain}" if bad else f"{paint.green}no differences{paint.plain}"
    )
    left = f", {len(rows) - bad} that the document leaves open" if len(rows) > bad else ""
    print(f"{told}{left} in {counted(len(found), 'step')} of {plot.id}")
    if without:
        remark(invocation, f"the real API was not asked: {without}")
