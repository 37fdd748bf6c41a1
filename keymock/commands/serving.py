"""What `keymock up` does once its command line is read: the supervisor here, and in its worker the workspace.

Nothing of click is imported: the process that stays needs no command line.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from keymock import __version__, catalog, document, spec, units
from keymock.ahead import AheadTree
from keymock.catalog import Catalog, Crew, Source
from keymock.commands.asked import Up
from keymock.consent import ConsentFile, variables
from keymock.disk import state_folder
from keymock.layout import project_name
from keymock.palette import COLOR, PLAIN
from keymock.problems import Problem, render
from keymock.serve import runfiles, supervisor
from keymock.serve.line import Line
from keymock.serve.sockets import Face, Listener
from keymock.terminal import Console, banner
from keymock.unit_cache import is_kept
from keymock.workspace import Workspace, WorkTree

if TYPE_CHECKING:
    from keymock.repo.past import Past
    from keymock.serve.options import Options
    from keymock.tokens import Token

T = TypeVar("T")


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
        # Before all that is imported: meanwhile another process lists the files, and begins to load them.
        private = asked.private and not commit
        load = None if is_kept(runtime) else partial(_load, asked.actor, private)
        tree_of = partial(AheadTree, load=load)
        ahead = None if asked.lone or commit else Workspace(asked.root, asked.actor, private=private, tree_of=tree_of)
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


def _load(actor: str | None, private: bool, source: Source, crew: Crew) -> Catalog:
    """As the worker will load a tree that nobody knows yet."""
    return catalog.load(source, actor=actor, private=private, crew=crew)


def _commit(asked: Up, environ: Mapping[str, str]) -> str:
    """The commit that `--at` means now; empty without it."""
    if not asked.at:
        return ""
    from keymock.repo.past import found  # noqa: PLC0415  (who serves the work tree asks git nothing)

    return found(asked.root, environ, asked.at)


def _past(asked: Up, environ: Mapping[str, str], commit: str, actor: str | None) -> Past | None:
    """The workspace at a commit, for somebody; None for no commit."""
    if not commit:
        return None
    from keymock.repo.past import Past  # noqa: PLC0415  (as in _commit)

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
