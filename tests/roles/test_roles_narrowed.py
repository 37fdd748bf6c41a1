"""Two ROLES files, and only what both give."""

from __future__ import annotations

import itertools

import pytest

from keymock.roles import VERBS, Narrowed, Policy, parse

WIDE = "* user:ada admin:ops\n/projects/shop/ editor:ada,bob\n"
NARROW = "* admin:ops\n/projects/ viewer:ada user:bob\n"


def policy(text: str) -> Policy:
    roles, problems = parse(text)
    assert not problems
    return Policy(roles)


@pytest.mark.parametrize("actor", ["ada", "bob", "ops", "eve", None])
def test_what_both_allow_is_allowed_and_nothing_else(actor: str | None) -> None:
    one, other = (policy(text).for_actor(actor) for text in (WIDE, NARROW))
    both = Narrowed(one, other)
    for verb, path in itertools.product(VERBS, ["projects/shop/mocks/a.toml", "workspace/mocks/b.toml", "ROLES"]):
        expected = one.may(verb, path) and other.may(verb, path)
        assert both.may(verb, path) is expected
        assert both.decide(verb, path).allowed is expected


def test_the_file_that_refuses_gives_the_reason() -> None:
    wide, narrow = (policy(text).for_actor("ada") for text in (WIDE, NARROW))
    path = "projects/shop/mocks/a.toml"
    assert Narrowed(wide, narrow).decide("use", path).reason == narrow.decide("use", path).reason
    assert Narrowed(narrow, wide).decide("use", path).reason == narrow.decide("use", path).reason
    assert Narrowed(wide, narrow).decide("see", path).reason == wide.decide("see", path).reason


def test_open_is_open_in_both() -> None:
    everything, wide = policy("").for_actor("ada"), policy(WIDE).for_actor("ada")
    assert Narrowed(everything, everything).open
    assert not Narrowed(everything, wide).open
    assert not Narrowed(wide, everything).open


def test_who_could_help() -> None:
    everything, wide, narrow = (policy(text).for_actor("eve") for text in ("", WIDE, NARROW))
    path = "projects/shop/mocks/a.toml"
    assert Narrowed(wide, narrow).who_can("use", path) == ("bob", "ops")
    assert Narrowed(everything, narrow).who_can("use", path) == ("bob", "ops")
    assert Narrowed(wide, everything).who_can("use", path) == ("ada", "bob", "ops")
