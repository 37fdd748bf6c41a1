"""`keymock show MOCK`: one mock as it is served, defaults and overlay laid on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from keymock import document
from keymock.catalog import MAX_DOCUMENT, bare
from keymock.catalog.source import content
from keymock.commands.invocation import Invocation
from keymock.commands.mock_name import MockName
from keymock.commands.printing import put_json, remark
from keymock.commands.revisions import at_option
from keymock.commands.seen import Seen, look
from keymock.commands.verb import verb
from keymock.document.write import write
from keymock.index import Route
from keymock.layout import Item
from keymock.overlay import is_removal, merge
from keymock.pattern import normal
from keymock.toggles import switch_text


@verb(
    "show",
    examples=(
        "keymock show users/get-by-id",
        "keymock show users/get-by-id --json",
        "keymock show users/get-by-id --at main",
    ),
)
@click.argument("mock", type=MockName())
@at_option
def command(invocation: Invocation, mock: str, at: str) -> int:
    """Print one mock as it is served: with the defaults of its folders, and your overlay if you have one.

    MOCK is its path below the workspace without .toml; the end of it is enough if no other mock ends so.
    """
    seen = look(invocation, at)
    route = seen.route(mock)
    tables = resolved(seen, route)
    unit = seen.catalog.units[route.contract or route.id]
    files = [file for file, stamp in unit.inputs if stamp is not None]
    if invocation.json:
        put_json({"mock": route.id, "files": files, **tables})
        return 0
    for file in files:
        print(f"# {seen.shown(file)}")
    print(f"\n{write(tables)}", end="")
    if route.id in seen.switches:
        remark(invocation, f"switched: {switch_text(seen.switches[route.id])}  (keymock use)")
    return 0


def resolved(seen: Seen, route: Route) -> dict[str, Any]:
    """The tables of a mock, with all that it starts from written out."""
    if route.contract:
        return _of_contract(route)
    unit = seen.catalog.units[route.id]
    item = seen.catalog.items[unit.inputs[0][0]]
    tables = _read(seen, item.file) if not route.bare else _of_names(seen, route)
    over = seen.catalog.overlays.get(route.id)
    if over and not route.bare:
        tables = merge(tables, _read(seen, over))
    above = defaults_above(seen, item)
    request = dict(tables.get("request", {}))
    request["method"] = route.methods[0] if len(route.methods) == 1 else list(route.methods)
    if above.get("base_path") and isinstance(request.get("path"), str | list):
        paths = [normal(pattern) for pattern in route.patterns]
        request["path"] = paths[0] if len(paths) == 1 else paths
    shown = {**tables, "request": dict(sorted(request.items(), key=_method_first))}
    if isinstance(above.get("guard"), Mapping) and "guard" not in shown:
        shown["guard"] = above["guard"]
    starts = above.get("response", {})
    variants = tables.get("responses", [])
    if "response" in tables or not variants:
        shown["response"] = _with_defaults(tables.get("response", {}), starts, status=not variants)
    else:
        shown["responses"] = [_with_defaults(one, starts, status=True) for one in variants]
    values = [name for name in shown if not isinstance(shown[name], Mapping) and name != "responses"]
    return {name: shown[name] for name in dict.fromkeys([*values, "request", "response", *shown]) if name in shown}


def _of_contract(route: Route) -> dict[str, Any]:
    """An operation as a mock over it would begin."""
    paths = [normal(pattern) for pattern in route.patterns]
    return {
        "name": route.name,
        "operation": route.id.partition("#")[2],
        "request": {"method": route.methods[0], "path": paths[0] if len(paths) == 1 else paths},
        "response": {"status": route.answers[0].status, "from": "contract"},
    }


def _method_first(pair: tuple[str, Any]) -> int:
    return {"method": 0, "path": 1}.get(pair[0], 2)


def _of_names(seen: Seen, route: Route) -> dict[str, Any]:
    """What the names of a mock's files say, as TOML would."""
    return bare.tables([seen.catalog.items[file] for file, _ in seen.catalog.units[route.id].inputs])


def _read(seen: Seen, file: str) -> dict[str, Any]:
    tree = seen.catalog.tree
    if file not in tree.files:
        return {}
    data = content(tree.source, tree.files, file, MAX_DOCUMENT)
    return document.parse(data, file, dict[str, Any]).tables


def defaults_above(seen: Seen, item: Item) -> dict[str, Any]:
    """The keys of `_defaults.toml` that hold for a mock, as they are spelled: of all files above it, nearest wins."""
    folder = seen.catalog.tree.layout.folder_of(item.space)
    merged = _top_defaults(_read(seen, "keymock.toml").get("defaults", {}))
    if item.space.startswith("projects/"):
        project = _read(seen, f"{folder}/project.toml")
        merged = merge(merged, _top_defaults(project.get("defaults", {})))
        merged = merge(merged, {"base_path": project["base_path"]} if "base_path" in project else {})
    parts = item.file.rpartition("/")[0].removeprefix(folder).strip("/").split("/")
    for length in range(len(parts) + 1):
        merged = merge(merged, _lower_headers(_read(seen, "/".join([folder, *parts[:length], "_defaults.toml"]))))
    return merged


def _top_defaults(defaults: Mapping[str, Any]) -> dict[str, Any]:
    """`[defaults]` of settings has at its top what `_defaults.toml` has under `response`."""
    inner = {name: value for name, value in defaults.items() if name not in ("base_path", "cors", "guard", "response")}
    outer = {name: value for name, value in defaults.items() if name in ("base_path", "cors", "guard")}
    return _lower_headers({**outer, "response": merge(defaults.get("response", {}), inner)})


def _lower_headers(tables: Mapping[str, Any]) -> dict[str, Any]:
    response = dict(tables.get("response", {}))
    if "headers" in response:
        response["headers"] = {name.lower(): value for name, value in response["headers"].items()}
    return {**tables, "response": response}


def _with_defaults(response: Mapping[str, Any], starts: Mapping[str, Any], *, status: bool) -> dict[str, Any]:
    """A response with what it gets from above; its own goes before that, and what is switched off is left out."""
    own = response.get("headers", {})
    spelled = {name.lower() for name in own}
    headers = {name: value for name, value in starts.get("headers", {}).items() if name not in spelled and value}
    shown = {name: value for name, value in response.items() if name != "headers" and not is_removal(value)}
    first = {"name": shown["name"]} if "name" in shown else {}
    shown = {**first, **({"status": 200} if status else {}), **shown}
    if headers or own:
        shown["headers"] = {**headers, **own}
    more = {name: value for name, value in starts.items() if name != "headers" and value not in ("none", "0ms")}
    return {**shown, **{name: value for name, value in more.items() if name not in shown}}
