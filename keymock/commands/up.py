"""`keymock up`: serves a workspace until it is told to stop."""

from __future__ import annotations

import gc
import os
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from keymock import __version__, document, spec, units
from keymock.ahead import AheadTree
from keymock.commands.invocation import Invocation, actor_of, root_of, workspace_at
from keymock.commands.revisions import Revision
from keymock.commands.verb import verb
from keymock.consent import VARIABLE, ConsentFile, for_this_run, variables
from keymock.layout import project_name
from keymock.problems import Problem, Stop, error, render
from keymock.serve import runfiles, supervisor
from keymock.serve.line import Line
from keymock.serve.sockets import Face, Listener
from keymock.terminal import COLOR, PLAIN, Console, banner
from keymock.units import size
from keymock.workspace import Workspace, WorkTree, state_folder

if TYPE_CHECKING:
    from keymock.repo import Past
    from keymock.serve.options import Options
    from keymock.tokens import Token

T = TypeVar("T")

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


class Up(msgspec.Struct, frozen=True, kw_only=True):
    """What `keymock up` was asked for. Ports of None are those of the settings."""

    root: Path
    """The workspace; or the document that is served without one, if it is `lone`."""
    actor: str | None
    source: str
    """Where the actor's name comes from, for the banner."""
    lone: bool = False
    port: int | None = None
    control_port: int = 0
    host: str = ""
    control_host: str = ""
    ready_file: Path | None = None
    project: str = ""
    at: str = ""
    """A revision of git, as typed; empty for the work tree."""
    private: bool = True
    allow_hosts: tuple[str, ...] = ()
    strict: bool = False
    max_body: int = 10 * 1024 * 1024
    journal: bool = True
    journal_bodies: bool = False
    journal_to: str = ""
    otel: bool = False
    poll: bool = False
    seed: int = 0
    frozen: float | None = None
    faults: str = ""
    preset: str = ""
    toggles: bool = True
    environment: str = ""
    allow_outbound: tuple[str, ...] = ()
    offline: bool = False
    tokens: bool = False
    """Whether each caller is who their token says."""
    beside: bool = False
    """Whether it stands beside others: without the lock, in a runtime folder of its own."""
    while_pid: int = 0
    """The process that it ends with."""
    color: bool = False
    requests: bool = False
    as_json: bool = False
    quiet: bool = False


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
    return serve(asked, invocation.environ)


def _allowed(flags: tuple[str, ...], environ: Mapping[str, str]) -> tuple[str, ...]:
    """The hosts that may be reached in this run, as they were given. Raises Stop."""
    try:
        return tuple(str(each.host) for each in for_this_run(flags, environ.get(VARIABLE, "")))
    except ValueError as fault:
        raise Stop(error("keymock up", "bad-host", str(fault))) from None


def serve(asked: Up, environ: Mapping[str, str]) -> int:
    """Serves until SIGINT or SIGTERM; returns the exit code. Raises Stop for what cannot even start."""
    commit = _commit(asked, environ)
    revision = f"{asked.at} ({commit[:10]})" if commit and not commit.startswith(asked.at) else commit[:10]
    runtime = runfiles.runtime_folder(asked.root, environ, os.getuid(), Path(environ.get("TMPDIR") or "/tmp"))  # noqa: S108
    order = supervisor.Order(
        workspace=asked.root,
        folder=_apart(asked.ready_file) if asked.beside and asked.ready_file else runtime,
        faces=tuple(_faces(asked)),
        actor=asked.actor or "",
        alone=not commit and not asked.beside,
        ready_file=asked.ready_file,
        revision=revision,
    )
    paint = COLOR if asked.color else PLAIN

    def work(line: Line, listening: Mapping[str, Listener], token: str, generation: int) -> int:
        gc.disable()  # as in `cli`; on again when all is loaded
        # Before all that is imported: meanwhile another process lists the files.
        private = asked.private and not commit
        ahead = None if asked.lone or commit else Workspace(asked.root, asked.actor, private=private, tree_of=AheadTree)
        # The worker alone pays for asyncio, granian and the watcher; the supervisor stays small.
        from keymock.lone import LoneDocument  # noqa: PLC0415
        from keymock.serve.options import Options  # noqa: PLC0415
        from keymock.serve.worker import run_worker  # noqa: PLC0415
        from keymock.serve.workshop import opening  # noqa: PLC0415

        # What a branch means now is what is served, by the next worker too, wherever the branch has gone by then.
        past = _past(asked, environ, commit, asked.actor)
        console = Console(_write, paint, requests=asked.requests, as_json=asked.as_json)
        options = Options(
            workspace=str(asked.root),
            actor=asked.actor,
            project=asked.project,
            private=private,
            revision=revision,
            commit=commit,
            today=past.today() if past is not None else None,
            max_body=asked.max_body,
            journal=asked.journal,
            journal_bodies=asked.journal_bodies,
            journal_to=asked.journal_to,
            otel=asked.otel,
            seed=asked.seed,
            frozen=asked.frozen,
            faults=asked.faults,
            preset=asked.preset,
            environment=asked.environment,
            allow_outbound=asked.allow_outbound,
            offline=asked.offline,
            env=variables(ConsentFile(state_folder(environ), asked.root).read(), environ),
        )
        open_workshop = opening(
            options,
            runtime=runtime,
            state=state_folder(environ),
            listening=listening,
            token=token,
            hosts=None if asked.host else frozenset(host.lower() for host in asked.allow_hosts),
            show=console.attach,
            strict=asked.strict,
            poll=asked.poll or asked.lone,
            toggles=asked.toggles and past is None and not asked.lone,
            past=past,
            tree=LoneDocument(asked.root) if asked.lone else ahead,
            person=(lambda actor: _person(asked, options, environ, actor)) if asked.tokens else None,
            issued=_issued(asked, environ),
            guardian=asked.while_pid,
        )
        return run_worker(line, listening, open_workshop, generation)

    shown = False

    def on_ready(ready: runfiles.Ready, facts: Mapping[str, Any]) -> None:
        nonlocal shown
        if asked.as_json:
            _write(msgspec.json.encode(ready.public()).decode() + "\n")
        elif shown and not asked.quiet:
            _write(f"serving again, generation {ready.generation}\n")
        elif not asked.quiet:
            more = {**facts, "seed": asked.seed, "frozen": asked.frozen}
            _write(banner(__version__, ready.public(), more, asked.source, paint) + "\n" + _exposed(asked))
        shown = True

    def tell(problem: Problem) -> None:
        text = msgspec.json.encode({"event": "problem", "problem": problem}).decode()
        _write((text if asked.as_json else render(problem, color=asked.color)) + "\n")

    running = runfiles.live(runtime, os.getuid())
    return supervisor.up(order, work, running=running, on_ready=on_ready, tell=tell)


def _commit(asked: Up, environ: Mapping[str, str]) -> str:
    """The commit that `--at` means now; empty without it."""
    if not asked.at:
        return ""
    from keymock.repo import found  # noqa: PLC0415  (who serves the work tree asks git nothing)

    return found(asked.root, environ, asked.at)


def _past(asked: Up, environ: Mapping[str, str], commit: str, actor: str | None) -> Past | None:
    """The workspace at a commit, for somebody; None for no commit."""
    if not commit:
        return None
    from keymock.repo import Past  # noqa: PLC0415  (as in _commit)

    return Past(asked.root, environ, commit, actor)


def _issued(asked: Up, environ: Mapping[str, str]) -> Callable[[], Mapping[str, Token]]:
    """The tokens that were issued, by their digests, whenever somebody calls."""
    if not asked.tokens:
        return dict
    from keymock.token_file import TokenFile  # noqa: PLC0415  (most servers serve one)

    return TokenFile(state_folder(environ), asked.root).known


def _person(asked: Up, options: Options, environ: Mapping[str, str], actor: str | None) -> tuple[Options, Past | None]:
    """How a caller with a token of `actor`, or with none, is served: by the full rules, whoever runs this server."""
    past = _past(asked, environ, options.commit, actor)
    today = past.today() if past is not None else None
    private = asked.private and past is None and actor is not None
    return replace(options, actor=actor, private=private, enforce=True, today=today), past


def _apart(ready_file: Path) -> Path:
    """Where a server beside others says that it runs: elsewhere, so that no verb takes it for the one meant."""
    (ready_file.parent / "run").mkdir(mode=0o700, exist_ok=True)
    return ready_file.parent


def _faces(asked: Up) -> list[Face]:
    """The ports to listen on: the mocks', the control plane's, and those that projects name for themselves."""
    tree = WorkTree(asked.root)
    settings = _settings(tree, "keymock.toml", spec.Workspace) or spec.Workspace()
    port = asked.port if asked.port is not None else 0 if asked.at else settings.port
    faces = [Face("mock", port, asked.host), Face("control", asked.control_port, asked.control_host)]
    for name, project in _projects(tree, settings):
        if project.port is not UNSET and asked.port != 0 and not asked.at:
            faces.append(Face(f"projects/{name}", project.port, asked.host))
    return faces


def _projects(tree: WorkTree, settings: spec.Workspace) -> Iterator[tuple[str, spec.Project]]:
    """The projects that have a project.toml, by the names that the catalog gives them; no mock is read for it."""
    for file in sorted(tree.root.glob("projects/*/project.toml")):
        yield (
            file.parent.name,
            _settings(tree, f"projects/{file.parent.name}/project.toml", spec.Project) or spec.Project(),
        )
    for pattern in settings.projects:
        for file in sorted(tree.root.glob(f"{pattern.strip('/')}/project.toml")):
            folder = file.parent.relative_to(tree.root).as_posix()
            project = _settings(tree, f"{folder}/project.toml", spec.Project) or spec.Project()
            yield project_name(folder, project.name), project


def _settings(tree: WorkTree, file: str, kind: type[T]) -> T | None:
    try:
        data = tree.read(file)
    except OSError:
        return None
    return document.parse(data, file, kind, dec_hook=units.dec_hook, reader=document.AT_HAND).value


def _exposed(asked: Up) -> str:
    opened = [host for host in (asked.host, asked.control_host) if host]
    if not opened:
        return ""
    return f"  WARNING: listening on {', '.join(opened)}: whoever can reach this machine can reach these mocks\n"


def _write(text: str) -> None:
    """Writes to standard output; a reader that is gone does not stop the server."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except (BrokenPipeError, ValueError):
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115  (for the rest of the process)
