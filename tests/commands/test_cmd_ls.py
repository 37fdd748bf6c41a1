"""`keymock ls`: what exists, as this actor sees it."""

from __future__ import annotations

import pytest
from prompt import Shell


def mocks(shop: Shell, *arguments: str) -> set[str]:
    return {each["mock"] for each in shop("ls", "--json", *arguments).json}


HEALTH, USER = "workspace/mocks/health", "projects/shop/mocks/users/get-user"
PLANS, MINE, HIS = (
    "projects/secret/mocks/plans",
    "private/ada@example.com/mocks/mine",
    "private/bob@example.com/mocks/his",
)


@pytest.mark.parametrize(
    ("actor", "seen"),
    [
        ("ada@example.com", {HEALTH, USER, MINE}),
        ("vic@example.com", {HEALTH, USER}),
        ("bob@example.com", {HEALTH, HIS}),
        ("stranger@example.com", {HEALTH}),
        ("ops@example.com", {HEALTH, USER, PLANS}),
    ],
)
def test_what_is_not_seen_is_not_there(shop: Shell, actor: str, seen: set[str]) -> None:
    assert mocks(shop, "--as", actor) == seen


def test_a_row_says_method_path_status_and_file(shop: Shell) -> None:
    assert shop("ls", "--scope", "workspace").out == "GET  /health  200  workspace/mocks/health.toml\n"


def test_a_websocket_is_seen_to_be_one(shop: Shell) -> None:
    shop.put("workspace/mocks/health.toml", '[request]\npath = "/talk"\n[websocket]\non_connect = "hi"\n')
    assert shop("ls", "--scope", "workspace").out == "GET  /talk  101 426  workspace/mocks/health.toml\n"


def test_files_are_paths_from_the_current_folder(shop: Shell) -> None:
    lines = shop("ls", at=shop.folder / "projects/shop").out.splitlines()
    assert any(line.endswith("  mocks/users/get-user.toml") for line in lines)


def test_what_a_viewer_may_not_use_says_so(shop: Shell) -> None:
    rows = {each["mock"]: each["usable"] for each in shop("ls", "--json", "--as", "vic@example.com").json}
    assert rows == {HEALTH: True, USER: False}
    assert "not for you to use" in shop("ls", "--as", "vic@example.com").out


def test_the_json_is_that_of_the_interface(shop: Shell) -> None:
    found = {each["mock"]: each for each in shop("ls", "--json").json}[USER]
    assert found == {
        "mock": USER, "name": "A user", "method": "GET", "path": "/api/users/:id", "scope": "project",
        "project": "shop", "role": "editor", "usable": True, "enabled": True,
        "file": "projects/shop/mocks/users/get-user.toml", "line": 3,
    }  # fmt: skip


def test_method_and_scope_narrow(shop: Shell) -> None:
    shop.put("workspace/mocks/any.toml", '[request]\nmethod = "*"\npath = "/any"\n')
    assert mocks(shop, "--method", "post") == {"workspace/mocks/any"}
    assert mocks(shop, "--scope", "project:shop") == {USER}
    assert mocks(shop, "--scope", "private") == {MINE}
    done = shop("ls", "--scope", "project:secret")
    assert done.code == 2
    assert "there is no scope `project:secret`" in done.err


def test_broken_mocks_are_counted(shop: Shell) -> None:
    shop.put("workspace/mocks/broken.toml", "[request\n")
    assert "1 mock cannot be read: keymock check" in shop("ls").err


def test_an_empty_workspace_says_what_to_do(shell: Shell) -> None:
    shell.put("keymock.toml", "")
    done = shell("ls")
    assert (done.code, done.out) == (0, "")
    assert done.err == "no mocks yet: keymock new GET /hello 200 'Hello'\n"
