"""`keymock private override MOCK`: an overlay of one's own over a shared mock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from keymock import document, drafting
from keymock.commands.invocation import Invocation
from keymock.commands.mock_name import MockName
from keymock.commands.new import body_of, headers_of, status_of
from keymock.commands.printing import from_here, put_json, remark
from keymock.commands.seen import Seen, look
from keymock.commands.verb import Word, verb
from keymock.document.write import write
from keymock.drafting import Wish
from keymock.index import Route
from keymock.problems import Stop, did_you_mean, error

GIVEN = ("status", "body", "body_file", "json_body", "headers")


@verb(
    "private",
    examples=(
        "keymock private override cart/get --status 500",
        'keymock private override users/get-by-id --json-body \'{"name": "Ada"}\'',
        "keymock private override payments/pay --response declined --header 'Retry-After: 1'",
        "keymock private override cart/get            an overlay to be edited",
    ),
)
@click.argument("deed", type=Word(("override",)))
@click.argument("mock", type=MockName())
@click.option("--status", metavar="STATUS", help="Answer with this status.")
@click.option("--body", metavar="TEXT", help="What is sent. JSON is seen to be JSON.")
@click.option("--body-file", metavar="FILE", help="The body from a file, byte for byte.")
@click.option("--json-body", metavar="JSON", help="The body as JSON, a bare text or number too.")
@click.option("--header", "headers", metavar="'K: V'", multiple=True, help="A header of the answer; repeatable.")
@click.option("--response", default="", metavar="NAME", help="Which answer of a mock that has several.")
def command(invocation: Invocation, deed: str, mock: str, response: str, **options: Any) -> int:  # noqa: ARG001
    """Lay something of your own over a shared mock: it goes before the shared file, key by key, for you alone.

    The overlay is a file in your private folder, which git ignores. `keymock promote` makes it everybody's.
    """
    given = {name: value for name, value in options.items() if value not in (None, ())}
    seen = look(invocation)
    route = seen.route(mock)
    place = _place(seen, route)
    bodies = [name for name in ("body", "body_file", "json_body") if name in given]
    if len(bodies) > 1:
        raise _wrong(f"both --{bodies[0].replace('_', '-')} and --{bodies[1].replace('_', '-')} say what the body is")
    files = _files(seen, route, place, given, response)
    layout, policy = seen.catalog.tree.layout, seen.rights.policy
    for file, content in files.items():
        seen.workspace.save(file, content, policy=policy, layout=layout, expect=None)
    if invocation.json:
        put_json({"mock": route.id, "files": list(files)})
        return 0
    for number, file in enumerate(reversed(files)):
        print(f"{'wrote' if number == 0 else '     '}  {from_here(invocation, seen.root, file)}")
    remark(invocation, f"lies over {route.id}, for you alone; delete it to be rid of it")
    return 0


def _place(seen: Seen, route: Route) -> str:
    """Where the overlay goes, without `.toml`. Raises Stop where there is to be none."""
    if not seen.owner:
        hint = "set KEYMOCK_USER, or git config user.email, or use --as"
        message = "nobody is named, and nobody has no private folder"
        raise Stop(error("keymock private", "no-identity", message, hint=hint))
    if route.id.startswith("private/"):
        raise _wrong(f"{route.id} is yours already: edit {seen.shown(route.file)}")
    refused = seen.service.world.refused.get(route.id)
    if refused is not None:
        message = f"an overlay works only where you may use the mock: {refused.reason}"
        raise Stop(error("keymock private", "forbidden", message), exit_code=1)
    if "#" in route.id:
        hint = f"a mock of your own goes before it: keymock new {route.methods[0]} PATH --scope private"
        raise _wrong(f"{route.id} is one of several routes of {seen.shown(route.file)}, not a file of its own", hint)
    if route.bare:
        hint = f"put your own file of that name into private/{seen.owner}/{route.id.rpartition('/')[0]}/"
        raise _wrong(f"{route.id} is a mock without TOML", hint)
    known = seen.catalog.overlays.get(route.id)
    if known is not None:
        raise Stop(error(known, "exists", "your overlay is there already, and nothing is overwritten", hint="edit it"))
    return f"private/{seen.owner}/{route.id}"


def _files(seen: Seen, route: Route, place: str, given: Mapping[str, Any], response: str) -> dict[str, bytes]:
    """The overlay, and before it the body that needs a file of its own."""
    answer, top, body = _answer(seen, route, given)
    variant = _variant(seen, route, response)
    tables = {**top, "responses": [{"name": variant, **answer}]} if variant else {**top, "response": answer}
    stem = f"{place}.{variant}" if variant else place
    found = {f"{stem}.body.{extension}": content for extension, content in body.items()}
    head = f"# Lies over {route.id}.toml, for you alone: what stands here goes before what stands there.\n\n"
    return {**found, f"{place}.toml": (head + write(tables)).encode()}


def _answer(
    seen: Seen, route: Route, given: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any], dict[str, bytes]]:
    """What the overlay says of the answer, what stands above it, and a body file by its extension: as `new` writes."""
    body, body_name, content_type, literal = body_of(seen.invocation, dict(given))
    wish = Wish(
        path="/",
        status=status_of(given.get("status", "200")),
        headers=headers_of(given.get("headers", ())),
        body=body,
        content_type=content_type,
        body_name=body_name,
        literal=literal,
        name="overlay",
    )
    made = drafting.draft(wish, "workspace")
    text = made.files[f"{made.id}.toml"]
    tables = document.parse(text, f"{made.id}.toml", dict[str, Any]).tables
    answer = dict(tables.get("response", {}))
    answer.pop("status", None)
    if "status" in given or not set(GIVEN) & given.keys():
        answer = {"status": wish.status if "status" in given else route.answers[0].status, **answer}
    top = {"template": tables["template"]} if "template" in tables else {}
    bodies = {name.partition(".body.")[2]: content for name, content in made.files.items() if ".body." in name}
    return answer, top, bodies


def _variant(seen: Seen, route: Route, wanted: str) -> str:
    """The answer that is meant, by its name; empty for a mock with one."""
    names = [answer.name for answer in route.answers if answer.name]
    if len(route.answers) == 1 and not names:
        if wanted:
            raise _wrong(f"{route.id} has one answer, without a name")
        return ""
    if not names:
        hint = f"give them names in {seen.shown(route.file)}"
        raise _wrong(f"the answers of {route.id} have no names, so an overlay cannot tell which it means", hint)
    if wanted in names or (not wanted and len(names) == 1):
        return wanted or names[0]
    hint = did_you_mean(wanted, names) or f"--response {' | '.join(names)}"
    raise _wrong(f"there is no answer `{wanted}`" if wanted else f"{route.id} has several answers: say which", hint)


def _wrong(message: str, hint: str = "") -> Stop:
    return Stop(error("keymock private", "usage", message, hint=hint or "see keymock private --help"))
