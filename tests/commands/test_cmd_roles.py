"""`keymock roles`."""

from __future__ import annotations

from prompt import Shell


def test_a_row_for_each_who_has_a_role(shop: Shell) -> None:
    rows = shop("roles", "--json").json
    assert {(row["path"], row["who"]): row["role"] for row in rows} == {
        ("workspace/", "ops@example.com"): "workspace admin",
        ("workspace/", "vic@example.com"): "member",
        ("workspace/", "una@example.com"): "member",
        ("workspace/", "ada@example.com"): "member",
        ("workspace/", "anyone"): "member",
        ("projects/shop/", "ops@example.com"): "workspace admin",
        ("projects/shop/", "vic@example.com"): "viewer",
        ("projects/shop/", "una@example.com"): "user",
        ("projects/shop/", "ada@example.com"): "editor",
    }


def test_the_line_is_named(shop: Shell) -> None:
    rows = [line.split() for line in shop("roles").out.splitlines()]
    assert ["projects/shop/", "vic@example.com", "viewer", "see", "ROLES:3"] in rows


def test_projects_that_are_not_seen_have_no_row(shop: Shell) -> None:
    assert "secret" not in shop("roles").out
    assert "secret" in shop("roles", "--as", "ops@example.com").out


def test_without_roles(shell: Shell) -> None:
    shell.put("keymock.toml", "")
    assert "there is no ROLES file in force" in shell("roles").err


def test_broken_roles(shop: Shell) -> None:
    shop.put("ROLES", "* king:ada\n")
    assert "ROLES cannot be read" in shop("roles").err
