"""The table of commands, and the overview that is made of it."""

from __future__ import annotations

from pathlib import Path

from keymock import commands
from keymock.commands import ALIASES, COMMANDS, GLOBAL, LATER, module_of, names, overview


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
            assert f"  {name:<14}{summary}" in overview()
    assert all(flags in overview() for flags, _ in GLOBAL)


def test_every_file_that_declares_a_command_stands_in_it() -> None:
    folder = Path(str(commands.__file__)).parent
    declared = {
        file.stem.replace("_", "-") for file in folder.glob("*.py") if "\n@verb(" in file.read_text(encoding="utf-8")
    }
    families = {
        file.parent.name for file in folder.glob("*/__init__.py") if "Family(" in file.read_text(encoding="utf-8")
    }
    assert declared | families == set(names())
