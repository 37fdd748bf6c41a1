"""`keymock promote MOCK`: what was somebody's own becomes everybody's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from keymock import document
from keymock.commands.invocation import Invocation
from keymock.commands.mock_name import MockName
from keymock.commands.new import space_of
from keymock.commands.printing import from_here, put_json, remark
from keymock.commands.seen import Seen, look
from keymock.commands.verb import verb
from keymock.document import KeyPath
from keymock.document.edit import edit
from keymock.index import Route
from keymock.layout import body_stem
from keymock.overlay import BODY_KEYS, merge
from keymock.problems import Stop, error


@verb(
    "promote",
    examples=(
        "keymock promote mine/get-cart                      to the project of this folder, else to the workspace",
        "keymock promote mine/get-cart --scope project:shop",
        "keymock promote cart/get                           your overlay goes into the shared mock",
    ),
)
@click.argument("mock", type=MockName())
@click.option("--scope", default="", metavar="SCOPE", help="workspace, or project:NAME.")
def command(invocation: Invocation, mock: str, scope: str) -> int:
    """Move a private mock to a shared scope, bodies and all; or write your overlay into the mock that it lies over.

    It asks for the right to write there; comments of both files stay. Nothing is committed.
    """
    seen = look(invocation)
    route = seen.route(mock)
    overlay = seen.catalog.overlays.get(route.id)
    if overlay is not None:
        if scope:
            message = f"your overlay lies over {route.id}, and goes into it: no --scope"
            raise Stop(error("keymock promote", "usage", message))
        moved, kept = _laid_in(seen, route, overlay), set[str]()
        mock_id = route.id
    elif route.id.startswith(f"private/{seen.owner}/"):
        space = space_of(seen, scope)
        if space.startswith("private/"):
            message = "that is private again; promote is for what everybody shall have"
            raise Stop(error("keymock promote", "usage", message, hint="--scope workspace, or project:NAME"))
        moved, kept = _moved(seen, route, space)
        mock_id = f"{space}/{route.id.split('/', 2)[2]}"
    else:
        raise Stop(error("keymock promote", "usage", f"{route.id} is shared, and you have no overlay on it"))
    if invocation.json:
        removed = [file for file in moved if file not in kept]
        put_json({"mock": mock_id, "files": list(moved.values()), "removed": removed})
        return 0
    for old, new in moved.items():
        told = "copied" if old in kept else "moved "
        print(f"{told}  {from_here(invocation, seen.root, old)} → {from_here(invocation, seen.root, new)}")
    seen.service.rescan(None)
    known = seen.service.problems
    for problem in (one for one in known if one.path in moved.values()):
        remark(invocation, f"note    {problem.place}: {problem.message}")
    return 0


def _moved(seen: Seen, route: Route, space: str) -> tuple[dict[str, str], set[str]]:
    """Moves a private mock with the files that it names: old names to new; and those that others need still."""
    own = f"private/{seen.owner}"
    units, layout = seen.catalog.units, seen.catalog.tree.layout
    files = [file for file, stamp in units[route.id].inputs if stamp is not None and file.startswith(f"{own}/")]
    target = {file: layout.file_of(f"{space}{file.removeprefix(own)}") for file in files}
    others = {file for name, unit in units.items() if name != route.id for file, _ in unit.inputs}
    taken = [new for new in target.values() if seen.workspace.tree.stamp(new) is not None]
    if taken:
        message = f"{taken[0]} is there already, and nothing is overwritten"
        raise Stop(error(route.file, "exists", message, hint="rename yours first"))
    # The mock comes last: no reader finds it without its body.
    for old, new in reversed(target.items()):
        _save(seen, new, seen.catalog.tree.source.read(old), new=True)
    kept = others & target.keys()
    for old in (file for file in target if file not in kept):
        _remove(seen, old)
    return target, kept


def _laid_in(seen: Seen, route: Route, overlay: str) -> dict[str, str]:
    """Writes an overlay into the mock that it lies over; body files that its own bodies take the place of go."""
    source, layout = seen.catalog.tree.source, seen.catalog.tree.layout
    shared = layout.file_of(f"{route.id}.toml")
    base, over = (document.parse(source.read(file), file, dict[str, Any]) for file in (shared, overlay))
    text = edit(base.text, dict(_changes(base.tables, merge(base.tables, over.tables))))
    stem = overlay.removesuffix(".toml")
    inputs = [file for file, stamp in seen.catalog.units[route.id].inputs if stamp is not None]
    mine = [file for file in inputs if file.startswith(f"{stem}.") and file != overlay]
    bodies = {file: layout.file_of(route.id + file.removeprefix(stem)) for file in mine}
    replaced = {body_stem(new) for new in bodies.values()}
    if BODY_KEYS & over.tables.get("response", {}).keys():
        replaced.add(shared.removesuffix(".toml"))
    for file in list(seen.catalog.tree.files):
        if ".body." in file and body_stem(file) in replaced and file not in bodies.values():
            _remove(seen, file)
    for old, new in bodies.items():
        _save(seen, new, source.read(old), new=seen.workspace.tree.stamp(new) is None)
    _save(seen, shared, text.encode(), new=False)
    moved = {**bodies, overlay: shared}
    for old in moved:
        _remove(seen, old)
    return moved


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """What to set, or to take out (None), key by key, so that all else keeps its place and its comments."""
    for key in before:
        if key not in after:
            yield (*path, key), None
    for key, value in after.items():
        known = before.get(key)
        if isinstance(value, Mapping) and isinstance(known, Mapping):
            yield from _changes(known, value, (*path, key))
        elif value != known or type(value) is not type(known):
            yield (*path, key), value


def _save(seen: Seen, file: str, content: bytes, *, new: bool) -> None:
    layout, policy = seen.catalog.tree.layout, seen.rights.policy
    expect = None if new else seen.catalog.tree.files.get(file)
    seen.workspace.save(file, content, policy=policy, layout=layout, expect=expect)


def _remove(seen: Seen, file: str) -> None:
    layout, policy = seen.catalog.tree.layout, seen.rights.policy
    seen.workspace.remove(file, policy=policy, layout=layout, expect=seen.catalog.tree.files[file])
