"""Mocks from their texts, for the tests of what is said of them."""

from __future__ import annotations

import time
from pathlib import Path

from tree_answers import plant

from keymock.index import Route
from keymock.serve.options import Options
from keymock.serve.service import Service


def routes(root: Path, **files: str) -> list[Route]:
    """The routes of mocks of the workspace: `get` is `workspace/mocks/get.toml`."""
    plant(root, {"keymock.toml": "", **{f"workspace/mocks/{name}.toml": text for name, text in files.items()}})
    service = Service(Options(workspace=str(root)), time.time_ns)
    assert [problem for problem in service.problems if problem.severity == "error"] == []
    return list(service.world.views.routes.values())


def route(root: Path, text: str) -> Route:
    (only,) = routes(root, get=text)
    return only
