"""keymock as an ASGI app, for any ASGI host and for tests in process."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from keymock.consent import Consent, variables
from keymock.serve.app import MockApp
from keymock.serve.options import Options
from keymock.serve.service import Service


def create_app(
    workspace: str | Path, *, actor: str | None = None, allow_hosts: Iterable[str] | None = None, **options: Any
) -> MockApp:
    """An ASGI app that serves the mocks of a workspace as they are now; `app.service.rescan()` follows edits.

    `actor` is who it serves as (None: nobody, so what ROLES gives to `anyone`). The Host header is checked only if
    `allow_hosts` is given, for test clients send whatever they like. `options` are those of `serve.Options`.
    """
    options.setdefault("env", variables(Consent(str(workspace)), os.environ))
    service = Service(Options(workspace=str(workspace), actor=actor, **options), time.time_ns)
    hosts = frozenset(host.lower() for host in allow_hosts) if allow_hosts is not None else None
    return MockApp(service, time.time_ns, time.perf_counter_ns, hosts)
