"""`keymock doctor`: what could keep keymock from working here."""

from __future__ import annotations

import os
import platform
import socket
from collections.abc import Iterator
from typing import NamedTuple

from keymock import __version__, repo
from keymock.commands.check import found
from keymock.commands.invocation import Invocation
from keymock.commands.printing import counted, put_json
from keymock.commands.seen import Seen, look
from keymock.commands.servers import servers_of
from keymock.commands.verb import verb
from keymock.disk import RUNTIME
from keymock.problems import Stop


class Finding(NamedTuple):
    """One thing that was looked at. `ok` of None: worth knowing, neither good nor bad."""

    what: str
    ok: bool | None
    said: str
    hint: str = ""


@verb("doctor", examples=("keymock doctor", "keymock doctor --json"))
def command(invocation: Invocation) -> int:
    """Look for what could keep keymock from working here, and say what to do about it."""
    findings = list(_look(invocation))
    if invocation.json:
        put_json([finding._asdict() for finding in findings])
    else:
        paint = invocation.paint
        marks = {True: f"{paint.green}✓{paint.plain}", False: f"{paint.red}✗{paint.plain}", None: "·"}
        for finding in findings:
            print(f"{marks[finding.ok]} {finding.what:<10} {finding.said}")
            if finding.hint and finding.ok is not True:
                print(f"  {'':<10} {finding.hint}")
    return 1 if any(finding.ok is False for finding in findings) else 0


def _look(invocation: Invocation) -> Iterator[Finding]:
    yield Finding("keymock", None, f"{__version__}, Python {platform.python_version()}, {platform.platform()}")
    git = repo.version(invocation.environ)
    yield Finding("git", git is not None or None, git or "not installed", "only identity and history need it")
    try:
        seen = look(invocation)
    except Stop as stop:
        yield Finding("workspace", False, stop.problems[0].message, stop.problems[0].hint)
        return
    yield Finding("workspace", True, str(seen.root))
    hint = "KEYMOCK_USER, git config user.email, or --as"
    yield Finding(
        "actor", True if seen.actor.name else None, f"{seen.actor.name or 'nobody'} ({seen.actor.source})", hint
    )
    yield _roles(seen)
    yield _files(seen)
    yield _runtime(seen)
    yield _port(seen)
    yield _names()


def _roles(seen: Seen) -> Finding:
    policy = seen.rights.policy
    if seen.catalog.policy.broken:
        return Finding("roles", False, "ROLES cannot be read: nobody may do anything", "keymock check says where")
    if policy.open:
        return Finding(
            "roles", None, "no ROLES in force: whoever has the files may do everything", "keymock init --roles"
        )
    if seen.withheld:
        return Finding(
            "roles", None, f"{counted(seen.withheld, 'mock')} withheld from you", "keymock whoami, keymock roles"
        )
    return Finding("roles", True, "nothing is withheld from you")


def _files(seen: Seen) -> Finding:
    errors = sum(problem.severity == "error" for problem in found(seen))
    mocks = counted(len(seen.ids), "mock")
    if errors:
        return Finding("files", False, f"{counted(errors, 'error')} in {mocks}", "keymock check")
    return Finding("files", True, f"{mocks}, no errors")


def _runtime(seen: Seen) -> Finding:
    folder = seen.root / RUNTIME
    place = folder if folder.is_dir() else seen.root
    if os.access(place, os.W_OK):
        return Finding("runtime", True, f"{folder} can be written")
    return Finding(
        "runtime", None, f"{folder} cannot be written", "keymock uses XDG_RUNTIME_DIR or the temporary folder"
    )


def _port(seen: Seen) -> Finding:
    port = seen.catalog.settings.port
    try:
        running = servers_of(seen.invocation, seen.root)
    except Stop as stop:  # the ready file that KEYMOCK_SERVER names
        return Finding("server", False, f"{stop.problems[0].path}: {stop.problems[0].message}", stop.problems[0].hint)
    if running:
        return Finding("server", True, ", ".join(f"{ready.url} (pid {ready.pid})" for ready in running))
    with socket.socket() as probe:
        probe.settimeout(1)
        taken = probe.connect_ex(("127.0.0.1", port)) == 0
    if taken:
        return Finding(
            "server", False, f"another program listens on port {port}", "keymock up --port 0 takes a free one"
        )
    return Finding("server", None, f"none runs; port {port} is free", "keymock up")


def _names() -> Finding:
    try:
        socket.getaddrinfo("shop.localhost", 80)
    except OSError:
        said = "this system does not know names like shop.localhost; browsers and curl do"
        return Finding("names", None, said, "use the bare address, or the one that keymock up prints for each project")
    return Finding("names", True, "shop.localhost is this machine")
