"""`keymock request curl ID`: a saved request as a curl command line."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from keymock import curl
from keymock.commands.calling import Calling, calling_options, wanted
from keymock.commands.invocation import Invocation
from keymock.commands.printing import put_json, remark
from keymock.commands.request.naming import RequestName, request_of, usable
from keymock.commands.seen import look
from keymock.commands.verb import verb

CALLED = "keymock request curl"


@verb(
    "request curl", examples=("keymock request curl auth/login", "keymock request curl orders/get --env staging | sh")
)
@click.argument("request", type=RequestName())
@calling_options
def command(invocation: Invocation, request: str, **options: Any) -> int:
    """Print a saved request as a curl command line. A secret is printed as the shell variable of its name."""
    seen = look(invocation)
    calling = Calling(seen, wanted(CALLED, options, invocation.environ))
    saved = usable(seen, request_of(seen, calling.library, request))
    standing: dict[str, str] = {}

    def stand_for(name: str) -> str:
        standing[f"keymock-secret-{name}-"] = name
        return f"keymock-secret-{name}-"

    calling.secret = stand_for
    made = calling.ready(saved, calling.variables(saved.item.space))
    outgoing = made.outgoing
    if made.client is not None:
        standing["keymock-secret-token-"] = "ACCESS_TOKEN"
        bearer = ("Authorization", "Bearer keymock-secret-token-")
        outgoing = msgspec.structs.replace(outgoing, headers=(*outgoing.headers, bearer))
        remark(invocation, f"# ACCESS_TOKEN comes from {calling.mask.text(made.client.token_url)}")
    line = curl.written(outgoing, standing)
    if invocation.json:
        put_json({"request": saved.id, "curl": line, "secrets": sorted(standing.values())})
    else:
        print(line)
    return 0
