"""The running server that a command talks to."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from keymock.commands.invocation import Invocation, root_of
from keymock.problems import Stop
from keymock.serve.calls import ControlClient
from keymock.serve.runfiles import Ready, choose_server, live, named_server, read_ready, runtime_folder

server_option: Callable[[Any], Any] = click.option(
    "--server",
    default="",
    metavar="FILE|URL",
    help="A ready file or an address; else KEYMOCK_SERVER, else that of `keymock run`, else the only one.",
)


def client_of(invocation: Invocation, server: str) -> ControlClient:
    """The control plane of the server that is meant. Raises Stop if there is none, or more than one."""
    named = _named(invocation, server)
    chosen = choose_server(named, invocation.environ, _running(invocation, needed=not named))
    return ControlClient(chosen.control, chosen.token)


def servers_of(invocation: Invocation, root: Path) -> list[Ready]:
    """The servers that run for a workspace; if the environment names a server, as `keymock run` does, that one alone.

    An address that is none of theirs is of another workspace, and has no say. Raises Stop for a ready file that is
    not there.
    """
    named = _named(invocation, "")
    if named and not _is_address(named):
        return [read_ready(Path(named))]
    running = _running_for(invocation, root)
    return [ready for ready in running if named.rstrip("/") in (ready.control, ready.url)] or running


def _named(invocation: Invocation, server: str) -> str:
    """The address or the path that is named, by option or environment; empty if none is."""
    named = named_server(server, invocation.environ)
    return named if not named or _is_address(named) else str(invocation.folder / named)


def _is_address(named: str) -> bool:
    return named.startswith(("http://", "https://"))


def _running(invocation: Invocation, *, needed: bool) -> list[Ready]:
    """The servers of this workspace; a server that is named needs no workspace around us."""
    try:
        root = root_of(invocation)
    except Stop:
        if needed:
            raise
        return []
    return _running_for(invocation, root)


def _running_for(invocation: Invocation, root: Path) -> list[Ready]:
    user = os.getuid()
    return live(runtime_folder(root, invocation.environ, user, Path(tempfile.gettempdir())), user)
