"""`keymock up`: serves a workspace until it is told to stop."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET

from keymock import __version__, document, spec
from keymock.problems import Problem, render
from keymock.serve import runfiles, supervisor
from keymock.serve.line import Line
from keymock.serve.sockets import Face, Listener
from keymock.terminal import COLOR, PLAIN, Console, banner
from keymock.workspace import WorkTree, state_folder

T = TypeVar("T")


class Up(msgspec.Struct, frozen=True, kw_only=True):
    """What `keymock up` was asked for. Ports of None are those of the settings."""

    root: Path
    actor: str | None
    source: str
    """Where the actor's name comes from, for the banner."""
    port: int | None = None
    control_port: int = 0
    host: str = ""
    control_host: str = ""
    ready_file: Path | None = None
    project: str = ""
    private: bool = True
    allow_hosts: tuple[str, ...] = ()
    strict: bool = False
    max_body: int = 10 * 1024 * 1024
    journal_bodies: bool = False
    poll: bool = False
    color: bool = False
    requests: bool = False
    as_json: bool = False


def serve(asked: Up, environ: Mapping[str, str]) -> int:
    """Serves until SIGINT or SIGTERM; returns the exit code. Raises Stop for what cannot even start."""
    runtime = runfiles.runtime_folder(asked.root, environ, os.getuid(), Path(tempfile.gettempdir()))
    order = supervisor.Order(
        workspace=asked.root,
        folder=runtime,
        faces=tuple(_faces(asked)),
        actor=asked.actor or "",
        ready_file=asked.ready_file,
    )
    paint = COLOR if asked.color else PLAIN

    def work(line: Line, listening: Mapping[str, Listener], token: str, generation: int) -> int:
        # The worker alone pays for asyncio, granian and the watcher; the supervisor stays small.
        from keymock.serve.service import Options
        from keymock.serve.worker import run_worker
        from keymock.serve.workshop import opening

        console = Console(_write, paint, requests=asked.requests, as_json=asked.as_json)
        options = Options(
            workspace=str(asked.root),
            actor=asked.actor,
            project=asked.project,
            private=asked.private,
            max_body=asked.max_body,
            journal_bodies=asked.journal_bodies,
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
            poll=asked.poll,
        )
        return run_worker(line, listening, open_workshop, generation)

    shown = False

    def on_ready(ready: runfiles.Ready, facts: Mapping[str, Any]) -> None:
        nonlocal shown
        if asked.as_json:
            _write(msgspec.json.encode(ready.public()).decode() + "\n")
        elif shown:
            _write(f"serving again, generation {ready.generation}\n")
        else:
            _write(banner(__version__, ready.public(), facts, asked.source, paint) + "\n" + _exposed(asked))
        shown = True

    def tell(problem: Problem) -> None:
        text = msgspec.json.encode({"event": "problem", "problem": problem}).decode()
        _write((text if asked.as_json else render(problem, color=asked.color)) + "\n")

    running = runfiles.live(runtime, os.getuid())
    return supervisor.up(order, work, running=running, on_ready=on_ready, tell=tell)


def _faces(asked: Up) -> list[Face]:
    """The ports to listen on: the mocks', the control plane's, and those that projects name for themselves."""
    tree = WorkTree(asked.root)
    settings = _settings(tree, "keymock.toml", spec.Workspace) or spec.Workspace()
    port = asked.port if asked.port is not None else settings.port
    faces = [Face("mock", port, asked.host), Face("control", asked.control_port, asked.control_host)]
    for folder in _project_folders(tree, settings):
        project = _settings(tree, f"{folder}/project.toml", spec.Project)
        if project is not None and project.port is not UNSET and asked.port != 0:
            faces.append(Face(f"projects/{folder.rpartition('/')[2]}", project.port, asked.host))
    return faces


def _project_folders(tree: WorkTree, settings: spec.Workspace) -> list[str]:
    found = [path.relative_to(tree.root).as_posix() for path in sorted((tree.root / "projects").glob("*/project.toml"))]
    for pattern in settings.projects:
        found += [path.relative_to(tree.root).as_posix() for path in sorted(tree.root.glob(f"{pattern}/project.toml"))]
    return [file.rpartition("/")[0] for file in found]


def _settings(tree: WorkTree, file: str, kind: type[T]) -> T | None:
    try:
        data = tree.read(file)
    except OSError:
        return None
    return document.parse(data, file, kind, dec_hook=spec.dec_hook).value


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
