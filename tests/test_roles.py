# ruff: noqa: E501 (a reason stands on one line with its question)
"""The one decision: the table of roles cell by cell, and a naive oracle over thousands of random files."""

from __future__ import annotations

import os
import random
import re
from functools import cache
from pathlib import Path

import msgspec
import pytest

from keymock.problems import render
from keymock.roles import VERBS, Policy, Roles, Row, Verb, decide, parse, table, warnings, who_can

ALL = VERBS
CHANGES: tuple[Verb, ...] = ("create", "update", "delete")
LOOK: tuple[Verb, ...] = ("see",)
USE: tuple[Verb, ...] = ("see", "use")
WORK: tuple[Verb, ...] = (*USE, *CHANGES)


def policy(text: str, *, enforce: bool = True) -> Policy:
    roles, problems = parse(text)
    assert [problem for problem in problems if problem.severity == "error"] == []
    return Policy(roles, enforce=enforce)


def allowed(some: Policy, actor: str | None, path: str) -> tuple[Verb, ...]:
    verbs = tuple(verb for verb in VERBS if some.decide(actor, verb, path).allowed)
    rights = some.for_actor(actor)
    assert verbs == tuple(verb for verb in VERBS if rights.may(verb, path))
    return verbs


PRIVATE, SHARED, PROJECT = "private/ada/mocks/a.toml", "workspace/mocks/a.toml", "projects/shop/mocks/a.toml"
ADMIN = "* admin:ada\n"


# The table of roles: who (as a ROLES file about ada), where, the verbs that are allowed, the role it counts as.
@pytest.mark.parametrize(
    ("text", "path", "verbs", "role"),
    [
        # private: the creator, with or without roles
        ("* viewer:bob\n", PRIVATE, WORK, "creator"),
        ("/private/ viewer:bob\n", PRIVATE, WORK, "creator"),
        ("/private/ada/\n", "private/ada/environments/a.toml", WORK, "creator"),
        (ADMIN, PRIVATE, WORK, "creator"),
        # private: anyone else, admins too
        (ADMIN, "private/bob/mocks/a.toml", (), ""),
        ("* admin:*\n/private/bob/ admin:ada\n", "private/bob/mocks/a.toml", (), ""),
        (ADMIN, "private/", (), ""),
        (ADMIN, "Private/bob/a.toml", (), ""),
        # shared workspace
        ("/workspace/ member:ada\n", SHARED, WORK, "member"),
        ("/workspace/ editor:ada\n", SHARED, WORK, "member"),
        ("/workspace/ admin:ada\n", SHARED, WORK, "member"),
        ("/workspace/ user:ada\n", SHARED, USE, "user"),
        ("/workspace/ viewer:ada\n", SHARED, LOOK, "viewer"),
        ("/workspace/ member:ada\n", "workspace/mocks/_defaults.toml", USE, "member"),
        (ADMIN, SHARED, ALL, "workspace admin"),
        (ADMIN, "workspace/mocks/_defaults.toml", ALL, "workspace admin"),
        # projects
        ("/projects/shop/ viewer:ada\n", PROJECT, LOOK, "viewer"),
        ("/projects/shop/ user:ada\n", PROJECT, USE, "user"),
        ("/projects/shop/ member:ada\n", PROJECT, USE, "user"),
        ("/projects/shop/ editor:ada\n", PROJECT, WORK, "editor"),
        ("/projects/shop/ admin:ada\n", PROJECT, ALL, "admin"),
        (ADMIN, PROJECT, ALL, "workspace admin"),
        ("/projects/shop/ admin:ada\n", "projects/auth/mocks/a.toml", (), ""),
        # settings of a project
        ("/projects/shop/ viewer:ada\n", "projects/shop/project.toml", LOOK, "viewer"),
        ("/projects/shop/ user:ada\n", "projects/shop/openapi.yaml", USE, "user"),
        ("/projects/shop/ editor:ada\n", "projects/shop/project.toml", USE, "editor"),
        ("/projects/shop/ editor:ada\n", "projects/shop/environments/ci.toml", USE, "editor"),
        ("/projects/shop/ editor:ada\n", "projects/shop/mocks/_defaults.toml", USE, "editor"),
        ("/projects/shop/ admin:ada\n", "projects/shop/project.toml", ALL, "admin"),
        ("/projects/shop/ admin:ada\n", "projects/shop/environments/ci.toml", ALL, "admin"),
        # settings of the workspace
        ("* editor:ada\n", "ROLES", USE, "editor"),
        ("* viewer:ada\n/ROLES admin:ada\n", "ROLES", USE, "editor"),
        ("** admin:ada\n", "keymock.toml", USE, "editor"),
        ("/environments/ admin:ada\n", "environments/ci.toml", USE, "editor"),
        (ADMIN, "ROLES", ALL, "workspace admin"),
        (ADMIN, "keymock.toml", ALL, "workspace admin"),
        (ADMIN, "environments/ci.toml", ALL, "workspace admin"),
        # what only looks like a name of keymock's is for workspace admins
        ("** editor:ada\n", "Projects/shop/mocks/a.toml", (), ""),
        ("** editor:ada\n", "roles", (), ""),
        (ADMIN, "roles", ALL, "workspace admin"),
        # no line matches
        ("/projects/auth/ admin:ada\n", PROJECT, (), ""),
        ("/projects/auth/ admin:ada\n", SHARED, (), ""),
        ("/projects/auth/ admin:ada\n", "README.md", (), ""),
        # workspace admins stay so; only the last line for * counts
        ("* admin:ada\n/projects/shop/\n", PROJECT, ALL, "workspace admin"),
        ("* admin:ada\n** viewer:ada\n", PROJECT, ALL, "workspace admin"),
        ("* admin:ada\n* viewer:ada\n", PROJECT, LOOK, "viewer"),
        ("* viewer:ada\n* admin:ada\n", PROJECT, ALL, "workspace admin"),
        # the last line alone decides, in it the highest role
        ("/projects/ admin:ada\n/projects/shop/ viewer:ada\n", PROJECT, LOOK, "viewer"),
        ("/projects/ admin:ada\n/projects/shop/\n", PROJECT, (), ""),
        ("/projects/ viewer:ada,* editor:ada user:ada\n", PROJECT, WORK, "editor"),
        # nothing outside
        (ADMIN, "projects/../private/bob/a", (), ""),
        (ADMIN, "/etc/passwd", (), ""),
    ],
)
def test_the_table_of_roles(text: str, path: str, verbs: tuple[Verb, ...], role: str) -> None:
    some = policy(text)
    assert allowed(some, "ada", path) == verbs
    assert some.decide("ada", "see", path).role == some.for_actor("ADA").role(path) == role


def test_everyone_named_and_anyone() -> None:
    some = policy("* viewer:* \n/workspace/ member:anyone\n@idle: zoe\n")
    assert allowed(some, "Zoe", PROJECT) == LOOK
    assert allowed(some, "stranger", PROJECT) == allowed(some, None, PROJECT) == ()
    assert allowed(some, "stranger", SHARED) == allowed(some, None, SHARED) == WORK


def test_anyone_may_be_workspace_admin_if_the_file_says_so() -> None:
    assert allowed(policy("* admin:anyone\n"), None, "ROLES") == ALL


@pytest.mark.parametrize("text", ["", "# no rule\n@shop: ada\n"])
def test_without_a_rule_everything_is_open_but_private_folders(text: str) -> None:
    some = policy(text)
    for path in (PROJECT, SHARED, "ROLES", "projects/shop/project.toml", "roles"):
        assert allowed(some, "ada", path) == allowed(some, None, path) == ALL
    assert allowed(some, "ada", PRIVATE) == WORK
    assert allowed(some, "bob", PRIVATE) == allowed(some, None, PRIVATE) == ()
    assert some.decide("ada", "use", PROJECT).reason == "ROLES has no rule: whoever has the files may do everything"


def test_a_broken_file_serves_nobody() -> None:
    some = Policy(parse("* admin:ada\n* oops\n")[0])
    for path in (PROJECT, SHARED, "ROLES", "keymock.toml", "README.md"):
        assert allowed(some, "ada", path) == allowed(some, None, path) == ()
    assert allowed(some, "ada", PRIVATE) == WORK
    assert some.who_can("use", PROJECT) == ()
    assert some.decide("ada", "see", PROJECT).reason == (
        "ROLES cannot be read, so nobody may do anything outside their private folder; keymock check says where"
    )


@pytest.mark.parametrize("roles", [parse("* admin:bob\n")[0], Roles(broken=True), Roles()])
def test_review_leaves_local_use_open_but_private_folders(roles: Roles) -> None:
    some = Policy(roles, enforce=False)
    assert allowed(some, "ada", PROJECT) == allowed(some, None, "ROLES") == ALL
    assert allowed(some, "ada", PRIVATE) == WORK
    assert allowed(some, "bob", PRIVATE) == ()


def test_joined_names_are_one_person_but_each_has_its_own_folder() -> None:
    some = policy("ada = Ada@Example.com github:ada-l\n/projects/shop/ editor:ada@example.com\n")
    for name in ("ada", "ADA@example.com", "github:ada-l"):
        assert allowed(some, name, PROJECT) == WORK
    assert allowed(some, "ada", "private/ada@example.com/a") == ()
    assert allowed(some, "Ada@Example.com", "private/ada@example.com/a") == WORK
    assert allowed(some, "github:ada-l", "private/ada-l/a") == ()


def test_a_project_named_without_a_slash_is_the_project() -> None:
    some = policy("/projects/shop/ user:ada\n/workspace/ member:ada\n")
    assert allowed(some, "ada", "projects/shop") == USE
    assert allowed(some, "ada", "workspace") == WORK
    assert allowed(some, "ada", "private/ada") == WORK


def test_the_contracts_a_project_names_are_settings() -> None:
    roles, _ = parse("/projects/shop/ editor:ada\n")
    contract = "projects/shop/api/v2.yaml"
    assert Policy(roles).decide("ada", "update", contract).allowed
    assert not Policy(roles, contracts=[contract]).decide("ada", "update", contract).allowed
    assert not decide(roles, "ada", "update", contract, contracts=[contract]).allowed


REASONS = """\
* admin:ops
/workspace/ member:zoe user:ada
/projects/shop/ viewer:ada editor:bob
"""


@pytest.mark.parametrize(
    ("actor", "verb", "path", "reason", "line"),
    [
        ("ada", "use", PROJECT, "you are a viewer of projects/shop by ROLES:3; using its mocks needs user, editor or admin", 3),
        ("ada", "see", PROJECT, "you are a viewer of projects/shop by ROLES:3", 3),
        ("bob", "update", PROJECT, "you are an editor of projects/shop by ROLES:3", 3),
        ("bob", "delete", "projects/shop/project.toml", "you are an editor of projects/shop by ROLES:3; changing its settings needs admin of the project", 3),
        ("ada", "create", SHARED, "you are a user of workspace by ROLES:2; adding to it needs member", 2),
        ("zoe", "administer", SHARED, "you are a member of workspace by ROLES:2; changing its settings needs admin on the pattern `*`", 2),
        ("ops", "update", "ROLES", "you are workspace admin by ROLES:1", 1),
        ("ada", "update", "ROLES", "ROLES:1 decides about ROLES and gives you no role; changing its settings needs admin on the pattern `*`", 1),
        (None, "see", PROJECT, "ROLES:3 decides about projects/shop/mocks/a.toml and gives you no role; seeing it needs viewer, user, editor or admin; nobody is named: set KEYMOCK_USER", 3),
        ("ops", "see", PRIVATE, "a private folder is its creator's alone; for everyone else it does not exist", None),
        ("ada", "see", PRIVATE, "private/ada/ belongs to you alone, whatever ROLES says", None),
        ("ada", "administer", PRIVATE, "a private folder has no roles and settings to administer", None),
        ("ops", "see", "../x", "`../x` is no path inside the workspace", None),
        ("bob", "use", "Roles", "`Roles` looks like one of keymock's own names, and some systems take it for that; using its mocks needs admin on the pattern `*`", None),
    ],
)  # fmt: skip
def test_reasons_are_sentences(actor: str | None, verb: Verb, path: str, reason: str, line: int | None) -> None:
    decision = policy(REASONS).decide(actor, verb, path)
    assert (decision.reason, decision.rule and decision.rule.line) == (reason, line)


def test_reasons_without_a_line_and_about_others() -> None:
    some = policy("/projects/shop/ viewer:ada\n")
    assert some.decide("ada", "use", SHARED).reason == (
        "no line of ROLES matches workspace/mocks/a.toml; using its mocks needs user or member"
    )
    assert some.decide("ada", "use", PROJECT, you="ada").reason.startswith("ada is a viewer of projects/shop")
    assert some.decide("bob", "see", PROJECT, you="bob").reason.startswith("ROLES:1 decides about")


def test_a_decision_is_json() -> None:
    decision = policy("/projects/shop/ user:ada # bots\n").decide("ada", "use", PROJECT)
    assert msgspec.json.decode(msgspec.json.encode(decision)) == {
        "allowed": True,
        "role": "user",
        "reason": "you are a user of projects/shop by ROLES:1",
        "rule": {
            "pattern": "/projects/shop/",
            "line": 1,
            "text": "/projects/shop/ user:ada # bots",
            "grants": [{"role": "user", "who": ["ada"]}],
        },
    }


def test_who_can_help() -> None:
    roles, _ = parse(
        "@leads: Lea@x.com bob\nbob = bob@x.com\n* admin:ops\n/projects/shop/ viewer:* editor:bob,ada admin:@leads\n"
        "/workspace/ member:anyone\n"
    )
    assert who_can(roles, "use", PROJECT) == ("bob", "Lea@x.com", "ada", "ops")
    assert who_can(roles, "administer", PROJECT) == ("bob", "Lea@x.com", "ops")
    assert who_can(roles, "update", "ROLES") == ("ops",)
    assert who_can(roles, "use", "workspace") == ("anyone",)
    assert who_can(roles, "see", "private/bob/a") == ()
    assert who_can(Roles(), "use", PROJECT) == ("anyone",)


def test_the_table_of_people() -> None:
    roles, _ = parse("* admin:ops\n/projects/shop/ viewer:anyone editor:Ada\n")
    assert table(roles, ["projects/shop", "workspace"]) == (
        Row("projects/shop", "ops", "workspace admin", ALL, 1),
        Row("projects/shop", "Ada", "editor", WORK, 2),
        Row("projects/shop", "anyone", "viewer", LOOK, 2),
        Row("workspace", "ops", "workspace admin", ALL, 1),
    )
    assert table(Roles(), ["workspace"]) == (Row("workspace", "anyone", "", ALL, 0),)


# A naive oracle: it reads the text again by itself, and follows the words of the specification one by one.

Names = dict[str, set[str]]


def oracle(text: str, actor: str | None, verb: Verb, path: str) -> bool:
    parts = path.split("/")
    if parts[0] == "private":
        return actor is not None and len(parts) > 2 and parts[1] == actor.lower() and verb != "administer"
    lines = [line.split("#")[0].split() for line in text.splitlines()]
    groups = {words[0][1:-1]: words[1:] for words in lines if words and words[0].endswith(":")}
    same = next((set(words) - {"="} for words in lines if words[1:2] == ["="] and actor in words), {actor})
    rules = [words for words in lines if words and words[1:2] != ["="] and not words[0].endswith(":")]
    if not rules:
        return True
    mentions = {name for words in lines for word in words for name in re.split("[,:]", word)}

    def is_one_of(who: str) -> bool:
        if who == "anyone":
            return True
        if who == "*":
            return bool(mentions & same)
        if who.startswith("@") and who[1:] in groups:
            return any(map(is_one_of, groups[who[1:]]))
        return who in same

    def held(words: list[str]) -> set[str]:
        given = [(word.split(":")[0], word.split(":")[1].split(",")) for word in words[1:]]
        return {role for role, people in given if any(map(is_one_of, people))}

    tops = [words for words in rules if words[0] == "*"]
    if tops and "admin" in held(tops[-1]):
        return True
    setting = parts[-1] in {"ROLES", "keymock.toml", "project.toml", "openapi.yaml", "_defaults.toml"}
    setting = setting or "environments" in parts
    if verb in CHANGES and setting:
        verb = "administer"
    deciding = [words for words in rules if shape(words[0]).fullmatch(path)]
    if not deciding:
        return False
    have = held(deciding[-1])
    if parts[0] == "workspace":
        enough = {"see": {"viewer", "user", "member", "editor", "admin"}, "use": {"user", "member", "editor", "admin"}}
        return bool(have & enough.get(verb, set() if verb == "administer" else {"member", "editor", "admin"}))
    if verb == "administer":
        return parts[0] == "projects" and "admin" in have
    if verb in CHANGES:
        return bool(have & {"editor", "admin"})
    return bool(have & {"user", "member", "editor", "admin"} | (have & {"viewer"} if verb == "see" else set()))


@cache
def shape(pattern: str) -> re.Pattern[str]:
    """The few kinds of pattern that are drawn below, each translated by hand."""
    front = "" if "/" in pattern[:-1] else "(.*/)?"
    end = ".*" if pattern.endswith("/") else "" if pattern.endswith("/*") else "(/.*)?"
    body = pattern.lstrip("/").replace(".", r"\.").replace("**/", "<").replace("**", ">").replace("*", "[^/]*")
    return re.compile(front + body.replace("<", "(.*/)?").replace(">", ".*") + end)


PEOPLE = ["ada", "ada@example.com", "bob", "cy", "dee"]
WHO = [*PEOPLE, "@shop", "@leads", "@all", "*", "anyone"]
PATTERNS = [
    *[
        "*",
        "*",
        "*",
        "**",
        "/**",
        "/*",
        "*.toml",
        "/projects/",
        "/projects/shop/",
        "/projects/shop/",
        "/projects/*/mocks/",
    ],
    *[
        "/projects/shop/mocks/pay/",
        "projects/**/pay/",
        "/workspace/",
        "workspace/mocks",
        "mocks/",
        "pay/*",
        "/private/",
    ],
    *["/ROLES", "/environments/", "project.toml", "/projects/auth/**", "_defaults.toml"],
]
PATHS = [
    *[
        "projects/shop/mocks/a.toml",
        "projects/shop/mocks/pay/a.toml",
        "projects/auth/flows/a.toml",
        "projects/new/mocks/x",
    ],
    *["projects/shop/project.toml", "projects/shop/openapi.yaml", "projects/auth/environments/ci.toml", "README.md"],
    *["projects/shop/mocks/pay/_defaults.toml", "workspace/mocks/a.toml", "workspace/mocks/_defaults.toml"],
    *["workspace/requests/pay/b.toml", "private/ada/mocks/a.toml", "private/bob/projects/shop/project.toml"],
    *["private/ada@example.com/x/y", "ROLES", "keymock.toml", "environments/ci.toml", "projects/auth/mocks/pay/x.json"],
]
ACTORS = [*PEOPLE, "github:ada-l", "stranger", None]


def draw(random: random.Random) -> str:
    lines = [f"@shop: {' '.join(random.sample(PEOPLE, 2))}", f"@leads: @shop {random.choice(PEOPLE)}", "@all: *"]
    if random.random() < 0.7:
        lines.append("ada = ada@example.com github:ada-l")
    for _ in range(random.randint(0, 6)):
        grants = [
            f"{random.choice(['viewer', 'user', 'member', 'editor', 'admin'])}:"
            + ",".join(random.sample(WHO, random.choice([1, 1, 1, 2, 3])))
            for _ in range(random.choice([0, 1, 1, 2, 3]))
        ]
        lines.append(" ".join([random.choice(PATTERNS), *grants]) + random.choice(["", "  # said so"]))
    return "\n".join(lines) + "\n"


LONG = int(os.environ.get("KEYMOCK_LONG") or 0)


@pytest.mark.timeout(120 if not LONG else 0)
def test_the_decision_equals_a_naive_oracle() -> None:
    """KEYMOCK_LONG=1 in the environment asks for a million files, half an hour; any other number for a million others."""
    lots = random.Random(LONG or 7)
    for _ in range(1_000_000 if LONG else 1_000):
        text = draw(lots)
        some = policy(text)
        for actor in lots.sample(ACTORS, 1 if LONG else 2):
            rights = some.for_actor(actor)
            for path in lots.sample(PATHS, 2 if LONG else 4):
                for verb in VERBS:
                    expected = oracle(text, actor, verb, path)
                    assert rights.may(verb, path) == expected, f"{actor} {verb} {path}\n{text}"
                    if verb in {"use", "administer"}:
                        decision = rights.decide(verb, path)
                        assert decision.allowed == expected
                        assert decision.reason


def test_advice_about_random_files_is_true() -> None:
    """A line that is said never to decide decides nowhere."""
    lots = random.Random(11)
    for _ in range(200):
        roles, _ = parse(draw(lots))
        some = Policy(roles)
        deciding = {index for path in PATHS if (index := some.deciding(path)) is not None}
        for problem in warnings(roles):
            if problem.code == "role-unreachable":
                assert problem.line not in {roles.rules[index].line for index in deciding}


# docs/roles.md is run: each ROLES block must parse, and each table of answers beside it must hold.

DOC = Path(__file__).parents[1] / "docs" / "roles.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_examples_of_the_docs() -> None:
    text = ""
    run = 0
    for kind, body in BLOCK.findall(DOC.read_text("utf-8")):
        if kind == "roles":
            text = body
            assert parse(text)[1] == ()
        elif kind == "answers":
            some = policy(text)
            for line in body.splitlines():
                actor, verb, path, answer = re.split(r"  +", line.strip(), maxsplit=3)
                decision = some.decide(None if actor == "nobody" else actor, msgspec.convert(verb, Verb), path)
                assert ("yes" if decision.allowed else "no") + ": " + decision.reason == answer, line
                run += 1
        elif kind == "warnings":
            said = "\n".join(render(problem) for problem in warnings(parse(text)[0]))
            assert said.strip() == body.strip()
            run += 1
        elif kind == "broken":
            text, _, said = body.partition("---\n")
            assert "\n".join(render(problem) for problem in parse(text)[1]).strip() == said.strip()
            run += 1
    assert run >= 12
