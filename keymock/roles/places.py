"""What a path of the workspace is to the roles: which space it lies in, whose it is, whether it is a setting.

Paths are relative to the workspace, with `/`, in their logical form: a project's begin with `projects/<name>/`,
wherever its folder is. A path that ends in `/` is a folder.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Literal

Scope = Literal["shared", "project", "private", "root", "twin", "nowhere"]
"""`root` is the rest of the workspace. A `twin` only looks like one of keymock's own names (`Projects/`, `roles`):
some file systems take it for that, so it is left to workspace admins. `nowhere` is no path inside the workspace."""

Verb = Literal["see", "use", "create", "update", "delete", "administer"]
VERBS: tuple[Verb, ...] = ("see", "use", "create", "update", "delete", "administer")
CHANGES = frozenset({"create", "update", "delete"})

TOPS = frozenset({"workspace", "projects", "private", "environments", "keymock.toml", "roles"})
SETTINGS_OF_ROOT = frozenset({"environments", "keymock.toml", "roles"})

_IDENTITY = re.compile(r"[A-Za-z0-9_%+@-][A-Za-z0-9._%+@-]{0,127}")


def identity(text: str) -> str | None:
    """`text` if it can name a person (`[A-Za-z0-9._%+@-]{1,128}`, no leading dot), else None."""
    return text if _IDENTITY.fullmatch(text) else None


def private_folder(actor: str | None) -> str | None:
    """The name of the actor's folder under `private/`: the identity in lower case; None for nobody.

    Only the identity itself counts here, not the other names that ROLES joins to it.
    """
    return actor.lower() if actor and identity(actor) else None


def scope_of(path: str) -> Scope:
    """Where `path` lies."""
    top = path.partition("/")[0]
    if "//" in path or "/." in path or top in {"", ".", ".."}:
        names = path.removesuffix("/").split("/")
        if path and (names[0] == "" or {"", ".", ".."} & set(names)):
            return "nowhere"
    if top == "projects":
        return "project"
    if top == "workspace":
        return "shared"
    if top == "private":
        return "private"
    known = folded(top)
    if known == "private":
        return "private"
    if known in TOPS and top not in {"environments", "keymock.toml", "ROLES"}:
        return "twin"
    return "root"


def space_of(path: str) -> str:
    """The space that `path` lies in, as people name it: `workspace`, `projects/shop`, `private/ada`, or the path."""
    names = path.split("/")
    if names[0] in {"projects", "private"} and len(names) > 1 and names[1]:
        return "/".join(names[:2])
    return "workspace" if names[0] == "workspace" else path.removesuffix("/") or "the whole workspace"


def as_folder(path: str) -> str:
    """`path`, with its `/` if it can only be a folder: `projects/shop` is the project, not a file of that name."""
    bare = path in {"workspace", "projects", "private", "environments"}
    space = path.count("/") == 1 and path.startswith(("projects/", "private/")) and not path.endswith("/")
    return path + "/" if bare or space else path


def is_own(actor: str | None, path: str) -> bool:
    """Whether a private `path` is the actor's, letter for letter."""
    folder = private_folder(actor)
    return folder is not None and as_folder(path).startswith(f"private/{folder}/")


def needs_admin(path: str, contracts: Collection[str] = ()) -> bool:
    """Whether changing `path` needs an admin: of its project, or outside projects of the workspace.

    `contracts` are the logical paths of contracts that a project.toml names besides the `openapi.*` it finds. Names
    count in every spelling that some file system takes for the same.
    """
    if path in contracts:
        return True
    top, *inner = [folded(name) for name in path.split("/") if name] or [""]
    if top == "private":
        return False
    if top in SETTINGS_OF_ROOT:
        return True
    if top == "projects":
        inner = inner[1:]
    elif top != "workspace":
        return False
    if not inner:
        return False
    if inner[0] == "environments" or inner[-1] == "_defaults.toml":
        return True
    return top == "projects" and len(inner) == 1 and (inner[0] == "project.toml" or inner[0].startswith("openapi."))


def verb_for(path: str, verb: Verb, contracts: Collection[str] = ()) -> Verb:
    """The verb that decides: `administer` for a change of settings, else `verb` itself."""
    return "administer" if verb in CHANGES and needs_admin(path, contracts) else verb


def folded(name: str) -> str:
    """One file name as the most careless file system sees it: case, Unicode form, invisible signs, trailing dots."""
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name).casefold()
        name = "".join(char for char in unicodedata.normalize("NFKC", name) if unicodedata.category(char) != "Cf")
    return name.lower().partition(":")[0].rstrip(". ")
