"""The group: commands by their table, imported when they are asked for."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from keymock.commands import ALIASES, LATER, names
from keymock.commands.group import group
from keymock.problems import Stop


@pytest.mark.parametrize("name", [*names(), *ALIASES])
def test_every_row_has_its_command(name: str) -> None:
    command = group.get_command(click.Context(group), name)
    assert command is not None
    assert command.name == ALIASES.get(name, name)
    assert group.get_command(click.Context(group), "nothing") is None


def test_only_the_chosen_command_is_imported() -> None:
    script = (
        "import sys; from keymock.commands.group import group; import click;"
        "group.get_command(click.Context(group), 'completion');"
        "heavy = ('keymock.serve', 'keymock.catalog', 'granian', 'git');"
        "print([name for name in sys.modules if name.startswith(heavy)])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(("word", "code"), [("lss", "unknown-command"), (min(LATER), "not-yet")])
def test_what_is_no_command(word: str, code: str) -> None:
    with pytest.raises(Stop) as stopped:
        group.resolve_command(click.Context(group), [word])
    assert stopped.value.problems[0].code == code
