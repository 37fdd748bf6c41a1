"""`keymock url MOCK`: the address that reaches it."""

from __future__ import annotations

import click

from keymock.commands.addresses import call_of
from keymock.commands.invocation import Invocation
from keymock.commands.mock_name import MockName
from keymock.commands.printing import put_json, remark
from keymock.commands.seen import look
from keymock.commands.verb import verb


@verb("url", examples=("keymock url users/get-by-id", 'curl "$(keymock url users/get-by-id)"'))
@click.argument("mock", type=MockName())
def command(invocation: Invocation, mock: str) -> int:
    """Print an address that reaches a mock: the running server's, else the one that keymock up will have."""
    seen = look(invocation)
    route = seen.route(mock)
    call = call_of(seen, route)
    if invocation.json:
        put_json({"url": call.url, "method": call.method, "curl": call.curl, "reaches": call.sure})
        return 0
    print(call.url)
    if not route.enabled:
        remark(invocation, "it is switched off: enabled = false")
    elif route.id in seen.service.world.refused:
        remark(invocation, f"403 for you: {seen.service.world.refused[route.id].reason}")
    elif not call.sure:
        remark(invocation, f"something goes before it: keymock explain {call.method} {call.url}")
    elif call.headers or call.body or call.method != "GET":
        remark(invocation, f"with what it asks for: {call.curl}")
    return 0
