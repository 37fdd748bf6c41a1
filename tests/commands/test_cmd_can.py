"""`keymock can`: the decision, with its line."""

from __future__ import annotations

import pytest
from prompt import Shell


@pytest.mark.parametrize(
    ("user", "verb", "path", "allowed"),
    [
        ("ada@example.com", "update", "projects/shop/mocks/users/get-user.toml", True),
        ("ada@example.com", "update", "projects/shop/project.toml", False),
        ("una@example.com", "use", "users/get-user", True),
        ("vic@example.com", "use", "users/get-user", False),
        ("vic@example.com", "see", "projects/shop", True),
        ("anyone", "create", "workspace/mocks/new.toml", True),
        ("anyone", "see", "projects/shop/", False),
        ("me", "create", "private/ada@example.com/mocks/a.toml", True),
        ("ops@example.com", "see", "private/ada@example.com/mocks/mine.toml", False),
        ("ops@example.com", "administer", "ROLES", True),
    ],
)
def test_the_exit_code_is_the_answer(shop: Shell, user: str, verb: str, path: str, allowed: bool) -> None:
    done = shop("can", user, verb, path)
    assert done.code == (0 if allowed else 1)
    assert done.out.startswith("yes  " if allowed else "no  ")


def test_json_is_that_of_the_interface(shop: Shell) -> None:
    found = shop("can", "vic@example.com", "use", "projects/shop/", "--json").json
    assert found["allowed"] is False
    assert found["role"] == "viewer"
    assert "needs" in found["reason"]
    assert found["rule"]["path"] == "ROLES"
    assert found["rule"]["line"] == 3
    assert found["rule"]["text"].startswith("/projects/shop/")


def test_without_a_rule_there_is_none_to_name(shell: Shell) -> None:
    shell.put("keymock.toml", "")
    assert shell("can", "me", "update", "workspace/", "--json").json["rule"] is None


def test_a_path_from_the_current_folder(shop: Shell) -> None:
    done = shop("can", "ada@example.com", "update", "mocks", at=shop.folder / "projects/shop")
    assert done.out.startswith("yes  ada@example.com is an editor of projects/shop by ROLES:3")


def test_a_name_that_nobody_can_have(shop: Shell) -> None:
    done = shop("can", "ada lovelace", "see", "workspace/")
    assert done.code == 2
    assert "cannot name a person" in done.err
