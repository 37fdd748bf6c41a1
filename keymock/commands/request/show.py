"""`keymock request show ID`: one saved request as it would be sent."""

from __future__ import annotations

from typing import Any

import click

from keymock.commands.calling import Calling, calling_options, wanted
from keymock.commands.invocation import Invocation
from keymock.commands.printing import put_json, remark
from keymock.commands.request.naming import RequestName, request_of, usable
from keymock.commands.request.shown import head, outgoing_json
from keymock.commands.seen import look
from keymock.commands.verb import verb

CALLED = "keymock request show"


@verb("request show", examples=("keymock request show auth/login", "keymock request show orders/get --env staging"))
@click.argument("request", type=RequestName())
@calling_options
def command(invocation: Invocation, request: str, **options: Any) -> int:
    """Print a saved request as it would be sent: variables filled in, secrets masked. Nothing is sent."""
    seen = look(invocation)
    calling = Calling(seen, wanted(CALLED, options, invocation.environ))
    saved = usable(seen, request_of(seen, calling.library, request))
    environment = calling.environment_of(saved.item.space)
    variables = calling.variables(saved.item.space, environment)
    made = calling.ready(saved, variables)
    examples = [example.name for example in saved.request.examples] if saved.request is not None else []
    if invocation.json:
        told = outgoing_json(made.outgoing, calling.mask)
        put_json({"request": saved.id, "file": saved.file, "environment": environment, **told, "examples": examples})
        return 0
    remark(invocation, f"# {seen.shown(saved.file)}" + (f", environment {environment}" if environment else ""))
    for line in head(made.outgoing, calling.mask):
        print(line)
    if made.client is not None:
        remark(invocation, f"# and a token that is asked for at {calling.mask.text(made.client.token_url)}")
    if examples:
        remark(invocation, f"# examples: {', '.join(examples)}")
    return 0
