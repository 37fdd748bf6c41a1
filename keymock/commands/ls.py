"""`keymock ls`: what exists, as this actor sees it."""

from __future__ import annotations

import click

from keymock import explain
from keymock.commands.invocation import Invocation
from keymock.commands.printing import columns, counted, put_json, remark
from keymock.commands.revisions import at_option
from keymock.commands.seen import Seen, look
from keymock.commands.verb import verb
from keymock.index import ANY, Route
from keymock.pattern import normal
from keymock.problems import Stop, did_you_mean, error
from keymock.toggles import switch_text


@verb(
    "ls",
    examples=(
        "keymock ls",
        "keymock ls --method POST",
        "keymock ls --scope project:shop --json",
        "keymock ls --at v1.2",
    ),
)
@click.option("--method", metavar="METHOD", help="Only those that take this method.")
@click.option("--scope", metavar="SCOPE", help="private, workspace, project, or project:NAME.")
@at_option
def command(invocation: Invocation, method: str | None, scope: str | None, at: str) -> int:
    """List the mocks that you may see: method, path, status, file."""
    seen = look(invocation, at)
    within = _spaces(seen, scope) if scope else None
    routes = sorted(
        (
            route
            for route in seen.routes.values()
            if (method is None or _takes(route, method.upper())) and (within is None or _within(route.space, within))
        ),
        key=lambda route: (route.space, _path(route), route.methods, route.id),
    )
    if invocation.json:
        now = seen.service.world.views.switched(frozenset(seen.switches.items())).routes
        role = seen.rights.role
        put_json([
            explain.route_json(now[route.id], usable=_usable(seen, route), role=role(f"{route.id}.toml"))
            for route in routes
        ])  # fmt: skip
        return 0
    for line in columns([_row(seen, route) for route in routes]):
        print(line)
    _say_missing(seen, bool(routes))
    return 0


def _row(seen: Seen, route: Route) -> tuple[str, ...]:
    talks = ["101"] if route.websocket is not None else []
    statuses = " ".join(dict.fromkeys([*talks, *(str(answer.status) for answer in route.answers)]))
    remarks = [
        *(["switched off"] if not route.enabled else []),
        *([f"{switch_text(seen.switches[route.id])} (keymock use)"] if route.id in seen.switches else []),
        *(["not for you to use"] if not _usable(seen, route) else []),
        *(["your overlay"] if route.id in seen.catalog.overlays else []),
    ]
    file = seen.shown(route.file)
    return " ".join(route.methods), _path(route), statuses, file, ", ".join(remarks)


def _path(route: Route) -> str:
    return ", ".join(normal(pattern) for pattern in route.patterns)


def _usable(seen: Seen, route: Route) -> bool:
    return route.id not in seen.service.world.refused


def _takes(route: Route, method: str) -> bool:
    return method in route.methods or ANY in route.methods


def _spaces(seen: Seen, scope: str) -> str:
    """How the ids of a scope begin."""
    kind, _, name = scope.partition(":")
    if scope == "workspace":
        return "workspace"
    if scope in ("private", "project"):
        return {"private": "private/", "project": "projects/"}[scope]
    if kind == "project" and name in seen.projects:
        return f"projects/{name}"
    words = ["private", "workspace", "project", *(f"project:{project}" for project in seen.projects)]
    hint = did_you_mean(scope, words) or f"one of {', '.join(words)}"
    raise Stop(error("keymock ls", "usage", f"there is no scope `{scope}`", hint=hint))


def _within(space: str, start: str) -> bool:
    return space == start or (start.endswith("/") and space.startswith(start))


def _say_missing(seen: Seen, any_shown: bool) -> None:
    """What is not in the list, and why."""
    broken = [name for name in seen.ids if name not in seen.routes]
    if broken:
        remark(seen.invocation, f"{counted(len(broken), 'mock')} cannot be read: keymock check")
    if seen.withheld:
        who = seen.actor.name or "nobody"
        remark(seen.invocation, f"{counted(seen.withheld, 'mock')} withheld from {who} by ROLES")
    if not any_shown and not seen.ids and not seen.withheld:
        remark(seen.invocation, "no mocks yet: keymock new GET /hello 200 'Hello'")
