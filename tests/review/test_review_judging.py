from __future__ import annotations

import pytest

from keymock import roles
from keymock.review.judging import judge, needs
from keymock.review.verdict import Deed
from keymock.roles import VERBS, Policy

ROLES, _ = roles.parse(
    "* admin:ops@x\n/workspace/ member:ada@x\n/projects/shop/ viewer:vic@x user:ursa@x editor:ada@x admin:lead@x\n"
)
POLICY = Policy(ROLES)
PEOPLE = ("ops@x", "ada@x", "vic@x", "ursa@x", "lead@x", "eve@x", None)
PATHS = ("workspace/mocks/a.toml", "projects/shop/mocks/a.toml", "projects/shop/project.toml", "ROLES",
         "private/ada@x/mocks/a.toml", "keymock.toml")  # fmt: skip


def deed(who: str | None, verb: roles.Verb, path: str) -> Deed:
    return Deed("c1", who, verb, path, path)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("path", PATHS)
def test_a_review_decides_as_everything_else_does(verb: roles.Verb, path: str) -> None:
    for who in PEOPLE:
        (one,) = judge(POLICY, [deed(who, verb, path)])
        assert one.allowed == POLICY.decide(who, verb, path).allowed
        assert one.by == "actor"


def test_an_approver_who_may_is_enough_and_another_is_not() -> None:
    path = "projects/shop/project.toml"
    (one,) = judge(POLICY, [deed("ada@x", "update", path)], ("vic@x", "lead@x"))
    assert (one.allowed, one.by, one.who) == (True, "approver", "lead@x")
    assert "lead@x is an admin of projects/shop by ROLES:3" in one.reason
    (other,) = judge(POLICY, [deed("ada@x", "update", path)], ("vic@x", "ursa@x"))
    assert (other.allowed, other.who) == (False, "ada@x")


def test_who_could_have_done_it_is_told_once_a_path() -> None:
    refused = judge(
        POLICY, [deed("eve@x", "update", PATHS[1]), deed("eve@x", "delete", PATHS[1]), deed(None, "update", PATHS[3])]
    )
    assert [(need.path, need.who) for need in needs(POLICY, refused)] == [
        (PATHS[1], ("lead@x", "ada@x", "ops@x")),
        ("ROLES", ("ops@x",)),
    ]


def test_a_broken_base_lets_nobody_pass() -> None:
    broken = Policy(roles.Roles(broken=True))
    decided = judge(broken, [deed(who, "update", PATHS[0]) for who in PEOPLE], ("ops@x",))
    assert not any(one.allowed for one in decided)
