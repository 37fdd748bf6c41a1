"""`keymock show MOCK`: one mock as it is served, defaults and overlay laid on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from keymock import document
from keymock.catalog import MAX_DOCUMENT
from keymock.catalog.source import content
from keymock.commands.invocation import Invocation
from keymock.commands.mock_name import MockName
from keymock.commands.printing import from_here, put_json
from keymock.commands.seen import Seen, look
from keymock.commands.verb import verb
from keymock.index import Context, Route
from keymock.overlay import is_removal, merge
from keymock.pattern import normal


@verb("show", examples=("keymock show users/get-by-id", "keymock show users/get-by-id --json"))
@click.argument("mock", type=MockName())
def command(invocation: Invocation, mock: str) -> int:
    """Print one mock as it is served: with the defaults of its folders, and your overlay if you have one.

    MOCK is its path below the workspace without .toml; the end of it is enough if no other mock ends so.
    """
    seen = look(invocation)
    route = seen.route(mock)
    tables = resolved(seen, route)
    files = [file for file, stamp in seen.catalog.units[route.id].inputs if stamp is not None]
    if invocation.json:
        put_json({"mock": route.id, "files": files, **tables})
        return 0
    for file in files:
        print(f"# {from_here(invocation, seen.root, file)}")
    print(f"\n{document.write(tables)}", end="")
    return 0


def resolved(seen: Seen, route: Route) -> dict[str, Any]:
    """The tables of a mock, with all that it starts from written out."""
    tables = _read(seen, seen.catalog.tree.layout.file_of(f"{route.id}.toml"))
    over = seen.catalog.overlays.get(route.id)
    if over:
        tables = merge(tables, _read(seen, over))
    context, _ = seen.catalog.contexts.of(seen.catalog.items[seen.catalog.units[route.id].inputs[0][0]])
    request = dict(tables.get("request", {}))
    methods = list(route.methods)
    request["method"] = methods[0] if len(methods) == 1 else methods
    if context.base_path and isinstance(request.get("path"), str | list):
        paths = [normal(pattern) for pattern in route.patterns]
        request["path"] = paths[0] if len(paths) == 1 else paths
    answers = {} if tables.get("responses") and "response" not in tables else {"response": tables.get("response", {})}
    shown = {**tables, "request": dict(sorted(request.items(), key=_method_first)), **answers}
    base = "response" if "response" in shown else "responses"
    if base == "response":
        shown["response"] = _with_defaults(shown["response"], context, status=not tables.get("responses"))
    else:
        shown["responses"] = [_with_defaults(one, context, status=True) for one in shown["responses"]]
    order = [name for name in shown if not isinstance(shown[name], Mapping | list)]
    return {name: shown[name] for name in [*order, *(name for name in shown if name not in order)]}


def _method_first(pair: tuple[str, Any]) -> int:
    return {"method": 0, "path": 1}.get(pair[0], 2)


def _read(seen: Seen, file: str) -> dict[str, Any]:
    tree = seen.catalog.tree
    data = content(tree.source, tree.files, file, MAX_DOCUMENT)
    return document.parse(data, file, dict[str, Any]).tables


def _with_defaults(response: Mapping[str, Any], context: Context, *, status: bool) -> dict[str, Any]:
    """A response with the headers and the delay that it gets from above; its own go before them."""
    own = response.get("headers", {})
    spelled = {name.lower() for name in own}
    headers = {name: value for name, value in context.headers.items() if name not in spelled and value} | dict(own)
    shown = {name: value for name, value in response.items() if name != "headers" and not is_removal(value)}
    if status:
        shown = {**({"name": shown["name"]} if "name" in shown else {}), "status": 200, **shown}
    if headers:
        shown["headers"] = headers
    if context.delay and "delay" not in shown:
        shown["delay"] = f"{context.delay * 1000:g}ms"
    return shown
