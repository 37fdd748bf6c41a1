"""keymock/catalog/library: requests and environments as one actor has them, with their overlays."""

from __future__ import annotations

from pathlib import Path

import pytest

from keymock.catalog.library import Library
from keymock.index import BodyFault
from keymock.roles import Policy
from keymock.variables import Outside, Variables
from keymock.workspace import Workspace

TREE = {
    "keymock.toml": 'name = "acme"\n[variables]\ntenant = "t1"\nuser = "nobody"\n',
    "environments/local.toml": 'base_url = "http://127.0.0.1:3000"\nuser = "ws"\n',
    "environments/staging.toml": 'base_url = "https://staging.example.com"\n',
    "projects/shop/project.toml": '[variables]\ncurrency = "CHF"\n',
    "projects/shop/environments/local.toml": 'user = "shop"\n[card]\nnumber = "4242"\nname = "Ada"\n',
    "projects/shop/requests/auth/login.toml": (
        'method = "POST"\nurl = "{{ base_url }}/login"\nbody_file = "login.json"\n'
    ),
    "projects/shop/requests/auth/login.json": "{}",
    "workspace/requests/health.toml": 'url = "{{ base_url }}/health"\n',
    "private/ada@example.com/environments/local.toml": 'user = "ada"\n',
    "private/ada@example.com/projects/shop/environments/local.toml": (
        'user = { remove = true }\n[card]\nname = "Ada L."\n'
    ),
    "private/ada@example.com/projects/shop/requests/auth/login.toml": 'timeout = "1s"\n',
    "private/bob@example.com/environments/local.toml": 'user = "bob"\n',
}


def library(root: Path, actor: str | None = None, **more: str) -> Library:
    for name, text in {**TREE, **{key.replace("__", "/"): text for key, text in more.items()}}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    catalog = Workspace(root, actor).load()
    return Library(catalog, Policy(catalog.policy).for_actor(actor))


def test_requests_have_ids_as_mocks_have(tmp_path: Path) -> None:
    found = library(tmp_path).requests
    assert list(found) == ["projects/shop/requests/auth/login", "workspace/requests/health"]
    login = found["projects/shop/requests/auth/login"]
    assert login.request is not None
    assert (login.file, login.request.method) == ("projects/shop/requests/auth/login.toml", "POST")


def test_an_overlay_lies_over_its_request(tmp_path: Path) -> None:
    login = library(tmp_path, "ada@example.com").requests["projects/shop/requests/auth/login"]
    assert login.request is not None
    assert (login.request.timeout, login.request.url) == ("1s", "{{ base_url }}/login")
    assert login.place.problem(("timeout",), "bad-value", "no").path.startswith("private/ada@example.com/")


def test_levels_go_from_the_nearest_to_the_farthest(tmp_path: Path) -> None:
    levels = library(tmp_path, "ada@example.com").levels("projects/shop", "local")
    assert [(level.name, dict(level.values)) for level in levels] == [
        ("private environment local", {"card": {"number": "4242", "name": "Ada L."}}),
        ("private environment local", {"user": "ada"}),
        ("project environment local", {"card": {"number": "4242", "name": "Ada"}}),
        ("workspace environment local", {"base_url": "http://127.0.0.1:3000", "user": "ws"}),
        ("project.toml", {"currency": "CHF"}),
        ("keymock.toml", {"tenant": "t1", "user": "nobody"}),
    ]
    assert levels[-1].place("user") == "keymock.toml:4"


def test_another_actor_has_other_levels(tmp_path: Path) -> None:
    def user(actor: str | None, space: str, environment: str) -> object:
        levels = library(tmp_path, actor).levels(space, environment)
        return Variables(levels, Outside(now=0.0)).value("user")

    assert user("ada@example.com", "projects/shop", "local") == "ada"
    assert user("bob@example.com", "projects/shop", "local") == "bob"
    assert user(None, "projects/shop", "local") == "shop"
    assert user(None, "workspace", "local") == "ws"
    assert user(None, "projects/shop", "staging") == "nobody"


def test_the_environments_of_a_space_are_named(tmp_path: Path) -> None:
    found = library(tmp_path, "ada@example.com", **{"projects__shop__environments__ci.toml": "a = 1\n"})
    assert found.names("projects/shop") == ["local", "staging", "ci"]
    assert found.names("workspace") == ["local", "staging"]


def test_what_the_roles_hide_is_not_there(tmp_path: Path) -> None:
    roles = "* admin:ops@example.com\n/workspace/ member:anyone\n"
    assert list(library(tmp_path, "eve@example.com", ROLES=roles).requests) == ["workspace/requests/health"]


def test_files_lie_beside_the_request(tmp_path: Path) -> None:
    found = library(tmp_path)
    item = found.requests["projects/shop/requests/auth/login"].item
    assert found.beside("login.json", item) == b"{}"
    with pytest.raises(BodyFault, match="leads out of projects/shop"):
        found.beside("../../../../keymock.toml", item)
    with pytest.raises(BodyFault, match="there is no file"):
        found.beside("nothing.json", item)


def test_a_broken_request_is_there_with_its_problems(tmp_path: Path) -> None:
    found = library(tmp_path, **{"workspace__requests__bad.toml": "url = 1\n"}).requests["workspace/requests/bad"]
    assert found.request is None
    assert [problem.place for problem in found.problems] == ["workspace/requests/bad.toml:1:7"]
