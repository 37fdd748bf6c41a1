"""A CODEOWNERS file → a ROLES file to begin with."""

from __future__ import annotations

from keymock.commands.codeowners import roles_text
from keymock.roles import Policy, parse


def policy(text: str) -> Policy:
    roles, problems = parse(text)
    assert not [problem for problem in problems if problem.severity == "error"], text
    return Policy(roles)


def test_without_one() -> None:
    rules = policy(roles_text("ada@example.com"))
    assert rules.decide("ada@example.com", "administer", "ROLES").allowed
    assert rules.decide(None, "update", "workspace/mocks/a.toml").allowed
    assert rules.decide(None, "use", "projects/a/mocks/a.toml").allowed
    assert not rules.decide(None, "update", "projects/a/mocks/a.toml").allowed


def test_owners_of_everything_are_admins() -> None:
    rules = policy(roles_text("ada@example.com", "*  bob@example.com @cy\n"))
    for who in ("ada@example.com", "bob@example.com", "@cy"):
        assert rules.decide(who.removeprefix("@"), "administer", "ROLES").allowed


def test_owners_of_the_workspace_folder_are_admins() -> None:
    rules = policy(roles_text("ada@example.com", "/mocks/ bob@example.com\n", "mocks"))
    assert rules.decide("bob@example.com", "administer", "ROLES").allowed


def test_teams_become_groups_to_fill_in() -> None:
    text = roles_text("ada@example.com", "/projects/shop/ @acme/shop-team\n")
    assert "@shop-team: ada@example.com    # @acme/shop-team; put its members here" in text
    assert policy(text).decide("ada@example.com", "update", "projects/shop/mocks/a.toml").allowed


def test_what_roles_cannot_say_becomes_a_comment() -> None:
    text = roles_text(
        "ada@example.com", "/a/*** bob@example.com\n/projects/b/ bob@example.com\n[Section] x@y\n^[Opt] x@y\n!/no x@y\n"
    )
    assert policy(text).decide("bob@example.com", "update", "projects/b/mocks/a.toml").allowed


def test_folders_elsewhere_are_left_out() -> None:
    text = roles_text("ada@example.com", "/web/ bob@example.com\nREADME.md cy@example.com\n", "api")
    assert "bob" not in text
    assert "README.md" in text
