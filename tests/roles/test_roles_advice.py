"""What `check` says about a ROLES file that works."""

from __future__ import annotations

import pytest

from keymock.roles import parse, warnings

TOP = "* admin:ops\n"


def told(text: str) -> list[tuple[int, str, str]]:
    roles, problems = parse(text)
    assert problems == ()
    found = warnings(roles)
    assert {problem.severity for problem in found} <= {"warning"}
    return [(problem.line, problem.code, problem.message) for problem in found]


@pytest.mark.parametrize(
    "text",
    [
        "",
        TOP + "/workspace/ member:*\n/projects/shop/ viewer:* editor:a\n/projects/auth/ viewer:* editor:b\n",
        TOP + "/projects/secret/\n",
        "* viewer:a\n/projects/shop/ editor:a\n",
        "/projects/shop/ user:a\n/projects/shop/mocks/ member:a\n",
        "/workspace/ editor:a\n/workspace/mocks/ member:a\n",
        "@shop: a\n* viewer:@shop,@octo\n",
        TOP + "/ROLES viewer:*\n",
        "/docs/ viewer:a\n",
    ],
)
def test_nothing_to_say(text: str) -> None:
    assert told(text) == []


def test_a_line_that_takes() -> None:
    assert told("* editor:a,b viewer:c,d,e\n/projects/shop/ viewer:a editor:b viewer:c\n") == [
        (
            2,
            "role-narrowed",
            "takes from a (editor → viewer), d (viewer → nothing), e (viewer → nothing), given by line 1 (`*`)",
        )
    ]


def test_many_are_counted() -> None:
    assert told("* viewer:a,b,c,d,e\n/projects/shop/\n")[0][2] == (
        "takes from a (viewer → nothing), b (viewer → nothing), c (viewer → nothing) and 2 more, given by line 1 (`*`)"
    )


def test_taken_from_anyone() -> None:
    assert told("* viewer:anyone\n/projects/shop/\n")[0][2] == (
        "takes from anyone (viewer → nothing), given by line 1 (`*`)"
    )


def test_only_the_line_that_would_decide_otherwise_counts() -> None:
    assert told("* editor:a\n/projects/ viewer:a\n/projects/shop/ viewer:a\n") == [
        (2, "role-narrowed", "takes from a (editor → viewer), given by line 1 (`*`)")
    ]


def test_patterns_that_only_touch_can_take_too() -> None:
    assert told("/projects/shop/ editor:a\n*.toml viewer:a\n") == [
        (2, "role-narrowed", "takes from a (editor → viewer), given by line 1 (`/projects/shop/`)")
    ]


def test_member_is_worth_more_on_the_workspace() -> None:
    assert told("* member:a\n/workspace/ user:a\n") == [
        (2, "role-narrowed", "takes from a (member → user), given by line 1 (`*`)")
    ]
    assert told("* member:a\n/projects/ user:a\n") == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "/private/ada/ viewer:a",
            "this line is without effect: a private folder is its creator's alone, whatever ROLES says",
        ),
        ("/workspace/ admin:a", "admin counts as member here: the shared workspace has no admin of its own"),
        (
            "/ROLES editor:a",
            "these files are changed by workspace admins alone; here every role only lets people see them",
        ),
        (
            "/environments/ admin:a",
            "these files are changed by workspace admins alone; here every role only lets people see them",
        ),
        ("** admin:a", "`**` makes no workspace admins, though it matches everything"),
    ],
)
def test_roles_that_a_path_cannot_use(line: str, message: str) -> None:
    assert told(f"{line}\n") == [(1, "role-unusable", message)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/project/shop/ viewer:a", "keymock keeps nothing under `project/`"),
        ("workspaces/mocks viewer:a", "keymock keeps nothing under `workspaces/`"),
        ("/privat/ viewer:a", "keymock keeps nothing under `privat/`"),
        (r"/projects\shop viewer:a", r"`\s` is just `s`"),
    ],
)
def test_patterns_that_look_wrong(line: str, message: str) -> None:
    assert told(f"{line}\n") == [(1, "pattern-unusual", message)]


def test_a_line_that_never_decides() -> None:
    assert told("/projects/shop/mocks/ editor:a\n/projects/shop/ editor:a\n") == [
        (
            1,
            "role-unreachable",
            "this line never decides: line 2 (`/projects/shop/`) matches all that it matches",
        )
    ]
    assert [code for _, code, _ in told("/projects/a/ viewer:a\n/projects/a/ viewer:a\n")] == ["role-unreachable"]


def test_the_line_of_the_workspace_admins_always_counts() -> None:
    assert told("* admin:ops\n** viewer:a\n") == []
    assert [code for _, code, _ in told("* viewer:a\n** viewer:a\n")] == ["role-unreachable"]
    assert [(line, code) for line, code, _ in told("* admin:ops\n* viewer:a,ops\n")] == [
        (1, "role-unreachable"),
        (2, "role-narrowed"),
    ]


def test_a_group_that_is_nearly_defined() -> None:
    roles, _ = parse("@shop: a\n* viewer:@shpo\n")
    (problem,) = warnings(roles)
    assert (problem.code, problem.line, problem.column, problem.hint) == (
        "group-unknown",
        2,
        10,
        "did you mean `@shop`?",
    )
    assert problem.excerpt == "* viewer:@shpo"


def test_a_handle_that_is_joined_is_meant() -> None:
    assert told("@shop: a\nada = @shpo\n* viewer:@shpo\n") == []


def test_a_broken_file_has_errors_instead() -> None:
    assert warnings(parse("* x")[0]) == ()


def test_hostile_rules_are_not_compared_forever() -> None:
    text = "".join(f"*{'a*' * (n % 30 + 1)}{n} viewer:u{n}\n" for n in range(250))
    assert told(text)[0] == (
        0,
        "roles-many",
        "the rules are too many to compare each with each: lines that take or never decide may be missed",
    )
