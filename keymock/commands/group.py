"""`keymock` itself, to click: a group whose commands are imported when they are asked for."""

from __future__ import annotations

import gc
from importlib import import_module
from typing import Any

import click

from keymock import __version__
from keymock.commands import ALIASES, LATER, module_of, names, overview
from keymock.commands.verb import global_options
from keymock.problems import Stop, did_you_mean, error


class Keymock(click.Group):
    """The commands of the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return names()

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        module = module_of(cmd_name)
        if module is None:
            return None
        command: click.Command = import_module(module).command
        if not gc.isenabled():  # `cli` has switched it off for the imports
            gc.freeze()  # what they have made stays; to walk it once would take 15 ms, and again when the process ends
            gc.enable()
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if module_of(name) is None and not name.startswith("-"):
            raise Stop(_unknown(name))
        found, command, rest = super().resolve_command(ctx, args)
        return ALIASES.get(found or "", found), command, rest

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        formatter.write(overview() + "\n")


def _unknown(name: str) -> Any:
    if name in LATER:
        message = f"`keymock {name}` is planned, and not in keymock {__version__} yet"
        return error("keymock", "not-yet", message, hint="what there is: keymock --help")
    hint = did_you_mean(name, [*names(), *ALIASES]) or "what there is: keymock --help"
    return error("keymock", "unknown-command", f"there is no command `{name}`", hint=hint)


group = Keymock("keymock", params=global_options(), context_settings={"help_option_names": ["-h", "--help"]})
