"""`keymock vars`: what each variable comes to, and why."""

from __future__ import annotations

from typing import Any

import click

from keymock.commands.calling import Calling, calling_options, wanted
from keymock.commands.invocation import Invocation
from keymock.commands.printing import columns, put_json, remark, shown
from keymock.commands.seen import Seen, look
from keymock.commands.verb import verb
from keymock.preparing.addresses import as_text
from keymock.problems import Stop, did_you_mean, error
from keymock.variables import Reason, reasons

CALLED = "keymock vars"

EXAMPLES = (
    "keymock vars",
    "keymock vars --env staging --project shop",
    "keymock vars --why                     # every place that has a value, the one that counts first",
    "keymock vars --why base_url",
)


@verb("vars", examples=EXAMPLES)
@click.argument("names", nargs=-1, metavar="[NAME]…")
@click.option("--project", metavar="P", default="", help="As the requests of this project see them.")
@click.option("--why", is_flag=True, help="Every level that has a value, nearest first.")
@calling_options
def command(invocation: Invocation, names: tuple[str, ...], project: str, why: bool, **options: Any) -> int:
    """Print the variables and what each of them comes to; exits with 1 if one comes to nothing.

    The nearest counts: --var, what a step captured, the flow, the private environment, the project's, the
    workspace's, then [variables] of project.toml and of keymock.toml. Secrets are masked.
    """
    seen = look(invocation)
    calling = Calling(seen, wanted(CALLED, options, invocation.environ))
    space = _space(seen, project)
    environment = calling.environment_of(space)
    variables = calling.variables(space, environment)
    found = [each for each in reasons(variables) if not names or each.name in names]
    for name in names:
        if name not in variables.names:
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


def _space(seen: Seen, project: str) -> str:
    """The space whose requests are meant: the project's that is named, or of the current folder, or the only one."""
    if project:
        if project not in seen.catalog.projects or project not in seen.projects:
            hint = did_you_mean(project, seen.projects) or "there are " + ", ".join(seen.projects)
            raise Stop(error(CALLED, "usage", f"there is no project `{project}`", hint=hint))
        return f"projects/{project}"
    from keymock.commands.new import space_here  # noqa: PLC0415  (brings in all that drafts a mock)

    return space_here(seen)


def _value(reason: Reason) -> str:
    return as_text(reason.value) if reason.problem is None else f"✗ {reason.problem.message}"


def _json(reason: Reason, *, why: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"value": reason.value, "from": reason.given[0].place}
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
        rows = [
            ("✓" if number == 0 else " ", given.level, as_text(given.written), given.place)
            for number, given in enumerate(reason.given)
        ]
        for line in columns(rows):
            print(f"  {line}")
        if reason.problem is not None:
            print(shown(invocation, seen.root, reason.problem))
