"""`keymock request new`: saves a request."""

from __future__ import annotations

import re
import sys
from typing import Any

import click

from keymock import curl, request_drafting
from keymock.commands.calling import Calling, calling_options, wanted
from keymock.commands.invocation import Invocation
from keymock.commands.new import space_of
from keymock.commands.printing import put_json, remark
from keymock.commands.request.recalling import recall
from keymock.commands.seen import look
from keymock.commands.verb import verb
from keymock.drafting import Draft
from keymock.exchange import METHODS, NOT_JSON, read_json
from keymock.journal.asked import secrets_of
from keymock.preparing.addresses import as_text
from keymock.problems import Stop, did_you_mean, error

CALLED = "keymock request new"

EXAMPLES = (
    "keymock request new GET http://127.0.0.1:3000/users",
    "keymock request new POST '{{ base_url }}/orders' '{\"sku\": \"a\"}' --header 'X-Tenant: t1' --name orders/create",
    "keymock request new -- curl -X POST https://api.example.com/orders -H 'Accept: text/html' -d a=1",
    "pbpaste | keymock request new -                       # a curl command line, as browsers copy it",
    "keymock request new --from journal:17                 # what a running server was asked",
)


@verb("request new", examples=EXAMPLES)
@click.argument("words", nargs=-1, metavar="[METHOD] URL [BODY] | -- curl … | -")
@click.option(
    "--from", "origin", metavar="journal:N", default="", help="What the running server was asked; see journal."
)
@click.option("--name", metavar="NAME", default="", help="What to call it; made of method and path if left out.")
@click.option("--header", "headers", metavar="'K: V'", multiple=True, help="A header; repeatable.")
@click.option("--scope", metavar="SCOPE", default="", help="private, workspace, or project:NAME.")
@calling_options
def command(
    invocation: Invocation,
    words: tuple[str, ...],
    origin: str,
    name: str,
    headers: tuple[str, ...],
    scope: str,
    **options: Any,
) -> int:
    """Save a request: a file below requests/ that can be sent, changed and committed.

    What begins like the base_url of your environment is saved as {{ base_url }}. Passwords and tokens belong into
    {{ secret.NAME }}: keymock check finds those that were left.
    """
    seen = look(invocation)
    calling = Calling(seen, wanted(CALLED, options, invocation.environ))
    recalled = recall(seen, origin, more=[*words, *headers]) if origin else None
    space = recalled.space if recalled is not None and recalled.space and not scope else space_of(seen, scope)
    if recalled is not None:
        tables, body, extension = recalled.tables(calling, space)
        taken = [item.id for item in seen.catalog.items.values()]
    else:
        tables, body, extension, taken = _tables(words, headers), b"", "", []
        tables = {**tables, "url": _by_variable(str(tables["url"]), calling, space)}
    if not re.fullmatch(r"[a-z0-9_/.-]*", name):
        tables = {"name": name, **tables}
    made = _drafted(tables, space, name=name, body=body, extension=extension, taken=taken)
    files = seen.workspace.add(made.files, policy=seen.rights.policy, layout=seen.catalog.tree.layout)
    if invocation.json:
        needs = {"secrets": sorted(set(secrets_of(tables)))} if recalled is not None else {}
        put_json({"request": made.id, "files": files, **needs})
        return 0
    for number, each in enumerate(reversed(files)):
        print(f"{'wrote' if number == 0 else '     '}  {seen.shown(each)}")
    for note in recalled.notes(calling, tables) if recalled is not None else ():
        remark(invocation, f"note   {note}")
    remark(invocation, f"send   keymock request send {made.id.partition('/requests/')[2]}")
    return 0


# ---- what was asked for ------------------------------------------------------------------------------------------


def _tables(words: tuple[str, ...], headers: tuple[str, ...]) -> dict[str, Any]:
    """The tables of the request. Raises Stop."""
    rest = list(words)
    if rest == ["-"]:
        rest = [sys.stdin.read()]
    try:
        if len(rest) == 1 and re.match(r"\s*(\$\s+)?curl\s", rest[0]):
            rest = curl.split(rest[0])
        if rest[:1] == ["curl"]:
            return curl.read(rest)
    except curl.Unread as fault:
        raise _wrong(fault.message, fault.hint) from None
    method = _method(rest.pop(0)) if rest and "/" not in rest[0] and "{" not in rest[0] else ""
    if not rest:
        raise _wrong("URL is missing", f"for example: {EXAMPLES[0]}")
    url, body = rest.pop(0), "".join(rest[:1])
    if rest[1:]:
        raise _wrong(f"`{rest[1]}` is one word too many", "put the body in quotes, so that the shell keeps it together")
    address, query = curl.split_address(url) if "{{" not in url.partition("?")[2] else (url, {})
    found: dict[str, Any] = {"method": method or ("POST" if body else "GET"), "url": address}
    found |= {"query": query} if query else {}
    found |= {"headers": _headers(headers)} if headers else {}
    return found | (_body(body) if body else {})


def _method(word: str) -> str:
    method = word.upper()
    if method in METHODS:
        return method
    raise _wrong(f"`{word}` is no usual method", did_you_mean(word, [each.lower() for each in METHODS]))


def _headers(lines: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise _wrong(f"`{line}` is no header", "write it as --header 'Accept: text/html'")
        found[name.strip()] = value.strip()
    return found


def _body(text: str) -> dict[str, Any]:
    value = read_json(text.encode("utf-8", "surrogateescape"))
    if value is NOT_JSON or not isinstance(value, dict | list):
        return {"body": text}
    return {"json": value} if curl.in_toml(value) else {"json_text": text}


def _wrong(message: str, hint: str = "") -> Stop:
    return Stop(error(CALLED, "usage", message, hint=hint or "see keymock request new --help"))


# ---- where it goes -----------------------------------------------------------------------------------------------


def _by_variable(url: str, calling: Calling, space: str) -> str:
    """The address, its start written as `{{ base_url }}` if that is what the environment says."""
    variables = calling.variables(space)
    if "{{" in url or "base_url" not in variables.names:
        return url
    try:
        base = as_text(variables.value("base_url")).rstrip("/")
    except Stop:  # it leads nowhere today: then the address stays as it is
        return url
    begins = base and url.startswith(base) and url[len(base) : len(base) + 1] in ("", "/", "?")
    return f"{{{{ base_url }}}}{url[len(base) :]}" if begins else url


def _drafted(tables: dict[str, Any], space: str, **more: Any) -> Draft:
    """The files of the request. Raises Stop if it could not be read again."""
    try:
        made = request_drafting.draft(tables, space, **more)
    except ValueError as fault:
        raise _wrong(str(fault)) from None
    problems = request_drafting.problems_of(made)
    if problems:
        raise Stop(*problems)
    return made
