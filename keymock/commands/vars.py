"""`keymock vars`: what each variable comes to, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from keymock.commands.calling import Calling, as_pairs, calling_options, wanted
from keymock.commands.invocation import Invocation
from keymock.commands.printing import columns, put_json, remark, shown
from keymock.commands.seen import Seen, look
from keymock.commands.verb import verb
from keymock.preparing.addresses import as_text
from keymock.problems import Stop, did_you_mean, error
from keymock.variables import Given, Reason, Variables, reasons

CALLED = "keymock vars"

EXAMPLES = (
    "keymock vars",
    "keymock vars --env staging --project shop",
    "keymock vars --why                     # every place that has a value, the one that counts first",
    "keymock vars --why base_url secret.SHOP_PASSWORD env.REGION",
    "keymock vars --why --flow checkout --step pay         # as that step sees them",
    "keymock vars --why --flow checkout --set order_id=7   # as if a step had captured it",
)


@verb("vars", examples=EXAMPLES)
@click.argument("names", nargs=-1, metavar="[NAME]…")
@click.option("--project", metavar="P", default="", help="As the requests of this project see them.")
@click.option("--request", metavar="ID", default="", help="As this saved request sees them.")
@click.option("--flow", metavar="ID", default="", help="As the end of this flow sees them.")
@click.option("--step", metavar="STEP", default="", help="As this step of it does: its id, or its number.")
@click.option("--set", "tried", metavar="K=V", multiple=True, help="As if a step had captured it; repeatable.")
@click.option("--why", is_flag=True, help="Every level that has a value, nearest first.")
@calling_options
def command(
    invocation: Invocation,
    names: tuple[str, ...],
    project: str,
    request: str,
    flow: str,
    step: str,
    tried: tuple[str, ...],
    why: bool,
    **options: Any,
) -> int:
    """Print the variables and what each of them comes to; exits with 1 if one comes to nothing.

    The nearest counts: --var, what a step captured, the flow, the private environment, the project's, the
    workspace's, then [variables] of project.toml and of keymock.toml. Beside them stand secret.NAME and env.NAME, which
    are told if you name them. Secrets are masked. Nothing is sent: what steps capture is known when the flow runs.
    """
    seen = look(invocation)
    calling = Calling(seen, wanted(CALLED, options, invocation.environ))
    _check(project, request, flow, step, tried)
    if flow:
        space, environment, variables = _of_flow(calling, flow, step, tried)
    else:
        space = _of_request(calling, request) if request else _space(seen, project)
        environment = calling.environment_of(space)
        variables = calling.variables(space, environment)
    found = [each for each in reasons(variables) if not names or each.name in names]
    found += [_beside(calling, variables, name) for name in names if name.startswith(("secret.", "env."))]
    for name in names:
        if name not in [each.name for each in found]:
            hint = did_you_mean(name, variables.names) or "what there is: keymock vars"
            raise Stop(error(CALLED, "unresolved-variable", f"there is no variable `{name}`", hint=hint), exit_code=1)
    if invocation.json:
        put_json({each.name: _json(each, why=why) for each in found})
    elif why:
        _print_why(invocation, seen, found)
    else:
        for line in columns([(each.name, _value(each), each.given[0].place) for each in found]):
            print(line)
    if not invocation.json:
        of = f"project {space.removeprefix('projects/')}" if space.startswith("projects/") else space
        remark(invocation, f"{of}, {f'environment {environment}' if environment else 'no environment'}")
    return 1 if any(each.problem is not None for each in found) else 0


# ---- whose names -------------------------------------------------------------------------------------------------


def _check(project: str, request: str, flow: str, step: str, tried: tuple[str, ...]) -> None:
    """Raises Stop for options that belong to another one, or exclude one another."""
    whose = [f"--{name}" for name, given in (("project", project), ("request", request), ("flow", flow)) if given]
    if len(whose) > 1:
        message = f"{whose[0]} and {whose[1]} each say whose names are meant"
        raise Stop(error(CALLED, "usage", message, hint="leave one of them out"))
    if (step or tried) and not flow:
        message = f"`{'--step' if step else '--set'}` belongs to --flow"
        raise Stop(error(CALLED, "usage", message, hint="keymock vars --why --flow checkout --step pay"))


def _of_flow(calling: Calling, flow: str, step: str, tried: tuple[str, ...]) -> tuple[str, str, Variables]:
    """The names of a flow, before it runs: its space, its environment, its levels. Raises Stop."""
    from keymock.commands.flow.playing import environment_in, plot_of  # noqa: PLC0415  (flows: no other names need them)
    from keymock.commands.flow.run import check_environment, rows_of  # noqa: PLC0415  (as above)
    from keymock.flows import foreseen  # noqa: PLC0415  (as above)

    plot = plot_of(calling, flow)
    check_environment(calling, plot)
    try:
        scene = foreseen.scene_of(plot, step) if step else None
    except KeyError:
        known = foreseen.ids(plot)
        hint = did_you_mean(step, known) or "there are " + ", ".join(known)
        raise Stop(error(plot.source.path, "no-such-step", f"the flow has no step `{step}`", hint=hint)) from None
    space = scene.ask.space if scene is not None and scene.ask is not None else plot.space
    environment = environment_in(calling, space)
    row = rows_of(calling.seen.invocation, plot, "")[0]
    levels = foreseen.levels(plot, step, as_pairs(CALLED, "--set", tried), row)
    return space, environment, calling.variables(space, environment, *levels)


def _of_request(calling: Calling, wanted_request: str) -> str:
    """The space of a saved request. Raises Stop."""
    from keymock.commands.request.naming import request_of  # noqa: PLC0415  (as above)

    return request_of(calling.seen, calling.library, wanted_request).item.space


def _space(seen: Seen, project: str) -> str:
    """The space whose requests are meant: the project's that is named, or of the current folder, or the only one."""
    if project:
        if project not in seen.catalog.projects or project not in seen.projects:
            hint = did_you_mean(project, seen.projects) or "there are " + ", ".join(seen.projects)
            raise Stop(error(CALLED, "usage", f"there is no project `{project}`", hint=hint))
        return f"projects/{project}"
    from keymock.commands.new import space_here  # noqa: PLC0415  (brings in all that drafts a mock)

    return space_here(seen)


def _beside(calling: Calling, variables: Variables, name: str) -> Reason:
    """`secret.NAME` or `env.NAME`: what it comes to, and every place that has it."""
    kind, _, own = name.partition(".")
    try:
        value, problem = variables.fill(f"{{{{ {name} }}}}", None, called=CALLED), None
    except Stop as stop:
        value, problem = None, stop.problems[0]
    places = calling.secrets.places(own) if kind == "secret" else [f"the process variable {own}"]
    masked = variables.mask.tree(value)
    given = tuple(Given(kind, place, masked if number == 0 else "") for number, place in enumerate(places))
    return Reason(name, masked, given or (Given(kind, "nowhere", ""),), problem)


# ---- printing ----------------------------------------------------------------------------------------------------


def _value(reason: Reason) -> str:
    if reason.pending:
        return "(when the flow runs)"
    return as_text(reason.value) if reason.problem is None else f"✗ {reason.problem.message}"


def _json(reason: Reason, *, why: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"value": reason.value, "from": reason.given[0].place}
    if reason.pending:
        told["pending"] = True
    if reason.problem is not None:
        told["problem"] = reason.problem.message
    if why:
        told["given"] = [
            {"level": given.level, "from": given.place, "written": given.written} for given in reason.given
        ]
    return told


def _print_why(invocation: Invocation, seen: Seen, found: list[Reason]) -> None:
    paint = invocation.paint
    for reason in found:
        print(f"{paint.bold}{reason.name}{paint.plain} = {_value(reason)}")
        for line in columns(list(_rows(reason))):
            print(f"  {line}")
        if reason.problem is not None:
            print(shown(invocation, seen.root, reason.problem))


def _rows(reason: Reason) -> Iterator[tuple[str, ...]]:
    """A row a level: the one that counts is ticked, the others lost."""
    for number, given in enumerate(reason.given):
        counts = number == 0 and reason.problem is None
        yield "✓" if counts else " ", given.level, as_text(given.written), given.place
