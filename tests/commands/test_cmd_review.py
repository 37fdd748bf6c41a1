"""`keymock review`: its options and forms. Which changes are refused is in `test_cmd_reviewing.py`."""

from __future__ import annotations

import json

import pytest
from clone import Clone, needs_git
from prompt import ADA, Shell

pytestmark = needs_git

USER = "projects/shop/mocks/user.toml"
TEXT = '[request]\npath = "/users/:id"\n[response]\njson = { id = 1, email = "a" }\n'
ROLES = f"* admin:ops@example.com\n/projects/shop/ viewer:* editor:{ADA}\n"


@pytest.fixture
def clone(shell: Shell) -> Clone:
    made = Clone(shell.folder)
    made.commit("begin", {"keymock.toml": "", "ROLES": ROLES, USER: TEXT})
    made.git("checkout", "-q", "-b", "topic")
    made.commit("less", {USER: TEXT.replace(', email = "a"', "")})
    return made


def test_your_own_change_and_that_it_is_advice(shell: Shell, clone: Clone) -> None:
    assert clone.git("status", "--porcelain") == ""
    done = shell("review", "main..topic")
    assert done.code == 0
    assert done.out.startswith("allowed: 1 file\n")
    assert f"This is advice, as {ADA} (KEYMOCK_USER)" in done.out


def test_somebody_elses_and_who_approved_it(shell: Shell, clone: Clone) -> None:
    assert clone.git("branch", "--show-current") == "topic"
    line = ("review", "main..topic", "--actor", "bob@example.com")
    done = shell(*line)
    assert done.code == 1
    assert "bob@example.com and gives" not in done.out
    assert "can be approved by ada@example.com, ops@example.com" in done.out
    assert shell(*line, "--approved-by", f"eve@example.com,{ADA}").code == 0
    assert "approved by ops@example.com" in shell(*line, "--approved-by", "ops@example.com").out


def test_every_form_tells_the_same(shell: Shell, clone: Clone) -> None:
    assert clone.folder == shell.folder
    line = ("review", "main..topic", "--actor", "bob@example.com", "--format")
    assert [shell(*line, form).code for form in ("text", "markdown", "json", "github", "gitlab")] == [1] * 5
    assert shell(*line, "json").json == shell("--json", *line[:-1]).json
    assert shell(*line, "markdown").out.startswith("### keymock: ❌ refused")
    assert shell(*line, "github").out.startswith(f"::error file={USER},title=")
    assert json.loads(shell(*line, "gitlab").out)[0]["location"]["path"] == USER


def test_breaks(shell: Shell, clone: Clone) -> None:
    line = ("review", "main..topic", "--fail-on", "breaking")
    assert shell(*line).code == 1
    assert shell(*line, "--accept", "GET /users/:id").code == 0
    clone.commit("say so\n\nKeymock-Breaking: GET /users/:id nobody reads it")
    assert "accepted: nobody reads it" in shell(*line).out


def test_the_first_roles_are_let_in_by_who_owns_the_repository(shell: Shell) -> None:
    made = Clone(shell.folder)
    made.commit("begin", {"keymock.toml": ""})
    made.git("checkout", "-q", "-b", "topic")
    made.commit("roles", {"ROLES": ROLES})
    assert "nobody there decides who may bring it" in shell("review", "main..topic").out
    assert shell("review", "main..topic", "--bootstrap").code == 0


def test_what_means_nothing(shell: Shell, clone: Clone) -> None:
    assert clone.folder == shell.folder
    for words, code in (
        (("main",), "bad-range"),
        (("main..nowhere",), "no-such-revision"),
        (("main..topic", "--actor", "a b"), "bad-option"),
        (("main..topic", "--approved-by", "a b"), "bad-option"),
        (("main..topic", "--actor", ADA, "--signed"), "bad-option"),
    ):
        done = shell("review", *words)
        assert (done.code, code in done.err) == (2, True), done.err


def test_remarks_lead_from_the_top_of_the_repository(shell: Shell) -> None:
    made = Clone(shell.folder / "..")
    inner = shell.folder.name
    made.commit("begin", {f"{inner}/keymock.toml": "", f"{inner}/ROLES": ROLES, f"{inner}/{USER}": TEXT})
    made.git("checkout", "-q", "-b", "topic")
    made.commit("less", {f"{inner}/{USER}": "x"})
    done = shell("review", "main..topic", "--format", "github")
    assert f"file={inner}/{USER}" in done.out
