"""Whose an exchange was: the space that a mock or a request made of it belongs to, and its path as written there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from keymock.journal.abroad import Shown
from keymock.layout import project_of
from keymock.spec import Project


class Whose(NamedTuple):
    """`space` is empty if nothing tells. `path` is below the project's mount, `inner` below its `base_path` too."""

    space: str
    path: str
    inner: str


def whose(entry: Shown, projects: Mapping[str, Project]) -> Whose:
    """What the mock that answered says, else the host that was called, else the mount that the path lies beneath.

    `entry` is in the shape of `GET /journal`; `projects` are those that whoever asks may know of.
    """
    path = str(entry["path"])
    called = _called(entry, projects)
    space = space_of(entry["mock"] or "") or (f"projects/{called}" if called else "")
    if not space:
        beneath = [name for name, project in projects.items() if _below(path, project.mount) is not None]
        mounted = max(beneath, key=lambda name: len(projects[name].mount), default="")
        space = f"projects/{mounted}" if mounted else ""
    project = projects.get(project_of(space))
    if project is None:
        return Whose(space, path, path)
    if called != project_of(space):
        path = _below(path, project.mount) or path
    return Whose(space, path, _below(path, project.base_path) or path)


def space_of(mock: str) -> str:
    """The space of a mock by its id, of what stands in for one too; empty for what a session alone has.

    >>> space_of("projects/shop/openapi.yaml#getUser"), space_of("override-0001@workspace/mocks/a"), space_of("x")
    ('projects/shop', 'workspace', '')
    """
    name = mock.partition("@")[2] if mock.startswith("override-") else mock
    first, _, rest = name.partition("/")
    second = rest.partition("/")[0]
    if first == "workspace":
        return "workspace"
    return f"{first}/{second}" if first in ("projects", "private") and second else ""


def _called(entry: Shown, projects: Mapping[str, Project]) -> str:
    """The project whose host was called; empty for the bare host."""
    said = next((value for name, value in entry["request"].get("headers", ()) if name == "host"), "").lower()
    host = said.rpartition(":")[0] if said.rpartition(":")[2].isdigit() else said
    if host.endswith(".localhost") and host.removesuffix(".localhost") in projects:
        return str(host.removesuffix(".localhost"))
    return next((name for name, project in projects.items() if host and project.host == host), "")


def _below(path: str, prefix: str) -> str | None:
    """The path below a prefix; None if it is not beneath one, for the prefix `/` too."""
    start = prefix.rstrip("/")
    if not start or not f"{path}/".startswith(f"{start}/"):
        return None
    return path.removeprefix(start) or "/"
