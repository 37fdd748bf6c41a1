"""What a server is told before it starts, and where it reads from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

import msgspec

from keymock import roles
from keymock.catalog import Catalog, Unit
from keymock.serve.sessions import IDLE_SECONDS
from keymock.toggles import Toggles


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What a server was told on its command line, or by `create_app`."""

    workspace: str
    actor: str | None = None
    project: str = ""
    """The one project to serve, at `/` on every host."""
    private: bool = True
    enforce: bool | None = None
    """Whether ROLES withholds anything; None: as keymock.toml says."""
    today: roles.Rights | None = None
    """Of a revision: what the work tree's ROLES gives the actor. Both must agree."""
    revision: str = ""
    """The revision that is served, as people name it; empty for the work tree."""
    commit: str = ""
    """The id of that revision."""
    max_body: int = 10 * 1024 * 1024
    journal: bool = True
    """Whether exchanges are remembered at all."""
    journal_bodies: bool = False
    journal_to: str = ""
    """A SQLite file that exchanges are kept in, besides memory."""
    otel: bool = False
    """Whether exchanges are told to OpenTelemetry."""
    seed: int = 0
    frozen: float | None = None
    """The moment that every request belongs to, in epoch seconds; None: the moment it comes."""
    faults: str = ""
    """The fault profile that is on for every request that names none."""
    preset: str = ""
    """The preset that is on until `keymock use` says otherwise."""
    toggles: Toggles = Toggles()
    """What `keymock use` has set before."""
    environment: str = ""
    """Which of the addresses of an upstream counts; empty: its default."""
    allow_outbound: tuple[str, ...] = ()
    """Hosts allowed for this run; those that are allowed for good lie with the user."""
    offline: bool = False
    env: dict[str, str] = {}
    """The process variables that the user allows; keymock.toml says which of them templates may read."""
    session_idle: float = IDLE_SECONDS
    """Seconds after which a session that nobody asks for is forgotten."""


class Tree(Protocol):
    """Where a service reads from: `workspace.Workspace`, or a revision of git."""

    def load(
        self,
        before: Catalog | None = None,
        known: Mapping[str, Unit] | None = None,
        *,
        keep_good: bool = False,
        unclosed: Collection[str] = (),
    ) -> Catalog: ...
