"""`keymock sync`: waits until all that is on disk is served or refused."""

from __future__ import annotations

import click
import msgspec

from keymock.commands.invocation import Invocation
from keymock.commands.printing import put_json, remark
from keymock.commands.servers import client_of, server_option
from keymock.commands.verb import verb
from keymock.problems import Problem, render


@verb("sync", examples=("keymock sync", "keymock new GET /a 200 && keymock sync && curl localhost:8787/a"))
@server_option
@click.option("--timeout", type=float, default=30.0, show_default=True, metavar="SECONDS", help="How long to wait.")
def command(invocation: Invocation, server: str, timeout: float) -> int:
    """Return when the running server serves, or has refused, everything that is on disk now."""
    answer = client_of(invocation, server).sync(timeout)
    if invocation.json:
        put_json(answer)
        return 0
    problems = [msgspec.convert(each, Problem) for each in answer["problems"]]
    for problem in problems:
        print(render(problem, color=invocation.color))
    remark(invocation, f"generation {answer['generation']}")
    return 0
