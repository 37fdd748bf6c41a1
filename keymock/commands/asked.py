"""What `keymock up` was asked for, apart from how a command line says it and from how it is done."""

from __future__ import annotations

from pathlib import Path

import msgspec


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
