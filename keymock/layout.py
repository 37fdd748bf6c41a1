"""What each file of a workspace is, told from its path alone.

Two spellings of one path live here. The *file* is where it lies, relative to the workspace folder, with `/`
(`services/shop/mock/mocks/pay.toml`). The *id path* is what it is called everywhere else
(`projects/shop/mocks/pay.toml`), the same in a monorepo and in a plain workspace; a mock's id is its id path
without `.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from keymock import bare

Kind = Literal["settings", "roles", "project", "defaults", "mock", "bare", "body", "document", "asset"]
"""`bare`: an answer of a mock without TOML. `document`: requests, flows, environments, presets. `asset`: whatever a
document may name (bodies, data)."""

Scope = Literal["private", "project", "workspace"]

PROJECT_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_DOCUMENTS = ("requests", "flows", "environments", "presets")


class Item(msgspec.Struct, frozen=True, gc=False):
    """One file and its place. `space` is `workspace`, `projects/<name>` or `private/<user>`.

    `overlay` marks a file under `private/<user>/` that lies over a shared file: its `id` and `space` are the
    shared ones, `owner` is whose overlay it is.
    """

    file: str
    kind: Kind
    space: str
    id_path: str
    owner: str = ""
    overlay: bool = False

    @property
    def id(self) -> str:
        """The name of a mock: its id path without `.toml`; of a mock without TOML, without status and extension."""
        if self.kind != "bare":
            return self.id_path.removesuffix(".toml")
        named = bare.read(self.id_path)
        return named.mock if named is not None else self.id_path

    @property
    def scope(self) -> Scope:
        """Whose it is, as the order of precedence asks."""
        return scope_of(self.space)


def is_flow(item: Item) -> bool:
    """Whether a document is a flow, by where it lies."""
    return item.kind == "document" and item.id_path.startswith(f"{item.space}/flows/")


def scope_of(space: str) -> Scope:
    """`projects/shop` → `project`."""
    if space == "workspace":
        return "workspace"
    return "project" if space.startswith("projects/") else "private"


def project_of(space: str) -> str:
    """`projects/shop` → `shop`; empty for the other scopes."""
    return space.removeprefix("projects/") if space.startswith("projects/") else ""


class Layout(msgspec.Struct, frozen=True):
    """Where the projects lie: name → folder. `projects/<name>` for plain ones, anything for those of a monorepo."""

    projects: Mapping[str, str] = {}

    def classify(self, file: str) -> Item | None:
        """What the file is, or None for one that keymock does not read (a README, say)."""
        head, _, rest = file.partition("/")
        if not rest:
            return {"keymock.toml": _top(file, "settings"), "ROLES": _top(file, "roles")}.get(file)
        if head == "workspace":
            return _inner(file, "workspace", rest)
        if head == "private":
            return self._private(file, rest)
        if head == "environments":
            return _top(file, "document")
        for name, folder in self.projects.items():
            if file.startswith(folder + "/"):
                return _inner(file, f"projects/{name}", file[len(folder) + 1 :])
        return None

    def file_of(self, id_path: str) -> str:
        """The way back: where the file with this id path lies, or would lie."""
        parts = id_path.split("/", 2)
        if parts[0] == "projects" and len(parts) > 2 and parts[1] in self.projects:
            return f"{self.projects[parts[1]]}/{parts[2]}"
        return id_path

    def folder_of(self, space: str) -> str:
        """The folder of a space; paths in its documents resolve beneath it."""
        project = project_of(space)
        return self.projects.get(project, space) if project else space

    def _private(self, file: str, rest: str) -> Item | None:
        owner, _, beneath = rest.partition("/")
        head, _, tail = beneath.partition("/")
        if not tail:
            return None
        if head not in ("workspace", "projects"):
            return _inner(file, f"private/{owner}", beneath, owner=owner)
        shared = Layout({name: f"projects/{name}" for name in self.projects}).classify(beneath)
        if head == "projects" and shared is None:
            name, _, inner = tail.partition("/")
            shared = _inner(beneath, f"projects/{name}", inner) if inner else None
        if shared is None:
            return None
        return Item(file, shared.kind, shared.space, shared.id_path, owner=owner, overlay=True)


def _top(file: str, kind: Kind) -> Item:
    return Item(file, kind, "", file)


def _inner(file: str, space: str, inside: str, owner: str = "") -> Item | None:
    """What a path inside a space is: the same for every scope."""
    folder, _, rest = inside.partition("/")
    id_path = f"{space}/{inside}"
    if id_path == file:
        id_path = file  # one text for both: there are thousands
    if not rest:
        if inside == "project.toml" and space.startswith("projects/"):
            return Item(file, "project", space, id_path, owner)
        return Item(file, "asset", space, id_path, owner) if inside.startswith("openapi.") else None
    name = rest.rpartition("/")[2]
    if folder == "mocks":
        return Item(file, _mock_kind(name), space, id_path, owner)
    if folder in _DOCUMENTS and name.endswith(".toml"):
        return Item(file, "document", space, id_path, owner)
    return Item(file, "asset", space, id_path, owner)


def _mock_kind(name: str) -> Kind:
    if ".body." in name:
        return "body"
    if not name.endswith(".toml"):
        return "bare" if bare.read(name) is not None else "asset"
    if name == "_defaults.toml":
        return "defaults"
    return "asset" if name.startswith("_") else "mock"


def body_stem(file: str) -> str:
    """`…/get-user.body.json` and `…/get-user.not-found.body.json` → the path before `.body.`."""
    folder, slash, name = file.rpartition("/")
    return folder + slash + name.partition(".body.")[0]


def project_name(folder: str, title: str = "") -> str:
    """The id of a project in a monorepo: from its title, else from its folder, one called mock or mocks skipped."""
    if title:
        return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    parts = [part for part in folder.split("/") if part not in ("mock", "mocks", "..", "")]
    return parts[-1].lower() if parts else ""


def resolve_id(wanted: str, ids: Iterable[str]) -> list[str]:
    """The ids that a spelling on the command line may mean: itself, else every id with that tail."""
    wanted = wanted.removesuffix(".toml").strip("/")
    known = list(ids)
    if wanted in known:
        return [wanted]
    tails = ("/" + wanted, "#" + wanted)
    short = [name for name in known if name.endswith(tails)]
    return sorted(short)
