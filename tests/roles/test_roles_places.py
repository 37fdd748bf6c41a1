"""Which space a path lies in, whose it is, and whether it is a setting."""

from __future__ import annotations

import pytest

from keymock.roles.places import (
    Scope,
    Verb,
    as_folder,
    identity,
    is_own,
    needs_admin,
    private_folder,
    scope_of,
    space_of,
    verb_for,
)


@pytest.mark.parametrize("text", ["ada", "ada@example.com", "A.B_c%d+e-1", "@ada", "-", "x" * 128])
def test_an_identity(text: str) -> None:
    assert identity(text) == text
    assert private_folder(text) == text.lower()


@pytest.mark.parametrize("text", ["", ".ada", "..", "ada l", "ada/l", "adä", "ada\n", "a:b", "a\\b", "x" * 129])
def test_no_identity_no_private_folder(text: str) -> None:
    assert identity(text) is None
    assert private_folder(text) is None


def test_nobody_has_no_private_folder() -> None:
    assert private_folder(None) is None


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("workspace", "shared"),
        ("workspace/mocks/a.toml", "shared"),
        ("projects/shop/mocks/{id}.GET.json", "project"),
        ("projects/shop/.hidden", "project"),
        ("private/ada/mocks/a", "private"),
        ("Private/ada", "private"),
        ("PRIVATE./ada", "private"),
        ("ｐrivate/ada", "private"),
        ("pri\u200bvate/ada", "private"),
        ("private", "private"),
        ("ROLES", "root"),
        ("keymock.toml", "root"),
        ("environments/ci.toml", "root"),
        (".gitignore", "root"),
        ("", "root"),
        ("Projects/shop", "twin"),
        ("workspace ", "twin"),
        ("roles", "twin"),
        ("Roles.", "twin"),
        ("KEYMOCK.TOML", "twin"),
        ("ROLES:x", "twin"),
        ("/projects/shop", "nowhere"),
        ("projects/../private/ada", "nowhere"),
        ("projects/shop/..", "nowhere"),
        ("./projects", "nowhere"),
        ("projects//shop", "nowhere"),
        ("projects/shop//", "nowhere"),
        ("..", "nowhere"),
        (".", "nowhere"),
        ("/", "nowhere"),
    ],
)
def test_scope(path: str, scope: Scope) -> None:
    assert scope_of(path) == scope


@pytest.mark.parametrize(
    ("path", "space"),
    [
        ("projects/shop/mocks/a", "projects/shop"),
        ("projects/shop", "projects/shop"),
        ("projects/", "projects"),
        ("workspace/mocks/a", "workspace"),
        ("private/ada/x", "private/ada"),
        ("ROLES", "ROLES"),
        ("", "the whole workspace"),
    ],
)
def test_space(path: str, space: str) -> None:
    assert space_of(path) == space


@pytest.mark.parametrize("path", ["projects/shop", "workspace", "private/ada", "projects", "environments"])
def test_what_can_only_be_a_folder_is_one(path: str) -> None:
    assert as_folder(path) == path + "/"


@pytest.mark.parametrize("path", ["projects/shop/", "projects/shop/a", "ROLES", "workspace/a", "x/y"])
def test_other_paths_stay(path: str) -> None:
    assert as_folder(path) == path


def test_a_private_folder_is_of_its_literal_name() -> None:
    assert is_own("Ada@Example.com", "private/ada@example.com/mocks/a")
    assert is_own("ada", "private/ada")
    assert not is_own("ada", "private/Ada/mocks/a")
    assert not is_own("ada", "Private/ada/mocks/a")
    assert not is_own("ada", "private/adamant/a")
    assert not is_own("ada", "private/")
    assert not is_own("..", "private/../x")
    assert not is_own(None, "private/None/x")


SETTINGS = [
    "ROLES",
    "Roles",
    "keymock.toml",
    "environments/ci.toml",
    "environments/",
    "workspace/mocks/_defaults.toml",
    "projects/shop/project.toml",
    "projects/shop/Project.toml",
    "projects/shop/openapi.yaml",
    "projects/shop/openapi.json",
    "projects/shop/environments/ci.toml",
    "projects/shop/_defaults.toml",
    "projects/shop/mocks/users/_Defaults.toml.",
]
CONTENT = [
    "projects/shop/mocks/users/get.toml",
    "projects/shop/mocks/project.toml",
    "projects/shop/mocks/openapi.yaml",
    "projects/shop/mocks/environments/get.toml",
    "projects/shop/requests/a.toml",
    "projects/shop/flows/a.toml",
    "projects/shop/presets/a.toml",
    "projects/shop/data/a.json",
    "projects/shop/ROLES",
    "projects/shop/",
    "projects/",
    "workspace/mocks/a.toml",
    "workspace/",
    "private/ada/environments/a.toml",
    "private/ada/_defaults.toml",
    "README.md",
    "",
]


@pytest.mark.parametrize("path", SETTINGS)
@pytest.mark.parametrize("verb", ["create", "update", "delete"])
def test_settings_are_administered(path: str, verb: Verb) -> None:
    assert needs_admin(path)
    assert verb_for(path, verb) == "administer"
    assert verb_for(path, "see") == "see"


@pytest.mark.parametrize("path", CONTENT)
def test_all_else_is_edited(path: str) -> None:
    assert not needs_admin(path)
    assert verb_for(path, "update") == "update"


def test_a_contract_that_a_project_names_is_a_setting() -> None:
    assert verb_for("projects/shop/api/v2.yaml", "update", ["projects/shop/api/v2.yaml"]) == "administer"
    assert verb_for("projects/shop/api/v3.yaml", "update", ["projects/shop/api/v2.yaml"]) == "update"
