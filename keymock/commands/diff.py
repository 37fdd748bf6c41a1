"""`keymock diff BASE [HEAD]`: what callers will see differently."""

from __future__ import annotations

import click

from keymock.changes.as_json import as_json
from keymock.changes.markdown import markdown
from keymock.changes.text import text
from keymock.commands.comparing import compare
from keymock.commands.invocation import Invocation
from keymock.commands.printing import put_json
from keymock.commands.revisions import Revision
from keymock.commands.verb import Word, verb


@verb(
    "diff",
    examples=(
        "keymock diff main",
        "keymock diff v1.2 v1.3",
        "keymock diff main...HEAD --format markdown",
        "keymock diff main --fail-on breaking --accept 'GET /users/:id'",
    ),
)
@click.argument("revisions", nargs=-1, required=True, type=Revision(), metavar="BASE [HEAD]")
@click.option("--format", "form", type=Word(("text", "markdown", "json")), default="text", help="How to print it.")
@click.option("--fail-on", type=Word(("breaking", "any")), help="Exit with 1 if something breaks, or is different.")
@click.option("--accept", multiple=True, metavar="ROUTE", help="A break that is meant: a route, or a mock; repeatable.")
def command(
    invocation: Invocation, revisions: tuple[str, ...], form: str, fail_on: str | None, accept: tuple[str, ...]
) -> int:
    """Say what callers will see differently: routes, answers, conditions, delays, settings, rights. Not which lines.

    HEAD left out is the work tree. BASE..HEAD compares the two, BASE...HEAD begins where they parted. A break is meant
    where a commit between them ends with `Keymock-Breaking: GET /users/:id <reason>`.
    """
    title, found = compare(invocation, revisions, accept)
    if invocation.json or form == "json":
        put_json(as_json(found))
    elif form == "markdown":
        print(markdown(found))
    else:
        print(text(found, title, color=invocation.color))
    return 1 if (fail_on == "any" and found.changes) or (fail_on == "breaking" and found.breaking) else 0
