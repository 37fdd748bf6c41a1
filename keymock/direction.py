"""Mock or real: where the answer to one request comes from, by what is switched and what project.toml says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from keymock.exchange import Malformed, Request
from keymock.index import Pinned, Route, Views
from keymock.layout import project_of
from keymock.spec import Mode
from keymock.toggles import InForce, Toggles, mode_of
from keymock.upstream import Upstream

FLOW = "x-keymock-flow"
"""`x-keymock-flow: projects/shop/flows/checkout`, or with `; target=real` after it: what the runner of a flow says."""
TARGETS: Mapping[str, Mode] = {"target=mock": "mock", "target=real": "real", "target=fallback": "fallback"}

Segments = tuple[str, ...]


class Direction(NamedTuple):
    """All that decides for one request. `levels` are toggles, the farthest first; `target` is what a flow's step says.

    `view` is the project whose own address the request came to; empty at the bare host.
    """

    upstreams: Mapping[str, Upstream]
    levels: Sequence[Toggles]
    in_force: InForce
    flow: str
    target: Mode | None
    view: str
    views: Views

    def mode(self, project: str, mock: str = "") -> Mode:
        """Where the answers of a project come from, or those of one mock. Mock, for a project without an upstream."""
        upstream = self.upstreams.get(project)
        if upstream is None:
            return "mock"
        if self.target is not None:
            return self.target
        return mode_of(self.levels, upstream.mode, project=project, mock=mock, flow=self.flow)

    def whole(self, mount: Segments) -> Upstream | None:
        """The real API that answers everything beneath a mount, no matter which mocks there are; None if they matter.

        They do where several projects share the mount, and where single mocks are switched.
        """
        projects = self._projects(mount)
        if len(projects) != 1 or self.mode(projects[0]) != "real":
            return None
        pinned = any(isinstance(each, Pinned) for _, each in self.in_force.switches)
        switched = pinned or any(level.mocks for level in self.levels)
        return None if switched and self.target is None else self.upstreams[projects[0]]

    def real(self, route: Route, mount: Segments) -> Upstream | None:
        """The real API that answers in the place of a mock; None if the mock does. A mock that is pinned does."""
        projects = self._projects(mount)
        project = projects[0] if len(projects) == 1 else project_of(route.space)
        if self.mode(project, route.id) != "real":
            return None
        pinned = any(name == route.id and isinstance(each, Pinned) for name, each in self.in_force.switches)
        return None if pinned and self.target is None else self.upstreams[project]

    def of_nobody(self, mount: Segments) -> Upstream | None:
        """The real API that gets what no mock beneath a mount answers. Raises Malformed where it could be several."""
        taking = [name for name in self._projects(mount) if self.mode(name) != "mock"]
        if len(taking) > 1:
            hosts = " or ".join(f"{name}.localhost" for name in taking)
            message = f"no mock answers, and several real APIs could: ask {hosts}"
            raise Malformed(message, code="which-upstream", status=502)
        return self.upstreams[taking[0]] if taking else None

    def _projects(self, mount: Segments) -> list[str]:
        return [self.view] if self.view else self.views.projects_at(mount)


def direction(
    request: Request, views: Views, upstreams: Mapping[str, Upstream], levels: Sequence[Toggles], in_force: InForce
) -> Direction:
    """What decides for a request. Raises Malformed for a header of the runner's that says nothing."""
    flow, _, more = request.header(FLOW).partition(";")
    target = TARGETS.get(more.strip())
    if more and target is None:
        raise Malformed(f"`{FLOW}` takes a flow's id and `; target=mock|real|fallback`")
    view = request.project or views.project(request.host, request.port)
    return Direction(upstreams, levels, in_force, flow.strip(), target, view, views)
