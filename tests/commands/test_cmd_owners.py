"""ROLES and CODEOWNERS held against each other."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from keymock.commands.owners import Owners, disagreements, owners_text
from keymock.layout import Layout
from keymock.roles import Policy, parse

ROLES = """\
@shop: ada, bob@example.com
ada = ada@example.com github:ada-l
* admin:ops@example.com
/workspace/ member:cy@example.com
/projects/shop/ editor:@shop viewer:dee@example.com
/projects/shop/mocks/pay/ editor:bob@example.com admin:github:eve
/projects/open/ editor:anyone
/projects/auth/ user:ada admin:ci-bot
"""


def policy(text: str) -> Policy:
    roles, problems = parse(text)
    assert not [problem for problem in problems if problem.severity == "error"], problems
    return Policy(roles)


SHOP = Layout({"shop": "projects/shop"})


@pytest.mark.parametrize(
    ("file", "owners"),
    [
        ("workspace/mocks/a.toml", {"cy@example.com", "ops@example.com"}),
        ("workspace/mocks/_defaults.toml", {"ops@example.com"}),
        ("projects/shop/mocks/a.toml", {"ada@example.com", "bob@example.com", "ops@example.com"}),
        ("projects/shop/mocks/pay/a.toml", {"bob@example.com", "@eve", "ops@example.com"}),
        ("projects/shop/project.toml", {"ops@example.com"}),
        ("projects/shop/openapi.yaml", {"ops@example.com"}),
        ("projects/open/mocks/a.toml", set()),
        ("projects/auth/mocks/a.toml", {"ops@example.com"}),
        ("ROLES", {"ops@example.com"}),
        ("environments/ci.toml", {"ops@example.com"}),
    ],
)
@pytest.mark.parametrize("within", ["", "api/mocks"])
def test_who_may_change_a_path_owns_it(file: str, owners: set[str], within: str) -> None:
    text = owners_text(policy(ROLES), SHOP, within)
    line = Owners(text, within).of(file)
    assert line is not None
    assert set(line.owners) == owners


def test_who_cannot_be_named_is_said() -> None:
    text = owners_text(policy(ROLES), SHOP)
    assert text.startswith("# Made of ROLES by `keymock export codeowners`")
    assert text.endswith("\n# Without an e-mail or an account in ROLES: ci-bot\n")


def test_projects_that_lie_elsewhere_are_owned_there() -> None:
    text = owners_text(policy(ROLES), Layout({"shop": "services/shop/mock"}))
    line = Owners(text).of("services/shop/mock/mocks/pay/a.toml")
    assert line is not None
    assert set(line.owners) == {"bob@example.com", "@eve", "ops@example.com"}


PEOPLE = [f"{name}@example.com" for name in ("ada", "bob", "cy", "ops")]
PATTERNS = [
    "*",
    "/workspace/",
    "/projects/",
    "/projects/shop/",
    "/projects/shop/mocks/pay/",
    "/projects/*/mocks/",
    "**",
]
FILES = [
    "workspace/mocks/a.toml", "workspace/mocks/_defaults.toml", "projects/shop/mocks/a.toml",
    "projects/shop/flows/f.toml",
    "projects/shop/mocks/pay/a.toml", "projects/shop/mocks/pay/_defaults.toml", "projects/shop/project.toml",
    "projects/shop/openapi.yaml", "projects/shop/environments/ci.toml", "ROLES", "keymock.toml", "environments/ci.toml",
]  # fmt: skip


def test_random_files_of_roles_say_the_same_as_codeowners() -> None:
    lots = random.Random(3)
    for _ in range(300):
        lines = [
            f"{lots.choice(PATTERNS)} "
            + " ".join(f"{lots.choice(['viewer', 'user', 'editor', 'admin'])}:{lots.choice(PEOPLE)}" for _ in range(2))
            for _ in range(lots.randint(1, 5))
        ]
        some = policy("\n".join(lines) + "\n")
        owners = Owners(owners_text(some, SHOP))
        for file in FILES:
            line = owners.of(file)
            able = {person for person in PEOPLE if some.for_actor(person).may("update", file)}
            assert set(line.owners if line is not None else ()) == able, (file, lines)


def test_an_owner_who_may_not_is_told_once_with_a_line() -> None:
    text = "# who\n/projects/shop/ @ada-l dee@example.com @org/team\n/workspace/ cy@example.com\n"
    files = {
        file: file for file in ("projects/shop/mocks/a.toml", "projects/shop/mocks/b.toml", "workspace/mocks/c.toml")
    }
    (problem,) = disagreements(policy(ROLES), Owners(text), files, "../CODEOWNERS")
    assert (problem.path, problem.line, problem.code) == ("../CODEOWNERS", 2, "codeowners-disagree")
    assert problem.message == "dee@example.com owns projects/shop/mocks/a.toml here, and may not change it by ROLES"


def test_lines_that_are_no_rules(tmp_path: Path) -> None:
    owners = Owners("[Section]\n^[Optional] @a\n!no @a\n\n# c\n*.toml @a # why\n/free/\n")
    assert [(line.number, line.pattern, line.owners) for line in owners.lines] == [
        (6, "*.toml", ("@a",)), (7, "/free/", ()),
    ]  # fmt: skip
    assert owners.of("x.md") is None
