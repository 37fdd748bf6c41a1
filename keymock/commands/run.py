"""`keymock run -- COMMAND`: serves while a command runs, and hands it the address."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import click
import msgspec

from keymock import telling
from keymock.commands.invocation import Invocation, actor_of, root_of
from keymock.commands.printing import remark
from keymock.commands.verb import verb
from keymock.coverage import Coverage
from keymock.problems import Stop, error
from keymock.serve.beside import flags_of
from keymock.serve.calls import ControlClient
from keymock.serve.launch import launched
from keymock.serve.runfiles import Ready

NOT_FOUND = 127
NOT_STARTED = 126


@verb(
    "run",
    examples=(
        "keymock run -- npm test                          with KEYMOCK_URL, KEYMOCK_CONTROL, KEYMOCK_TOKEN",
        "keymock run --env API_URL=shop -- npx playwright test",
        "keymock run --strict -- ./smoke.sh               fails if a request found no mock",
        "keymock run --coverage used.json --seed 7 -- pytest",
    ),
)
@click.option("--env", "named", multiple=True, metavar="NAME=PROJECT", help="A project's address as NAME; repeatable.")
@click.option("--strict", is_flag=True, help="Serve nothing broken; exit with 1 if a request found no mock.")
@click.option("--strict-unused", is_flag=True, help="Exit with 1 if a mock was never used.")
@click.option("--strict-operations", is_flag=True, help="Exit with 1 if an operation of a contract was never used.")
@click.option("--coverage", "report", type=click.Path(path_type=Path), help="Write which mocks were used, as JSON.")
@click.option("--seed", type=int, help="What all chance follows from.")
@click.option("--freeze-time", metavar="T", help="Let it be this moment, RFC 3339.")
@click.option("--preset", metavar="P", help="Switch a preset on.")
@click.option("--faults", metavar="F", help="Switch a fault profile on.")
@click.option("--project", metavar="P", help="Serve one project alone, at /.")
@click.option("--with-private", is_flag=True, help="Your private mocks and overlays, too.")
@click.option("--with-toggles", is_flag=True, help="What `keymock use` has set, too.")
@click.argument("words", nargs=-1, required=True, metavar="-- COMMAND…", type=click.UNPROCESSED)
def command(
    invocation: Invocation,
    named: tuple[str, ...],
    strict: bool,
    strict_unused: bool,
    strict_operations: bool,
    report: Path | None,
    words: tuple[str, ...],
    **options: object,
) -> int:
    """Serve while COMMAND runs, on free ports, without private mocks and saved switches; exit with its code.

    It finds the mocks at KEYMOCK_URL, each project at KEYMOCK_URL_<PROJECT>; `keymock journal`, `verify` and their
    like ask this server there.
    """
    root = root_of(invocation)
    if report is not None and not (invocation.folder / report).parent.is_dir():  # told before the command has run
        raise Stop(error(str(report), "not-writable", "cannot be written: there is no such folder"))
    flags = flags_of({"journal_bodies": True, "as": actor_of(invocation, root).name, "strict": strict, **options})
    with launched(root, flags, invocation.environ) as (ready, file):
        own = {"KEYMOCK_SERVER": str(file), **variables(ready, named)}
        code = _run(words, {**invocation.environ, **own})
        used = _used(ready) if strict or strict_unused or strict_operations or report else None
    if used is None:
        return code
    if report is not None:
        (invocation.folder / report).write_bytes(msgspec.json.format(msgspec.json.encode(used), indent=2) + b"\n")
    unused = (strict_unused and bool(used.unused)) or (strict_operations and bool(used.unused_operations))
    failed = (strict and used.unmatched > 0) or unused
    if failed:
        remark(invocation, telling.coverage(used, invocation.paint))
    return code or int(failed)


def variables(ready: Ready, named: tuple[str, ...] = ()) -> dict[str, str]:
    """What a command finds in its environment. Raises Stop for a project that is not there."""
    found = {"KEYMOCK_URL": ready.url, "KEYMOCK_CONTROL": ready.control, "KEYMOCK_TOKEN": ready.token}
    for project, address in ready.projects.items():
        found["KEYMOCK_URL_" + project.upper().replace("-", "_")] = address.url
    for pair in named:
        name, equals, project = pair.partition("=")
        if not equals or not name:
            raise Stop(error("keymock run", "usage", f"`{pair}` is no NAME=PROJECT", hint="--env API_URL=shop"))
        if project not in ready.projects:
            known = ", ".join(ready.projects) or "none"
            raise Stop(
                error("keymock run", "no-such-project", f"there is no project `{project}`", hint=f"there are: {known}")
            )
        found[name] = ready.projects[project].url
    return found


def _run(words: tuple[str, ...], environ: Mapping[str, str]) -> int:
    """The command's exit code; 128 and the signal, as shells have it, for one that was ended by one."""
    try:
        process = subprocess.Popen(words, env=dict(environ))
    except FileNotFoundError:
        raise Stop(error("keymock run", "no-command", f"there is no `{words[0]}`"), exit_code=NOT_FOUND) from None
    except OSError as fault:
        said = f"`{words[0]}` cannot be started: {fault.strerror}"
        raise Stop(error("keymock run", "no-command", said), exit_code=NOT_STARTED) from None
    # Ctrl-C reaches the command too, which decides what that means; we end when it does.
    former = signal.signal(signal.SIGINT, signal.SIG_IGN)
    passing = signal.signal(signal.SIGTERM, lambda number, _: process.send_signal(number))
    try:
        code = process.wait()
    finally:
        signal.signal(signal.SIGINT, former)
        signal.signal(signal.SIGTERM, passing)
    return code if code >= 0 else 128 - code


def _used(ready: Ready) -> Coverage:
    return msgspec.convert(ControlClient(ready.control, ready.token).coverage(), Coverage)
