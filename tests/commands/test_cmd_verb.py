"""How a command is declared."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from keymock.commands.invocation import Invocation
from keymock.commands.verb import Verb, Word, verb


@verb("try", examples=("keymock try a",))
@click.argument("user", type=Word(("ada", "bob")), required=False)
def tried(invocation: Invocation, user: str | None) -> int:
    """Try it."""
    click.echo((user, invocation.workspace, invocation.user, invocation.json, invocation.color, invocation.loudness))
    return 4


def invoke(*arguments: str) -> int:
    start = Invocation(folder=Path("/"), environ={}, color=True)
    with tried.make_context("try", list(arguments), obj=start) as context:
        code: int = tried.invoke(context)
        return code


def test_global_options_reach_the_invocation(capsys: pytest.CaptureFixture[str]) -> None:
    assert isinstance(tried, Verb)
    assert invoke() == 4
    assert invoke("--as", "cy", "ada", "--workspace", "/w", "--json", "--no-color", "-vv", "-q") == 4
    assert capsys.readouterr().out.splitlines() == [
        "(None, '', '', False, True, 0)",
        "('ada', '/w', 'cy', True, False, 1)",
    ]


def test_the_last_one_counts(capsys: pytest.CaptureFixture[str]) -> None:
    invoke("--as", "one", "--as", "two")
    assert "'two'" in capsys.readouterr().out


def test_a_slip_is_told_the_nearest() -> None:
    with pytest.raises(click.BadParameter) as fault:
        invoke("bbo")
    assert fault.value.message == "`bbo` is none of ada, bob; did you mean `bob`?"


def test_help_has_examples_and_no_hidden_options() -> None:
    text = tried.get_help(click.Context(tried, info_name="keymock try"))
    assert "Examples:\n  keymock try a\n" in text
    assert "Everywhere: --workspace PATH" in text
    assert "given_" not in text
