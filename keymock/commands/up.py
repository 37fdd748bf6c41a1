"""`keymock up`: serves a workspace until it is told to stop. This is its command line; `serving` does it."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from keymock.commands.asked import Up
from keymock.commands.interrupting import at_once
from keymock.commands.invocation import Invocation, actor_of, root_of, workspace_at
from keymock.commands.revisions import Revision
from keymock.commands.verb import verb
from keymock.consent import VARIABLE, for_this_run
from keymock.problems import Stop, error
from keymock.units import size

DOCUMENTS = (".yaml", ".yml", ".json")


class Bytes(click.ParamType[int]):
    """A size: `10MiB`, `64KiB`, or a bare number."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        try:
            return int(value) if value.isdigit() else int(size(value))
        except ValueError as fault:
            self.fail(str(fault), param, ctx)


class Moment(click.ParamType[float]):
    """A moment as RFC 3339 has it, in epoch seconds."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f'`{value}` is no time; write it like "2030-01-01T00:00:00Z"', param, ctx)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


@verb(
    "up",
    examples=(
        "keymock up                              the workspace around this folder, on its port",
        "keymock up example-workspace --port 0   another one, on any free port",
        "keymock up openapi.yaml                 an OpenAPI document alone, with no workspace at all",
        "keymock up --as ada@example.com         as somebody else would be served",
        "keymock up --project shop               one project alone, at /",
        "keymock up --tokens                     several people: see keymock token issue",
        "keymock up --at v1.2                    as it was at a tag, beside what is served now",
        "keymock up --ready-file ready.json      for scripts: written when the first request can be answered",
    ),
)
@click.argument("path", required=False)
@click.option("--port", type=click.IntRange(0, 65535), help="The port of the mocks; 0 takes a free one.")
@click.option("--control-port", type=click.IntRange(0, 65535), default=0, help="The control plane's; free by default.")
@click.option("--ready-file", type=click.Path(path_type=Path), help="Write where the server is, once it answers.")
@click.option("--project", default="", metavar="P", help="Serve one project alone, at /.")
@click.option(
    "--at", default="", metavar="REV", type=Revision(), help="Serve a revision of git, on a free port, beside others."
)
@click.option("--tokens", is_flag=True, help="Serve several people: each is who their x-keymock-token says.")
@click.option("--strict", is_flag=True, help="Serve nothing while anything is broken or withheld.")
@click.option("--no-private", is_flag=True, help="Leave your private mocks and overlays out.")
@click.option("--allow-host", multiple=True, metavar="H", help="Answer to this Host too.")
@click.option(
    "--allow-outbound", multiple=True, metavar="H", help="Let this run reach HOST[:PORT]; keymock allow keeps it."
)
@click.option("--offline", is_flag=True, help="Reach nobody, whatever is allowed.")
@click.option("--max-body", type=Bytes(), default="10MiB", help="The largest request body that is read.")
@click.option("--journal-bodies", is_flag=True, help="Read and keep the body of every request.")
@click.option("--no-journal", is_flag=True, help="Remember no exchange: nothing can be asked about them then.")
@click.option("--journal-to", default="", metavar="FILE", help="Keep every exchange in a SQLite file, too.")
@click.option("--otel", is_flag=True, help="Tell OpenTelemetry of each exchange, by OTEL_EXPORTER_OTLP_ENDPOINT.")
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), help="What all chance follows from; drawn and shown if left out."
)
@click.option(
    "--freeze-time", "frozen", type=Moment(), metavar="T", help="Let it be this moment, RFC 3339, for every request."
)
@click.option("--faults", default="", metavar="F", help="Switch a fault profile of keymock.toml on.")
@click.option("--preset", default="", metavar="P", help="Switch a preset on, until `keymock use` says otherwise.")
@click.option("--no-toggles", is_flag=True, help="Leave out what `keymock use` has set, and keep nothing it sets.")
@click.option("--env", "environment", default="", metavar="E", help="The environment: its variables and upstreams.")
@click.option("--poll", is_flag=True, help="Look at the files twice a second instead of waiting for the system's word.")
@click.option("--host", default="", metavar="H", help="Listen beyond loopback, in a container say. Says so loudly.")
@click.option("--control-host", default="", metavar="H", help="The same for the control plane.")
@click.option("--beside", is_flag=True, hidden=True)
@click.option("--while-pid", type=int, default=0, hidden=True)
@click.option("--with-private", is_flag=True, hidden=True)
@click.option("--with-toggles", is_flag=True, hidden=True)
def command(
    invocation: Invocation,
    path: str | None,
    allow_host: tuple[str, ...],
    allow_outbound: tuple[str, ...],
    no_private: bool,
    no_toggles: bool,
    no_journal: bool,
    with_private: bool,
    with_toggles: bool,
    seed: int | None,
    **given: Any,
) -> int:
    """Serve the mocks of a workspace on loopback, and follow every edit, until Ctrl-C.

    PATH is the workspace: the folder itself, or one above it; or an OpenAPI document, which needs none. Aliases:
    serve, start.
    """
    if no_journal and (given["journal_bodies"] or given["journal_to"] or given["otel"]):
        said = "--no-journal keeps nothing: neither bodies nor a file of exchanges, nor what --otel tells"
        raise Stop(error("keymock up", "usage", said))
    lone = path is not None and Path(path).suffix.lower() in DOCUMENTS and (invocation.folder / path).is_file()
    document = (invocation.folder / (path or "")).absolute()
    root = document if lone else workspace_at(invocation.folder / path) if path else root_of(invocation)
    actor = actor_of(invocation, root.parent if lone else root)
    asked = Up(
        root=root,
        lone=lone,
        actor=actor.name,
        source=actor.source,
        allow_hosts=allow_host,
        allow_outbound=_allowed(allow_outbound, invocation.environ),
        private=with_private if given["beside"] else not no_private,
        journal=not no_journal,
        toggles=with_toggles if given["beside"] else not no_toggles,
        color=invocation.color,
        requests=invocation.loudness >= 0 and (sys.stdout.isatty() or invocation.loudness > 0),
        as_json=invocation.json,
        quiet=invocation.loudness < 0,
        seed=secrets.randbelow(2**32) if seed is None else seed,
        **given,
    )
    if invocation.serve is not None:
        return invocation.serve(asked)
    at_once()
    from keymock.commands.serving import serve  # noqa: PLC0415  (with all that serves; a help page goes without)

    return serve(asked, invocation.environ)


def _allowed(flags: tuple[str, ...], environ: Mapping[str, str]) -> tuple[str, ...]:
    """The hosts that may be reached in this run, as they were given. Raises Stop."""
    try:
        return tuple(str(each.host) for each in for_this_run(flags, environ.get(VARIABLE, "")))
    except ValueError as fault:
        raise Stop(error("keymock up", "bad-host", str(fault))) from None
