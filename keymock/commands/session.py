"""`keymock session`: the sessions of a running server, made, told, ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
import msgspec

from keymock import telling
from keymock.commands.invocation import Invocation
from keymock.commands.printing import columns, counted, put_json, remark
from keymock.commands.servers import client_of, server_option
from keymock.commands.verb import Word, verb
from keymock.problems import Stop, error
from keymock.serve.calls import ControlClient

DEEDS = ("ls", "show", "set", "override", "reset", "end")


@verb(
    "session",
    examples=(
        "keymock session ls",
        "keymock session set checkout --seed 7 --preset payments-down --freeze-time 2030-01-01T00:00:00Z",
        "keymock session override checkout error.json     a mock as JSON, or a list, in this session alone",
        "keymock session reset checkout                   forget its state, journal and overrides",
        "keymock session end checkout                     and say which requests found no mock; exits 1 if any",
        "curl -H 'x-keymock-session: checkout' …          belongs to it; so does http://…/__session/checkout/…",
    ),
)
@click.argument("deed", type=Word(DEEDS))
@click.argument("name", required=False)
@click.argument("file", required=False, type=click.File("rb"))
@click.option("--seed", type=click.IntRange(0, 2**62), help="What its chance follows from.")
@click.option("--preset", metavar="P", help="The preset that is on in it; `none` for none.")
@click.option("--faults", metavar="F", help="The fault profile that is on in it; `none` for none.")
@click.option("--freeze-time", metavar="T", help="The moment of its requests, RFC 3339; `off` lets time go on.")
@server_option
def command(invocation: Invocation, deed: str, name: str | None, file: Any, server: str, **given: Any) -> int:
    """List the sessions of the running server, make one, say what is different for it, end it.

    A session has state, overrides, journal, seed and clock of its own; it begins with its first request, too.
    """
    client = client_of(invocation, server)
    if deed == "ls":
        return _list(invocation, client)
    if not name:
        raise _wrong(f"say which session: keymock session {deed} NAME")
    if deed == "end":
        return _end(invocation, client, name)
    if deed == "reset":
        found = client.reset(name)
        put_json(found) if invocation.json else remark(invocation, f"{name} begins anew")
        return 0
    if deed == "override":
        return _override(invocation, client, name, file)
    wish = {key: value for key, value in given.items() if value is not None}
    if wish.get("freeze_time") == "off":
        wish["freeze_time"] = None
    if deed == "set" and not wish:
        raise _wrong("say what is different: --seed, --preset, --faults, --freeze-time")
    shown = client.put_session(name, **wish) if deed == "set" else client.call("GET", f"/sessions/{name}")
    put_json(shown) if invocation.json else _tell(shown)
    return 0


def _list(invocation: Invocation, client: ControlClient) -> int:
    sessions = client.sessions()
    if invocation.json:
        put_json({"sessions": sessions})
        return 0
    rows = [(each["session"], counted(each["requests"], "request"), _different(each)) for each in sessions]
    for line in columns(rows):
        print(line)
    return 0


def _different(shown: Mapping[str, Any]) -> str:
    parts = [f"{key.replace('_', ' ')} {shown[key]}" for key in ("preset", "faults", "freeze_time") if shown[key]]
    parts += [counted(len(shown["overrides"]), "override")] if shown["overrides"] else []
    parts += [counted(len(shown["toggles"]["mocks"]), "switch")] if shown["toggles"]["mocks"] else []
    return ", ".join(parts)


def _tell(shown: Mapping[str, Any]) -> None:
    facts = (shown["session"], f"seed {shown['seed']}", counted(shown["requests"], "request"), _different(shown))
    print("  ".join(filter(None, facts)))
    for each in shown["overrides"]:
        print(f"  {each}")


def _override(invocation: Invocation, client: ControlClient, name: str, file: Any) -> int:
    if file is None:
        raise _wrong("a FILE of JSON is missing, - for standard input", 'one mock: {"request": {"path": "/a"}, …}')
    try:
        given = msgspec.json.decode(file.read())
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise _wrong(f"{file.name} is not JSON: {fault}") from None
    found = client.override(name, given if isinstance(given, list) else [given])
    if invocation.json:
        put_json(found)
        return 0
    for each in found["added"]:
        print(each)
    return 0


def _end(invocation: Invocation, client: ControlClient, name: str) -> int:
    found = client.end_session(name)
    if invocation.json:
        put_json(found)
    elif not found["ended"]:
        remark(invocation, f"there was no session {name}")
    else:
        remark(invocation, f"{name} ended after {counted(found['requests'], 'request')}")
        if found["unmatched"]:
            print(telling.missed(found["unmatched"], invocation.paint))
    return 1 if found["unmatched"] else 0


def _wrong(message: str, hint: str = "see keymock session --help") -> Stop:
    return Stop(error("keymock session", "usage", message, hint=hint))
