"""The example workspace's store, with its real API running: a prompt in a copy of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt import Shell
from real_api import RealApi, real_api
from store_api import StoreApi

EXAMPLE = Path(__file__).parents[1] / "example-workspace"


class Store:
    """The prompt, and the real API beside it."""

    def __init__(self, shell: Shell, api: RealApi) -> None:
        self.shell = shell
        self.api = api

    def __call__(self, *words: str, **environ: str) -> tuple[int, str, str]:
        return self.shell(*words, at=None, **environ)


@pytest.fixture
def store(shell: Shell) -> Iterator[Store]:
    """A copy of the example workspace whose store has its real API."""
    shutil.rmtree(shell.folder)
    shutil.copytree(EXAMPLE, shell.folder)
    with real_api(StoreApi()) as api:
        project = shell.folder / "projects/store/project.toml"
        project.write_text(project.read_text().replace("http://127.0.0.1:3999", api.url))
        yield Store(shell, api)
