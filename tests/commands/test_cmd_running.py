"""Exit codes and sentences of the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from prompt import Shell

from keymock.commands import LATER
from keymock.commands.invocation import Invocation
from keymock.commands.running import bug_report, hidden, run, without_secrets
from keymock.problems import error
from keymock.variables import Mask


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        (("lss",), "there is no command `lss`", "did you mean `ls`?"),
        (("xyzzy",), "there is no command `xyzzy`", "what there is: keymock --help"),
        (("ls", "--methd", "GET"), "there is no option `--methd`", "did you mean `--method`?"),
        (("--jsn", "ls"), "there is no option `--jsn`", "did you mean `--json`?"),
        (("can", "ada", "updte", "x"), "`updte` is none of", "did you mean `update`?"),
        (("can", "ada", "see"), "PATH is missing", "see keymock can --help"),
        (("ls", "extra"), "got unexpected extra argument", "see keymock ls --help"),
        (("journal", "--limit", "0"), "0 is not in the range", "see keymock journal --help"),
    ],
)
def test_a_wrong_line_is_one_sentence_and_a_remedy(shop: Shell, line: tuple[str, ...], message: str, hint: str) -> None:
    done = shop(*line)
    assert (done.code, done.out) == (2, "")
    first, second = done.err.splitlines()
    assert message in first
    assert second.strip() == hint


def test_what_is_planned_is_not_taken_for_a_slip(shell: Shell) -> None:
    planned = min(LATER)
    done = shell(planned, "main")
    assert done.code == 2
    assert f"`keymock {planned}` is planned" in done.err


def test_global_options_stand_before_and_after(shop: Shell, tmp_path: Path) -> None:
    before = shop("--workspace", str(shop.folder), "--as", "ops@example.com", "--json", "ls", at=tmp_path)
    after = shop("ls", "--json", "--as", "ops@example.com", "--workspace", str(shop.folder), at=tmp_path)
    assert before == after
    assert {"projects/secret/mocks/plans"} < {each["mock"] for each in after.json}
    assert shop("--as", "ops@example.com", "whoami", "--as", "una@example.com").out.startswith("una@example.com")


def test_a_refusal_is_json_for_a_program(shell: Shell) -> None:
    done = shell("ls", "--json")
    assert done.code == 2
    assert done.err == ""
    assert done.json["problems"][0]["code"] == "no-workspace"


def test_quiet_leaves_remarks_out(shop: Shell) -> None:
    assert shop("ls").err == "1 mock withheld from ada@example.com by ROLES\n"
    assert shop("ls", "-q").err == ""


def test_a_bug_report_names_no_value() -> None:
    try:
        raise RuntimeError("boom")
    except RuntimeError as bug:
        text = bug_report(bug, ["new", "POST", "/login", "--header", "Authorization: hunter2", "--body=hunter2"])
    assert "Please open an issue" in text
    assert "command: keymock new --header --body" in text
    assert "test_cmd_running.py" in text
    assert text.endswith("RuntimeError: boom")
    assert "hunter2" not in text


def test_a_secret_that_was_read_is_in_no_report_and_no_sentence() -> None:
    invocation = Invocation(folder=Path(), environ={}, hiding=[Mask(["hunter22"]).text])
    told = without_secrets(error("a", "b", "hunter22 is wrong", hint="try hunter22"), invocation)
    assert (told.message, told.hint) == ("••• is wrong", "try •••")
    report = hidden(bug_report(RuntimeError("at http://a/hunter22"), ["new"]), invocation)
    assert report.endswith("RuntimeError: at http://a/•••")


def test_a_bug_exits_with_three(capsys: pytest.CaptureFixture[str]) -> None:
    nowhere: Any = None
    assert run(["ls"], {}, nowhere) == 3
    assert "This is a bug in keymock." in capsys.readouterr().err
