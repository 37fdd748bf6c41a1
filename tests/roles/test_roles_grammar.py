# ruff: noqa: E501 (what is told stands on one line with the mistake)
"""The text of ROLES: what it may say, and what is said about it when it is wrong."""

from __future__ import annotations

import msgspec
import pytest

from keymock.roles.grammar import MAX_BYTES, MAX_RULES, Grant, Group, Key, Person, Roles, Rule, parse

MATERIAL = "AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
FULL = rf"""# who may what
@shop: ada@example.com, bob@example.com
@Leads: @shop cy@example.com          # nested
ada = ada@example.com github:ada-l
key ada@example.com ssh-ed25519 {MATERIAL} ada's laptop

*                       admin:ops@example.com
  /workspace/             member:*  # all
/projects/my\ shop/	viewer:* editor:@shop,zoe
\#odd  user:anyone
/projects/secret/
"""


def only(text: str | bytes) -> tuple[str, int, int, str, str]:
    roles, problems = parse(text)
    assert roles == Roles(broken=True)
    assert len(problems) == 1, problems
    problem = problems[0]
    return problem.code, problem.line, problem.column, problem.message, problem.hint


def test_every_kind_of_line() -> None:
    roles, problems = parse(FULL)
    assert problems == ()
    assert roles == Roles(
        "ROLES",
        rules=(
            Rule("*", 7, "*                       admin:ops@example.com", (Grant("admin", ("ops@example.com",)),)),
            Rule("/workspace/", 8, "/workspace/             member:*  # all", (Grant("member", ("*",)),)),
            Rule(
                r"/projects/my\ shop/",
                9,
                "/projects/my\\ shop/\tviewer:* editor:@shop,zoe",
                (Grant("viewer", ("*",)), Grant("editor", ("@shop", "zoe"))),
            ),
            Rule(r"\#odd", 10, r"\#odd  user:anyone", (Grant("user", ("anyone",)),)),
            Rule("/projects/secret/", 11, "/projects/secret/"),
        ),
        groups=(
            Group("shop", 2, ("ada@example.com", "bob@example.com")),
            Group("leads", 3, ("@shop", "cy@example.com")),
        ),
        people=(Person("ada", 4, ("ada@example.com", "github:ada-l")),),
        keys=(Key("ada@example.com", 5, "ssh-ed25519", MATERIAL),),
    )


@pytest.mark.parametrize(
    "text",
    [FULL.encode(), "\ufeff" + FULL, b"\xef\xbb\xbf" + FULL.encode(), FULL.rstrip("\n"), FULL + "\n\n"],
    ids=["bytes", "bom", "bom-bytes", "no-final-newline", "blank-lines"],
)
def test_how_the_file_was_saved_does_not_matter(text: str | bytes) -> None:
    assert parse(text) == parse(FULL)


def test_windows_line_ends_do_not_matter() -> None:
    assert parse(FULL.replace("\n", "\r\n")) == parse(FULL)


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "@shop: ada\n", "a = b\n", b""])
def test_a_file_without_a_rule_is_open(text: str | bytes) -> None:
    roles, problems = parse(text)
    assert (roles.open, roles.broken, problems) == (True, False, ())


def test_roles_survive_encoding() -> None:
    roles, _ = parse(FULL)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(roles), type=Roles) == roles


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "message", "hint"),
    [
        ("* editr:a", "role-unknown", 1, 3, "`editr` is no role", "did you mean `editor`?"),
        ("* Editor:a", "role-unknown", 1, 3, "`Editor` is no role", "did you mean `editor`?"),
        ("* xyz:a", "role-unknown", 1, 3, "`xyz` is no role", "the roles are viewer, user, member, editor, admin"),
        ("\n*   @js-team", "role-missing", 2, 5, "`@js-team` has no role", "write `viewer:@js-team`, `editor:@js-team`, …"),
        ("* editor", "role-missing", 1, 3, "`editor` has no role", "say whose: `editor:ada@example.com`, `editor:@group`, `editor:*`"),
        ("@shop ada", "role-missing", 1, 7, "`ada` has no role", "a group is defined with a colon: `@shop: ada`"),
        ("a=b c", "role-missing", 1, 5, "`c` has no role", "names are joined with spaces around the `=`: `ada = ada@example.com`"),
        ("* editor:a b", "role-missing", 1, 12, "`b` has no role", "write `viewer:b`, `editor:b`, …"),
        ("* editor:a,,b", "role-empty", 1, 12, "a name is missing in `editor:a,,b`", "write names with `,` between them and no spaces: `editor:ada@example.com,@shop`"),
        ("* editor:", "role-empty", 1, 10, "a name is missing in `editor:`", "write names with `,` between them and no spaces: `editor:ada@example.com,@shop`"),
        ("* editor:a/b", "person-invalid", 1, 10, "`a/b` cannot name a person", "a name has letters, digits and `.` `_` `%` `+` `@` `-`, 128 at most, and no dot in front"),
        ("* editor:a,@org/js", "person-invalid", 1, 12, "`@org/js` cannot name a person", "teams of a host are not known here; define a group: `@js: ada@example.com`"),
        ("* editor:Anyone", "person-invalid", 1, 10, "`Anyone` cannot name a person", "everybody is `anyone`"),
        ("@shop: editor:ada", "person-invalid", 1, 8, "`editor:ada` cannot name a person", "roles are given after a pattern, each to its own names: `/projects/shop/ editor:ada`"),
        ("@shop: a\n@Shop: b", "group-twice", 2, 1, "the group `@Shop` is defined twice", "line 1 defines it: put all members there"),
        ("@sh!p: a", "group-invalid", 1, 1, "`@sh!p` cannot name a group", "letters, digits, `.`, `_`, `-`"),
        ("@a: x @b\n@b: @c\n@c: @B", "group-cycle", 1, 1, "a group holds itself: `@b` → `@c` → `@b`", "take one of them out"),
        ("@a: @a", "group-cycle", 1, 1, "a group holds itself: `@a` → `@a`", "take one of them out"),
        ("ada = a\nbob = A", "name-twice", 2, 7, "`A` is already a name of `ada`, by line 1", "join them all in line 1"),
        ("@a: x\nada = @A", "person-invalid", 2, 7, "`@A` is a group, by line 1", "name one person"),
        ("ada =", "person-invalid", 1, 5, "no name follows `=`", "write `ada = ada@example.com github:ada`"),
        ("ada = *", "person-invalid", 1, 7, "`*` is no single person", ""),
        ("key ada", "key-invalid", 1, 1, "a `key` line needs a person, a kind and the key", "write `key ada@example.com ssh-ed25519 AAAA…`; a file called key is `**/key`"),
        ("key ada ssh-ed2551 AAAA", "key-invalid", 1, 9, "`ssh-ed2551` is no kind of signing key", "did you mean `ssh-ed25519`?"),
        ("!a viewer:*", "pattern-invalid", 1, 1, "`!` does not exist in ROLES: the last line that matches decides, so write a later line", ""),
        ("/ viewer:*", "pattern-invalid", 1, 1, "`/` matches nothing: `*` is everything, `/*` the files at the top", ""),
        ("a\n=======\nb", "roles-conflict", 2, 1, "a merge conflict has been left in the file", "keep the lines that are meant, and delete this one"),
        ("* viewer:a\u200b", "roles-character", 1, 11, "an invisible character, U+200B", "delete it; between words stand spaces or tabs"),
        ("*\u00a0viewer:a", "roles-character", 1, 2, "an invisible character, U+00A0", "delete it; between words stand spaces or tabs"),
        ("* # \u202e", "roles-character", 1, 5, "an invisible character, U+202E", "delete it; between words stand spaces or tabs"),
        ("* # \x1b[2J", "roles-character", 1, 5, "an invisible character, U+001B", "delete it; between words stand spaces or tabs"),
        ("* viewer:a\rb", "roles-character", 1, 11, "an invisible character, U+000D", "delete it; between words stand spaces or tabs"),
        (b"# a\n* viewer:\xc3\xa4\xffx\n", "roles-not-utf8", 2, 11, "byte 0xff is not UTF-8", "save the file as UTF-8"),
        (b"\xff\xfe*\0", "roles-not-utf8", 1, 1, "byte 0xff is not UTF-8", "save the file as UTF-8"),
        (b"#" * (MAX_BYTES + 1), "roles-too-large", 0, 0, "the file has 1048577 bytes, 1048576 are allowed", ""),
        ("ä" * (MAX_BYTES // 2) + "x", "roles-too-large", 0, 0, "the file has 1048577 bytes, 1048576 are allowed", ""),
        ("*\n" * (MAX_RULES + 1), "roles-too-many", MAX_RULES + 1, 1, "more than 2000 rules", "use groups and wider patterns"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.islower() and len(value) < 20 else "",
)  # fmt: skip
def test_a_mistake(text: str | bytes, code: str, line: int, column: int, message: str, hint: str) -> None:
    assert only(text) == (code, line, column, message, hint)


def test_emoji_and_accents_in_comments_are_fine() -> None:
    assert parse("* viewer:a  # 👩\u200d💻 café\u00a0\n")[1] == ()


def test_all_problems_at_once_in_order_with_their_lines() -> None:
    roles, problems = parse("* editr:a viewer:b/c\r\n@a: @a\r\n/ x\r\n", "sub/ROLES")
    assert roles == Roles("sub/ROLES", broken=True)
    assert [(p.line, p.column, p.code) for p in problems] == [
        (1, 3, "role-unknown"),
        (1, 18, "person-invalid"),
        (2, 1, "group-cycle"),
        (3, 1, "pattern-invalid"),
        (3, 3, "role-missing"),
    ]
    assert [p.excerpt for p in problems] == ["* editr:a viewer:b/c"] * 2 + ["@a: @a"] + ["/ x"] * 2
    assert {(p.path, p.severity) for p in problems} == {("sub/ROLES", "error")}


@pytest.mark.parametrize("material", ["AAAA…", "AAAA", "not base64!", MATERIAL[:24]])
def test_a_key_that_is_none_only_warns(material: str) -> None:
    roles, problems = parse(f"key ada ssh-ed25519 {material}\n* viewer:ada\n")
    assert [(p.code, p.severity, p.line, p.column) for p in problems] == [("key-unusable", "warning", 1, 21)]
    assert (roles.broken, roles.keys, len(roles.rules)) == (False, (), 1)


def test_an_empty_group_only_warns() -> None:
    roles, problems = parse("@shop:   # nobody yet\n* viewer:@shop\n")
    assert [(p.code, p.severity) for p in problems] == [("group-empty", "warning")]
    assert roles.groups == (Group("shop", 1, ()),)


def test_groups_nest_deeper_than_python_calls() -> None:
    chain = "".join(f"@g{n}: @g{n + 1}\n" for n in range(20_000))
    assert parse(chain)[1] == ()
    assert [p.code for p in parse(chain + "@g20000: @g0\n")[1]] == ["group-cycle"]
