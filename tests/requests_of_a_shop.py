"""A prompt in a workspace with requests, environments and a mock for each."""

from __future__ import annotations

from pathlib import Path

import pytest
from prompt import Shell

CANARY = "c4n4ry-s3cr3t/ä"
"""A secret that must never be seen."""

LOGIN = """\
name = "Log in"
method = "POST"
url = "{{ base_url }}/login"
headers.Accept = "application/json"
json = { user = "{{ user }}", password = "{{ secret.SHOP_PASSWORD }}" }
"""


@pytest.fixture
def requests(shell: Shell) -> Shell:
    """A project with two requests, an environment, and mocks that answer; the secret is in the environment."""
    shell.put("keymock.toml", 'name = "acme"\n[variables]\ntenant = "t1"\n')
    shell.put("environments/staging.toml", 'base_url = "https://staging.example.com"\n')
    shell.put("projects/shop/environments/local.toml", 'base_url = "{{ target_url }}"\nuser = "ada"\n')
    shell.put("projects/shop/requests/auth/login.toml", LOGIN)
    shell.put("projects/shop/requests/users/get.toml", 'url = "{{ base_url }}/users/:id"\nparams.id = "7"\n')
    shell.put(
        "projects/shop/mocks/login.toml",
        '[request]\nmethod = "POST"\npath = "/login"\n[response]\n'
        "json_text = '''{\"echo\": \"{{ request.json }}\"}'''\n"
        'headers.X-Echo = "{{ request.json.password | urlencode }}"\n',
    )
    shell.put(
        "projects/shop/mocks/user.toml",
        '[request]\npath = "/users/:id"\n[response]\njson = { id = "{{ request.params.id | int }}" }\n',
    )
    shell.environ["SHOP_PASSWORD"] = CANARY
    shell.environ["XDG_CONFIG_HOME"] = str(shell.folder.parent / "config")
    return shell


def every_file(folder: Path) -> bytes:
    """All that lies below a folder."""
    return b"\0".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
