"""`keymock help`, and the help of every command."""

from __future__ import annotations

import pytest
from prompt import Shell

from keymock.commands import names, overview
from keymock.problem_codes import EXPLAINED


@pytest.mark.parametrize("name", names())
def test_every_command_has_help_with_examples(shell: Shell, name: str) -> None:
    by_help, by_option = shell("help", name), shell(name, "--help")
    assert (by_help.code, by_option.code) == (0, 0)
    assert by_help.out.strip() == by_option.out.strip()
    assert f"Usage: keymock {name}" in by_help.out
    assert f"Examples:\n  {'keymock' if name != 'completion' else 'eval'}" in by_help.out


def test_a_code_is_explained(shell: Shell) -> None:
    done = shell("help", "unknown-key")
    assert done.out == "unknown-key\n  {}\n  for example: {}\n".format(*EXPLAINED["unknown-key"])
    assert shell("help", "[unknown-key]").out == done.out
    assert shell("help", "unknown-key", "--json").json["code"] == "unknown-key"


def test_a_slip_is_told_the_nearest(shell: Shell) -> None:
    done = shell("help", "unknown-kye")
    assert (done.code, "did you mean `unknown-key`?" in done.err) == (2, True)


def test_all_of_it(shell: Shell) -> None:
    assert shell("help", "--no-color").out == overview() + "\n"
    assert {each["code"] for each in shell("help", "--json").json} == set(EXPLAINED)
