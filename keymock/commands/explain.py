"""`keymock explain METHOD URL`: which mock would answer, and why the others do not."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Any

import click

from keymock.commands.invocation import Invocation
from keymock.commands.printing import counted, put_json, remark
from keymock.commands.revisions import at_option
from keymock.commands.seen import Seen, look
from keymock.commands.verb import verb
from keymock.exchange import Malformed
from keymock.palette import Palette
from keymock.problems import Stop, error, printable
from keymock.terminal import ticks

ADDRESSES = ("/", "http://", "https://", "ws://", "wss://")
"""How what is explained begins."""

MOST = 5
"""Mocks that are shown besides the one that answers."""


@verb(
    "explain",
    examples=(
        "keymock explain GET /users/1",
        "keymock explain POST /orders -H 'Content-Type: application/json' -d '{\"sku\": \"a\"}'",
        "keymock explain GET http://shop.localhost/products?page=2",
        "keymock explain ws://localhost:8787/rooms/a    # whether a WebSocket is opened, by which mock",
        "keymock explain GET /users/1 --at main",
    ),
)
@click.argument("words", nargs=-1, metavar="METHOD URL")
@click.option("-H", "--header", "headers", metavar="'K: V'", multiple=True, help="A header of the request; repeatable.")
@click.option("-d", "--data", metavar="BODY", help="The body, or @FILE; sent as a form unless a header says otherwise.")
@at_option
def command(invocation: Invocation, words: tuple[str, ...], headers: tuple[str, ...], data: str | None, at: str) -> int:
    """Say which mock would answer a request, and why the others would not. No server is needed.

    METHOD may be left out for GET. Exits with 1 if no mock answers.
    """
    method, url = request_of(words)
    seen = look(invocation, at)
    body = {"body": _body(invocation, data)} if data is not None else {}
    found = asked_for(seen, method, url, headers=_headers(headers, data), **body)
    if invocation.json:
        put_json(found)
    else:
        _tell(seen, f"{method} {url}", found)
        if seen.switches:
            remark(invocation, f"{counted(len(seen.switches), 'mock')} switched by hand: keymock use")
    return 0 if found["answer"] else 1


def asked_for(seen: Seen, method: str, url: str, **more: Any) -> dict[str, Any]:
    """What `keymock explain --json` says of a request. Raises Stop for one that cannot be sent."""
    try:
        return seen.service.explain({"method": method, "url": url, "headers": {}, **more})
    except Malformed as fault:
        raise _wrong(fault.detail) from None


def request_of(words: tuple[str, ...]) -> tuple[str, str]:
    """Method and URL as typed; the method may be left out. Raises Stop."""
    if len(words) == 1 and words[0].startswith(ADDRESSES):
        return "GET", words[0]
    if len(words) != 2:
        raise _wrong("METHOD and URL are needed")
    method, url = words
    if not url.startswith(ADDRESSES):
        raise _wrong(f"`{url}` is no path and no address", f"write /{url}")
    return (method if re.search("[A-Z]", method) else method.upper()), url


def _headers(lines: tuple[str, ...], data: str | None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise _wrong(f"`{line}` is no header", "write it as -H 'Accept: text/html'")
        found.setdefault(name.strip().lower(), []).append(value.strip())
    if data is not None:
        found.setdefault("content-type", ["application/x-www-form-urlencoded"])  # as curl does
    return found


def _body(invocation: Invocation, data: str) -> str | bytes:
    if not data.startswith("@"):
        return data
    try:
        return (invocation.folder / data[1:]).read_bytes()
    except OSError as fault:
        raise _wrong(f"{data[1:]} cannot be read: {fault.strerror}") from None


def _wrong(message: str, hint: str = "for example: keymock explain GET /users/1") -> Stop:
    return Stop(error("keymock explain", "usage", message, hint=hint))


# ---- in words ----------------------------------------------------------------------------------------------------


def _tell(seen: Seen, request: str, found: Mapping[str, Any]) -> None:
    paint = seen.invocation.paint
    answer, candidates = found["answer"], found["candidates"]
    if answer is None:
        _tell_none(seen, request, found, paint)
        return
    named = f" ({printable(answer['response'])})" if answer["response"] else ""
    print(f"{paint.green}{answer['status']}{paint.plain}  {answer['mock']}{named}{_trouble(answer)}")
    first = [one for one in candidates if one["mock"] == answer["mock"]]
    others = [one for one in candidates if one["mock"] != answer["mock"]]
    for one in first[:1]:
        print(f"\n{_ticks(seen, one, paint)}")
    for one in others[:MOST]:
        why = "could answer too, and comes later" if one["matched"] else "does not match"
        print(f"\n{_ticks(seen, one, paint, why)}")
    if others[MOST:]:
        print(f"\n… and {len(others) - MOST} more that take this path")


def _trouble(answer: Mapping[str, Any]) -> str:
    """`  after 83.2 ms, as recorded in projects/shop/data/day.har  fault reset`; nothing if it is given at once."""
    said = []
    if "delay_ms" in answer:
        source = f", as recorded in {printable(answer['delay_from'])}" if "delay_from" in answer else ""
        said.append(f"after {answer['delay_ms']:g} ms{source}")
    if "fault" in answer:
        said.append(f"fault {printable(answer['fault'])}")
    return "".join(f"  {each}" for each in said)


def _tell_none(seen: Seen, request: str, found: Mapping[str, Any], paint: Palette) -> None:
    refusals = [seen.service.world.refused.get(one["mock"]) for one in found["candidates"] if one["matched"]]
    reason = ""
    if found["error"] == "forbidden" and refusals and refusals[0]:
        helpers = f"; ask {', '.join(refusals[0].who[:3])}" if refusals[0].who else ""
        reason = f": {refusals[0].reason}{helpers}"
    elif found["error"] == "method-not-allowed":
        reason = ": there are mocks on this path, for other methods"
    elif found["error"] == "foreign-origin":
        reason = ": a page of this origin may not open a WebSocket here, by `cors`"
    print(f"{paint.red}{found['status']}{paint.plain}  no mock answers {printable(request)}{reason}")
    near = found["candidates"][:3]
    if near and found["error"] != "forbidden":
        print("nearest:")
    for one in near:
        print(f"\n{_ticks(seen, one, paint)}")
    if not near and seen.past is None:
        method, _, url = request.partition(" ")
        print(f"make one: keymock new {method} {shlex.quote(url)}")


def _ticks(seen: Seen, one: Mapping[str, Any], paint: Palette, remark: str = "") -> str:
    return ticks({**one, "file": seen.shown(one["file"])}, paint, remark)
