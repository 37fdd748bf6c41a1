"""Commands of a command: found when they are asked for, and told of when they are not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from prompt import Shell

from keymock.commands.request import VERBS


def test_without_a_word_it_lists_them(shell: Shell) -> None:
    done = shell("request")
    assert done.code == 0
    assert all(f"{name}  " in done.out and text in done.out for name, text in VERBS.items())
    assert shell("request", "--help").out == done.out


@pytest.mark.parametrize("verb", VERBS)
def test_each_has_help_with_examples(shell: Shell, verb: str) -> None:
    done = shell("request", verb, "--help")
    assert done.code == 0
    assert "Examples:" in done.out


def test_a_slip_is_told_the_nearest(shell: Shell) -> None:
    done = shell("request", "snd")
    assert (done.code, "did you mean `send`?" in done.err) == (2, True)
    assert "there are send, ls" in shell("request", "frobnicate").err


def test_help_imports_none_of_them() -> None:
    script = (
        "import sys; from keymock.commands.running import run; from pathlib import Path;"
        "run(['request'], {}, Path('.')); print([n for n in sys.modules if n.startswith('keymock.commands.request.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert done.stdout.endswith("\n[]\n")
