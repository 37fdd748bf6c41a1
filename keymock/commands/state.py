"""`keymock state`: what requests have left behind in a running server: shown, set, kept, put back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click
import msgspec

from keymock import store
from keymock.commands.invocation import Invocation
from keymock.commands.printing import columns, counted, put_json, remark
from keymock.commands.seen import Seen, look
from keymock.commands.servers import client_of, server_option
from keymock.commands.verb import verb
from keymock.index.route import Resource
from keymock.problems import Stop, did_you_mean, error
from keymock.roles import Policy
from keymock.serve.calls import ControlClient
from keymock.state import STARTED

WORDS = ("show", "set", "reset", "save", "snapshot", "restore")


@verb(
    "state",
    examples=(
        "keymock state                                   scenarios, captured values, records",
        "keymock state set shop/order paid               put a scenario into a state",
        "keymock state reset                             forget what requests left behind",
        "keymock state reset shop/orders --session ada   one scenario or resource, of one session",
        "keymock state save shop/orders                  write its records into its seed file",
        "keymock state snapshot logged-in                and later: keymock state restore logged-in",
    ),
)
@click.argument(
    "words", nargs=-1, metavar="[show | set NAME STATE | reset [NAME…] | save [NAME…] | snapshot S | restore S]"
)
@click.option("--session", default="", metavar="S", help="Whose state; the default session's if left out.")
@server_option
def command(invocation: Invocation, words: tuple[str, ...], session: str, server: str) -> int:
    """Show what requests have left behind in the running server, set it, reset it, or save records.

    Records live in memory. `save` writes those that changed into their seed files, if your role allows it; nothing
    else ever does.
    """
    first, rest = (words[0], words[1:]) if words else ("show", ())
    if first not in WORDS:
        raise _wrong(f"`{first}` is none of {', '.join(WORDS)}", did_you_mean(first, WORDS))
    _count(first, rest)
    client = client_of(invocation, server)
    if first == "save":
        return _save(invocation, client, rest, session)
    if first == "set":
        return _told(invocation, client.call("PUT", f"/state/{_path(rest[0])}", {"state": rest[1]}, session=session),
                     lambda answer: f"{answer['scenario']}  {answer['state']}")  # fmt: skip
    if first == "reset":
        return _reset(invocation, client, rest, session)
    if first == "snapshot":
        return _told(invocation, client.call("PUT", f"/snapshots/{rest[0]}", session=session), _kept)
    if first == "restore":
        return _told(invocation, client.call("POST", f"/snapshots/{rest[0]}/restore", session=session), _kept)
    return _show(invocation, client.call("GET", "/state", session=session))


_TAKES = {"show": (0, 0), "set": (2, 2), "snapshot": (1, 1), "restore": (1, 1)}


def _count(word: str, rest: Sequence[str]) -> None:
    least, most = _TAKES.get(word, (0, len(rest)))
    if not least <= len(rest) <= most:
        raise _wrong(f"`state {word}` takes {counted(most, 'word') if most else 'no more words'}")


def _wrong(message: str, hint: str = "") -> Stop:
    return Stop(error("keymock state", "usage", message, hint=hint or "see keymock state --help"))


def _path(name: str) -> str:
    """`shop/order`; the workspace's without a name in front."""
    return name if "/" in name else f"workspace/{name}"


def _told(invocation: Invocation, answer: dict[str, Any], line: Callable[[dict[str, Any]], str]) -> int:
    if invocation.json:
        put_json(answer)
    else:
        print(line(answer))
    return 0


def _kept(answer: dict[str, Any]) -> str:
    return f"snapshots: {', '.join(answer['snapshots'])}"


# ---- showing and resetting ---------------------------------------------------------------------------------------


def _show(invocation: Invocation, answer: dict[str, Any]) -> int:
    if invocation.json:
        put_json(answer)
        return 0
    rows = [("scenario", name, state) for name, state in answer["scenarios"].items()]
    for space, values in answer["values"].items():
        rows += [("value", f"{space}/{name}", msgspec.json.encode(value).decode()) for name, value in values.items()]
    rows += [
        ("records", name, f"{each['records']}{', changed' if each['changed'] else ''}")
        for name, each in answer["data"].items()
    ]
    for line in columns(rows):
        print(line)
    if not rows:
        remark(invocation, "there is no state: no mock has a scenario or records, and none has captured a value")
    return 0


def _reset(invocation: Invocation, client: ControlClient, names: Sequence[str], session: str) -> int:
    if not names:
        return _told(invocation, client.call("POST", "/reset", session=session), lambda _: "reset")
    known = client.call("GET", "/state", session=session)
    done = []
    for name in map(_path, names):
        if name in known["scenarios"]:
            done.append(client.call("DELETE", f"/state/{name}", session=session))
        elif name in known["data"]:
            answer = client.call("DELETE", f"/data/{name}", session=session)
            done.append({"resource": answer["resource"], "records": len(answer["records"])})
        else:
            hint = did_you_mean(name, [*known["scenarios"], *known["data"]])
            raise Stop(
                error("keymock state", "no-such-resource", f"no scenario or resource is called `{name}`", hint=hint)
            )
    if invocation.json:
        put_json(done)
        return 0
    for each in done:
        print(f"{each.get('scenario') or each.get('resource')}  {each.get('state', STARTED)}"
              if "scenario" in each else f"{each['resource']}  {counted(each['records'], 'record')}")  # fmt: skip
    return 0


# ---- saving ------------------------------------------------------------------------------------------------------


def _save(invocation: Invocation, client: ControlClient, names: Sequence[str], session: str) -> int:
    """Writes records into their seed files: those that are named, else all that changed."""
    known = client.call("GET", "/state", session=session)["data"]
    wanted = [_path(name) for name in names] or [name for name, each in known.items() if each["changed"]]
    for name in wanted:
        if name not in known:
            hint = did_you_mean(name, known) or f"there are: {', '.join(known) or 'none'}"
            raise Stop(error("keymock state", "no-such-resource", f"no mock serves `{name}`", hint=hint))
    seen = look(invocation)
    saved = [_saved(seen, client.call("GET", f"/data/{name}", session=session)) for name in wanted]
    if invocation.json:
        put_json({"files": saved})
        return 0
    for file in saved:
        print(file)
    if not saved:
        remark(invocation, "no records have changed: nothing was written")
    return 0


def _saved(seen: Seen, answer: dict[str, Any]) -> str:
    """Writes one resource; returns the file. Raises Stop."""
    name, file = answer["resource"], answer["seed"]
    if not file:
        hint = 'name one in its [data] table, seed = "orders.json", with `[]` in it'
        raise Stop(error("keymock state", "no-seed", f"`{name}` has no seed file to write to", hint=hint))
    resource = _resource(seen, file, answer["identity"])
    if resource is None:
        hint = "see what differs: keymock sync, and then save again"
        raise Stop(
            error(
                file,
                "changed-meanwhile",
                "its mock or its seed is another than the server's: nothing was written",
                hint=hint,
            )
        )
    tree, catalog = seen.workspace, seen.catalog
    try:
        data = store.written(resource.seed, file, resource.definition, answer["records"])
    except store.SeedError as fault:
        raise Stop(error(file, "not-writable", f"{fault.message}: nothing was written")) from None
    tree.save(
        file, data, policy=Policy(catalog.policy), layout=catalog.tree.layout, expect=catalog.tree.files.get(file)
    )
    return str(file)


def _resource(seen: Seen, file: str, identity: str) -> Resource | None:
    """The resource over a seed file, if it is still that which the server serves."""
    for route in seen.routes.values():
        if route.resource is not None and route.resource.seed_file == file and route.resource.identity == identity:
            return route.resource
    return None
