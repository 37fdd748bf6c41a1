"""`keymock request send ID`: a saved request, sent."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from keymock.commands.calling import Calling, calling_options, unsent, wanted
from keymock.commands.invocation import Invocation
from keymock.commands.printing import put_json, remark
from keymock.commands.request.keeping import check_name, keep
from keymock.commands.request.naming import RequestName, request_of, usable
from keymock.commands.request.shown import answer, incoming_json, outgoing_json
from keymock.commands.seen import look
from keymock.commands.verb import Word, verb
from keymock.problems import Stop
from keymock.sending import Incoming, Unsent
from keymock.spec import Mode

CALLED = "keymock request send"

NOT_TRIED = frozenset({
    "bad-request", "bad-url", "host-not-allowed", "host-not-named", "offline", "own-port", "secrets-not-allowed",
})  # fmt: skip
"""Why a request was not even tried: then the exit code is 2."""

EXAMPLES = (
    "keymock request send auth/login",
    "keymock request send orders/get --env staging --var id=42",
    "keymock request send auth/login -q | jq .token       # the body alone",
    "keymock request send orders/get --target real        # the real API, whatever is switched",
    "keymock request send orders/get --fail               # exit 1 for 400 and above",
    "keymock request send orders/get --save-example ok    # and a mock of it: keymock new --from request:orders/get",
)


@verb("request send", examples=EXAMPLES)
@click.argument("request", type=RequestName())
@calling_options
@click.option("--target", type=Word(("mock", "real", "fallback")), help="Where it goes, whatever is switched.")
@click.option("--fail", is_flag=True, help="Exit with 1 if the status is 400 or above.")
@click.option("--save-example", metavar="NAME", default="", help="Keep the answer as an example; secrets are replaced.")
def command(
    invocation: Invocation, request: str, target: Mode | None, fail: bool, save_example: str, **options: Any
) -> int:
    """Send a saved request, and print the answer; -q prints the body alone.

    ID is its path below the workspace without .toml; the end of it is enough if no other request ends so. Without a
    server running, mocks answer in process. Hosts other than this machine need your consent: keymock allow.
    """
    seen = look(invocation)
    asked = msgspec.structs.replace(wanted(CALLED, options, invocation.environ), target=target)
    calling = Calling(seen, asked)
    try:
        saved = usable(seen, request_of(seen, calling.library, request))
        if save_example:
            check_name(saved, save_example)
        environment = calling.environment_of(saved.item.space)
        variables = calling.variables(saved.item.space, environment)
        came: Incoming | None = None
        try:
            prepared = calling.authorized(calling.ready(saved, variables))
            came = calling.send(prepared)
        except Unsent as fault:
            problem = unsent(saved.place, fault, calling.mask)
            raise Stop(problem, exit_code=2 if fault.code in NOT_TRIED else 1) from None
    finally:
        calling.close()
    failed = fail and came.status >= 400
    files = keep(seen, saved, save_example, came, calling.mask) if save_example else []
    if invocation.json:
        put_json({
            "request": {"id": saved.id, "environment": environment, **outgoing_json(prepared.outgoing, calling.mask)},
            "response": incoming_json(came, calling.mask),
            **({"files": files} if files else {}),
        })  # fmt: skip
        return int(failed)
    where = f", environment {environment}" if environment else ""
    outgoing = prepared.outgoing
    remark(invocation, f"{outgoing.method} {calling.mask.text(outgoing.url)}  ({saved.id}{where})")
    for line in answer(invocation, came, calling.mask):
        print(line)
    for number, file in enumerate(reversed(files)):
        remark(invocation, f"{'wrote' if number == 0 else '     '}  {seen.shown(file)}")
    return int(failed)
