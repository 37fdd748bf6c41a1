"""MOCK, completed by the shell."""

from __future__ import annotations

import click
import pytest
from prompt import Shell

from keymock.commands.mock_name import MockName
from keymock.commands.show import command


def test_names_come_from_the_workspace_around(shop: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in shop.environ.items():
        monkeypatch.setenv(name, value)
    context = click.Context(command)
    monkeypatch.chdir(shop.folder)
    found = MockName().shell_complete(context, command.params[0], "mocks/")
    assert [item.value for item in found] == [
        "private/ada@example.com/mocks/mine", "projects/shop/mocks/users/get-user", "workspace/mocks/health",
    ]  # fmt: skip
    monkeypatch.chdir(shop.folder.parent.parent)
    assert MockName().shell_complete(context, command.params[0], "") == []
