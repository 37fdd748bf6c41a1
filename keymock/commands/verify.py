"""`keymock verify`: whether a running server was asked what it should have been."""

from __future__ import annotations

import re
from typing import Any

import click

from keymock.commands.invocation import Invocation
from keymock.commands.printing import put_json
from keymock.commands.servers import client_of, server_option
from keymock.commands.verb import verb
from keymock.exchange import METHODS, NOT_JSON, parse_query, read_json
from keymock.problems import Stop, error
from keymock.telling import verdict


@verb(
    "verify",
    examples=(
        'keymock verify "POST /orders"                             at least once; the quotes may be left out',
        'keymock verify "POST /orders" --times 1 --json-body \'{"sku": "a"}\'',
        'keymock verify "DELETE /users/:id" --times 0              never',
        'keymock verify "POST /login" "POST /orders"               in this order',
        'keymock verify "POST /login" "POST /orders" --nothing-else',
        "keymock verify --mock cart/get --at-least 2               answered by this mock",
        'keymock verify "POST /done" --timeout 30                  as soon as it holds',
    ),
)
@click.argument("patterns", nargs=-1, metavar="['METHOD PATH'…]")
@click.option("--times", type=click.IntRange(0), help="Exactly so often.")
@click.option("--at-least", type=click.IntRange(0), help="So often or more.")
@click.option("--at-most", type=click.IntRange(0), help="So often or less.")
@click.option("--json-body", metavar="JSON", help="What the body has at least; a matcher's keys carry $.")
@click.option("-H", "--header", "headers", metavar="'K: V'", multiple=True, help="A header; repeatable.")
@click.option("--mock", metavar="MOCK", help="Answered by this mock.")
@click.option("--status", type=click.IntRange(100, 599), help="Answered with this status.")
@click.option("--nothing-else", is_flag=True, help="Nothing but these was asked.")
@click.option("--timeout", type=click.FloatRange(0, 600), default=0.0, metavar="SECONDS", help="Wait until it holds.")
@click.option("--session", default="", metavar="S", help="Of this session; `*` of all; left out: those without.")
@server_option
def command(
    invocation: Invocation, patterns: tuple[str, ...], nothing_else: bool, timeout: float, session: str, server: str,
    **given: Any,
) -> int:  # fmt: skip
    """Say whether the running server was asked for this: how often, in which order, nothing else. Exits 1 if not."""
    read = [_pattern(text) for text in _joined(patterns)]
    if nothing_else:
        wanted: dict[str, Any] = {"nothing_else": read}
    elif len(read) > 1:
        _none(given, "several patterns are asked for in order")
        wanted = {"in_order": read}
    elif read or given["mock"] or given["status"]:
        wanted = {**(read[0] if read else {}), **_more(given)}
    else:
        raise _wrong("what was asked is missing", 'for example: keymock verify "POST /orders" --times 1')
    found = client_of(invocation, server).verify({**wanted, "timeout": timeout}, session)
    if invocation.json:
        put_json(found)
    elif found["ok"]:
        print(f"{invocation.paint.green}✓{invocation.paint.plain} {found['said']}")
    else:
        print(f"{invocation.paint.red}✗{invocation.paint.plain} {verdict(found, invocation.paint)}")
    return 0 if found["ok"] else 1


def _joined(words: tuple[str, ...]) -> list[str]:
    """The patterns, of which a method may stand by itself in front of its path: `GET /x` without quotes."""
    joined: list[str] = []
    for word in words:
        if joined and word.startswith("/") and joined[-1].upper() in METHODS:
            joined[-1] += f" {word}"
        else:
            joined.append(word)
    return joined


def _pattern(text: str) -> dict[str, Any]:
    """`POST /orders?page=1` as the keys of `[request]`."""
    method, space, target = text.strip().partition(" ")
    if not space:
        method, target = "GET", method
    target = target.strip()
    if not target.startswith("/"):
        raise _wrong(f"`{text}` is no METHOD and PATH", 'write it as "POST /orders"')
    found = re.search(r"\?([^<>{}/?]*=[^<>?]*)$", target)
    path = target[: found.start()] if found else target
    query = parse_query(found[1].encode()) if found else {}
    values = {name: each[0] if len(each) == 1 else each for name, each in query.items()}
    return {"method": method.upper(), "path": path} | ({"query": values} if values else {})


def _more(given: dict[str, Any]) -> dict[str, Any]:
    wanted: dict[str, Any] = {name: given[name] for name in ("mock", "status") if given[name] is not None}
    if given["times"] is not None:
        if given["at_least"] is not None or given["at_most"] is not None:
            raise _wrong("--times says it all", "leave --at-least and --at-most out")
        wanted["times"] = given["times"]
    bounds = {name: given[name] for name in ("at_least", "at_most") if given[name] is not None}
    if bounds:
        wanted["times"] = bounds
    if given["json_body"] is not None:
        body = read_json(given["json_body"].encode())
        if body is NOT_JSON:
            raise _wrong(f"`{given['json_body']}` is not JSON")
        wanted["body"] = {"json": body}
    headers = dict(_header(line) for line in given["headers"])
    return wanted | ({"headers": headers} if headers else {})


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name.strip():
        raise _wrong(f"`{line}` is no header", "write it as -H 'X-Tenant: a'")
    return name.strip(), value.strip()


def _none(given: dict[str, Any], why: str) -> None:
    for name, value in given.items():
        if value not in (None, ()):
            raise _wrong(f"--{name.replace('_', '-').removesuffix('s')} says nothing here: {why}")


def _wrong(message: str, hint: str = "see keymock verify --help") -> Stop:
    return Stop(error("keymock verify", "usage", message, hint=hint))
