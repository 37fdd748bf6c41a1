"""`keymock init`: makes a folder a workspace."""

from __future__ import annotations

import os
from pathlib import Path

import click

from keymock import repo
from keymock.commands.codeowners import CODEOWNERS, roles_text
from keymock.commands.invocation import Actor, Invocation, actor_of
from keymock.commands.printing import from_here, put_json, remark
from keymock.commands.verb import verb
from keymock.disk import SETTINGS, discover, is_workspace
from keymock.problems import Stop, error
from keymock.roles import Policy
from keymock.workspace import Workspace

IGNORED = ("/private/", "/.keymock/")

SETTINGS_TEXT = """\
# Settings of this keymock workspace. What can stand here: keymock schema keymock
{name}format = 1
"""

EXAMPLE = {
    "projects/shop/project.toml": """\
name = "Shop"
""",
    "projects/shop/mocks/products/get.toml": """\
name = "List products"

[request]
path = "/products"

# The answer is the file beside this one: get.body.json
[response]
headers.Cache-Control = "no-store"
""",
    "projects/shop/mocks/products/get.body.json": """\
[
  { "id": 1, "name": "Tea", "price": 4.5 },
  { "id": 2, "name": "Cup", "price": 12 }
]
""",
    "projects/shop/mocks/products/get-by-id.toml": """\
name = "One product"

[request]
path = "/products/:id<int>"

[[responses]]
name = "not-found"
when.params.id = "0"
status = 404
json = { error = "no such product" }

[[responses]]
name = "found"
json = { id = 1, name = "Tea", price = 4.5 }
""",
    "workspace/mocks/health/get.toml": """\
name = "Health"

[request]
path = "/health"

[response]
body = "fine\\n"
""",
}


@verb(
    "init",
    examples=(
        "keymock init                   # here",
        "keymock init api-mocks --example",
        "keymock init --roles           # with a ROLES file, from CODEOWNERS if there is one",
    ),
)
@click.argument("path", required=False, metavar="[PATH]", type=click.Path())
@click.option("--example", is_flag=True, help="Add a small project to try things on.")
@click.option("--roles", "with_roles", is_flag=True, help="Write ROLES, which says who may see, use and change what.")
def command(invocation: Invocation, path: str | None, example: bool, with_roles: bool) -> int:
    """Make a folder a workspace.

    Writes keymock.toml, what git is to ignore, and the folders of the scopes. What is there stays as it is; run again,
    it adds what is missing.
    """
    root = Path(os.path.abspath(invocation.folder / (path or invocation.workspace or ".")))  # noqa: PTH100
    _check_place(root)
    actor = actor_of(invocation, root if root.is_dir() else invocation.folder)
    wanted = _wanted(root, example=example)
    if with_roles:
        wanted["ROLES"] = _roles(invocation, root, actor)
    created = _write(Workspace(root, actor.name), wanted)
    if invocation.json:
        put_json({"created": created})
        return 0
    for file in created:
        print(f"wrote  {from_here(invocation, root, file)}")
    if not created:
        print(f"{root} is a workspace already: nothing to do")
    if SETTINGS in created or example:
        _say_next(invocation, root, path, example=example)
    elif "ROLES" in created:
        remark(invocation, "next   keymock roles; keymock whoami")
    return 0


def _check_place(root: Path) -> None:
    """No workspace inside another: from within, the inner one would hide what the outer one serves."""
    if root.exists() and not root.is_dir():
        raise Stop(error("keymock init", "no-folder", f"{root} is a file"))
    around = next((above for above in root.parents if (above / SETTINGS).is_file()), None)
    if around is not None and not is_workspace(root):
        hint = f"add to that one, or move out of it: keymock new, in {around}"
        raise Stop(error("keymock init", "inside-workspace", f"{root} lies in the workspace {around}", hint=hint))
    below = discover(root) if root.is_dir() else None
    if below is not None and below.is_relative_to(root) and below != root:
        hint = f"it is found from here too; to add to it: keymock init {below.name}"
        raise Stop(error("keymock init", "workspace-below", f"{below} is a workspace already", hint=hint))


def _wanted(root: Path, *, example: bool) -> dict[str, str]:
    name = root.name.replace("\\", "").replace('"', "")
    wanted = {SETTINGS: SETTINGS_TEXT.format(name=f'name = "{name}"\n' if name.isprintable() and name else "")}
    for folder in ("workspace/mocks", "projects"):
        if not (root / folder).is_dir():
            wanted[f"{folder}/.gitkeep"] = ""
    if example:
        wanted = {file: text for file, text in wanted.items() if not file.endswith(".gitkeep")} | EXAMPLE
    return wanted


def _roles(invocation: Invocation, root: Path, actor: Actor) -> str:
    if actor.name is None:
        hint = "set KEYMOCK_USER or git config user.email, or use --as"
        raise Stop(error("keymock init", "no-identity", "ROLES needs an admin, and nobody is named", hint=hint))
    top = repo.git_root(root) or root
    for name in CODEOWNERS:
        file = top / name
        if file.is_file() and not file.is_symlink():
            within = root.relative_to(top).as_posix()
            remark(invocation, f"from   {name}")
            text = file.read_text("utf-8", "replace")
            return roles_text(actor.name, text, "" if within == "." else within, name)
    return roles_text(actor.name)


def _write(workspace: Workspace, wanted: dict[str, str]) -> list[str]:
    """Writes what is not there yet, and adds to .gitignore; returns what was written."""
    workspace.root.mkdir(parents=True, exist_ok=True)
    catalog = workspace.load()
    policy = Policy(catalog.policy, enforce=catalog.settings.roles == "full")
    created = []
    for file, text in wanted.items():
        if workspace.tree.stamp(file) is None:
            workspace.save(file, text.encode(), policy=policy, layout=catalog.tree.layout, expect=None)
            created.append(file)
    ignored = _ignored(workspace.root)
    if ignored is not None:
        stamp = workspace.tree.stamp(".gitignore")
        workspace.save(".gitignore", ignored.encode(), policy=policy, layout=catalog.tree.layout, expect=stamp)
        created.append(".gitignore")
    return created


def _ignored(root: Path) -> str | None:
    """What .gitignore should say; None if it says so already."""
    file = root / ".gitignore"
    text = file.read_text("utf-8", "surrogateescape") if file.is_file() else ""
    known = {line.strip().strip("/") for line in text.splitlines()}
    missing = [line for line in IGNORED if line.strip("/") not in known]
    if not missing:
        return None
    gap = "\n" if text and not text.endswith("\n") else ""
    return f"{text}{gap}" + "".join(f"{line}\n" for line in missing)


def _say_next(invocation: Invocation, root: Path, path: str | None, *, example: bool) -> None:
    cd = f"cd {path}, then " if path and root != invocation.folder else ""
    first = "keymock up" if example else "keymock new GET /hello 200 'Hello'"
    remark(invocation, f"next   {cd}{first}")
