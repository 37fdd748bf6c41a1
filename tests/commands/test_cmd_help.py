"""`keymock help`, and the help of every command."""

from __future__ import annotations

import pytest
from conftest import Shell

from keymock.commands import ALIASES, COMMANDS, GLOBAL, LATER, module_of, names, overview
from keymock.problem_codes import EXPLAINED


@pytest.mark.parametrize("name", names())
def test_every_command_has_help_with_examples(shell: Shell, name: str) -> None:
    by_help, by_option = shell("help", name), shell(name, "--help")
    assert (by_help.code, by_option.code) == (0, 0)
    assert by_help.out.strip() == by_option.out.strip()
    assert f"Usage: keymock {name}" in by_help.out
    assert f"Examples:\n  {'keymock' if name != 'completion' else 'eval'}" in by_help.out


def test_the_table_is_whole() -> None:
    assert len(names()) == len(set(names()))
    assert not LATER & set(names())
    assert module_of("serve") == module_of("start") == module_of("up") == "keymock.commands.up"
    assert module_of("lss") is None
    assert set(ALIASES.values()) <= set(names())


def test_the_overview_fits_a_terminal() -> None:
    assert max(map(len, overview().splitlines())) <= 80
    for _, rows in COMMANDS:
        for name, summary in rows:
            assert f"  {name:<12}{summary}" in overview()
    assert all(flags in overview() for flags, _ in GLOBAL)


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
