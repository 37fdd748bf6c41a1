"""Runs command lines in process, in folders of their own, with an environment of their own."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

import keymock
from keymock.commands.running import run

HERE = str(Path(keymock.__file__).parent.parent)
"""Where this keymock lies, so that processes run it and not one that is installed."""

ADA = "ada@example.com"


class Result(NamedTuple):
    """What a command line came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Shell:
    """A person at a prompt: `shell("ls", "--json")` in `folder`, as `user`."""

    def __init__(self, folder: Path, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys
        self.environ = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "XDG_STATE_HOME": str(state),
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1",
            "KEYMOCK_USER": ADA,
        }

    def __call__(self, *arguments: str, at: Path | None = None, **environ: str) -> Result:
        self.capsys.readouterr()
        code = run(arguments, {**self.environ, **environ}, at or self.folder)
        told = self.capsys.readouterr()
        return Result(code, told.out, told.err)

    @property
    def ready(self) -> Any:
        """The ready object of the server that `served` started."""
        return json.loads((self.folder.parent / "ready.json").read_text())

    def get(self, target: str, **headers: str) -> tuple[int, bytes]:
        """One request to that server."""
        connection = http.client.HTTPConnection(urlsplit(self.ready["url"]).netloc, timeout=10)
        try:
            connection.request("GET", target, headers=headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def put(self, name: str, text: str | bytes) -> Path:
        """Writes one file."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A prompt in an empty folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    return Shell(folder, tmp_path / "state", capsys)


ROLES = """\
*                admin:ops@example.com
/workspace/      member:anyone
/projects/shop/  viewer:vic@example.com user:una@example.com editor:ada@example.com
/projects/secret/
"""


@pytest.fixture
def shop(shell: Shell) -> Shell:
    """A prompt in a workspace with roles: two projects, one of them secret, shared and private mocks."""
    shell.put("keymock.toml", 'name = "acme"\n')
    shell.put("ROLES", ROLES)
    shell.put("workspace/mocks/health.toml", '[request]\npath = "/health"\n\n[response]\nbody = "fine"\n')
    shell.put("projects/shop/project.toml", 'name = "Shop"\nmount = "/shop"\nbase_path = "/api"\n')
    shell.put("projects/shop/mocks/_defaults.toml", '[response]\nheaders.X-Api = "1"\n')
    shell.put(
        "projects/shop/mocks/users/get-user.toml",
        'name = "A user"\n\n[request]\npath = "/users/:id"\nquery.expand = "profile"\n',
    )
    shell.put("projects/shop/mocks/users/get-user.body.json", '{"id": 1}\n')
    shell.put("projects/secret/mocks/plans.toml", '[request]\npath = "/plans"\n')
    shell.put("private/ada@example.com/mocks/mine.toml", '[request]\npath = "/mine"\n')
    shell.put("private/bob@example.com/mocks/his.toml", '[request]\npath = "/his"\n')
    return shell


@pytest.fixture
def served(shop: Shell) -> Iterator[Shell]:
    """The same with a real `keymock up` beside it."""
    ready = shop.folder.parent / "ready.json"
    with (shop.folder.parent / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "keymock", "up", "--port", "0", "--ready-file", str(ready)],
            cwd=shop.folder, env={**shop.environ, "PYTHONPATH": HERE}, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            for _ in range(400):
                if ready.exists():
                    break
                assert process.poll() is None, Path(log.name).read_text()
                time.sleep(0.05)
            yield shop
        finally:
            process.terminate()
            process.wait(20)
