"""`keymock flow new NAME REQUEST…`: writes a flow of saved requests."""

from __future__ import annotations

import re

import click

from keymock import drafting
from keymock.catalog.library import Library
from keymock.commands.invocation import Invocation
from keymock.commands.new import space_of
from keymock.commands.printing import put_json, remark
from keymock.commands.request.naming import request_of
from keymock.commands.seen import look
from keymock.commands.verb import verb
from keymock.document.write import write
from keymock.flows.reading import parse
from keymock.problems import Stop, error

EXAMPLES = (
    "keymock flow new checkout auth/login cart/add orders/create",
    "keymock flow new 'Sign up' users/create users/confirm --scope project:shop",
)


@verb("flow new", examples=EXAMPLES)
@click.argument("name", metavar="NAME")
@click.argument("requests", nargs=-1, metavar="REQUEST…")
@click.option("--scope", metavar="SCOPE", default="", help="private, workspace, or project:NAME.")
def command(invocation: Invocation, name: str, requests: tuple[str, ...], scope: str) -> int:
    """Write a flow with a step for each saved request, in this order, which expects a status of 2xx from each."""
    seen = look(invocation)
    if not requests:
        hint = "keymock flow new checkout auth/login orders/create; what there is: keymock request ls"
        raise Stop(error("keymock flow new", "usage", "REQUEST is missing", hint=hint))
    library = Library(seen.catalog, seen.rights)
    space = space_of(seen, scope)
    steps = []
    for wanted in requests:
        saved = request_of(seen, library, wanted)
        own = saved.id.removeprefix(f"{space}/requests/") if saved.id.startswith(f"{space}/") else saved.id
        steps.append({"request": own, "expect": {"status": "2xx"}})
    try:
        id_path = f"{space}/flows/{drafting.asked_name(name)}.toml"
    except ValueError as fault:
        raise Stop(error("keymock flow new", "usage", str(fault))) from None
    plain = re.fullmatch(r"[a-z0-9_/.-]*", name)
    data = write({**({} if plain else {"name": name}), "steps": steps}).encode()
    problems = parse(data, id_path).problems
    if problems:
        raise Stop(*problems)
    layout = seen.catalog.tree.layout
    path = layout.file_of(id_path)
    if seen.workspace.tree.stamp(path) is not None:
        raise Stop(
            error(path, "exists", f"{path} is there already, and nothing is overwritten", hint="choose another name")
        )
    seen.workspace.save(path, data, policy=seen.rights.policy, layout=layout, expect=None)
    flow = id_path.removesuffix(".toml")
    if invocation.json:
        put_json({"flow": flow, "files": [path]})
        return 0
    print(f"wrote  {seen.shown(path)}")
    remark(invocation, f"run    keymock flow run {flow.partition('/flows/')[2]}")
    return 0
