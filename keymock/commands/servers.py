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
from keymock.serve.runfiles import Ready, choose_server, live, named_server, runtime_folder

server_option: Callable[[Any], Any] = click.option(
    "--server",
    default="",
    metavar="FILE|URL",
    help="A ready file or an address; else KEYMOCK_SERVER, else that of `keymock run`, else the only one.",
)


def client_of(invocation: Invocation, server: str) -> ControlClient:
    """The control plane of the server that is meant. Raises Stop if there is none, or more than one."""
    named = named_server(server, invocation.environ)
    if named and not named.startswith(("http://", "https://")):
        named = str(invocation.folder / named)
    chosen = choose_server(named, invocation.environ, _running(invocation, needed=not named))
    return ControlClient(chosen.control, chosen.token)


def _running(invocation: Invocation, *, needed: bool) -> list[Ready]:
    """The servers of this workspace; a server that is named needs no workspace around us."""
    try:
        root = root_of(invocation)
    except Stop:
        if needed:
            raise
        return []
    user = os.getuid()
    return live(runtime_folder(root, invocation.environ, user, Path(tempfile.gettempdir())), user)
