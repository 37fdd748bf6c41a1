"""Runs command lines in process, in folders of their own, with an environment of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from keymock.commands.running import run

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
