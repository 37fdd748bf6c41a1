"""Commands with commands of their own: `keymock request send`. Each is a file of a folder, imported when asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module

import click

from keymock.commands.verb import global_options, write_epilog
from keymock.problems import Stop, did_you_mean, error


class Family(click.Group):
    """`verbs` are the commands by name, each with what it does; `package` is where their modules lie.

    A module has a function called `command` under `@verb("request send", …)`, like every command.
    """

    def __init__(
        self, name: str, package: str, verbs: Mapping[str, str], text: str, *, examples: Sequence[str]
    ) -> None:
        super().__init__(
            name, params=global_options(), help=text, context_settings={"help_option_names": ["-h", "--help"]},
            invoke_without_command=True,
        )  # fmt: skip
        self.package = package
        self.verbs = verbs
        self.examples = examples

    def invoke(self, ctx: click.Context) -> int:
        if not ctx._protected_args and not ctx.args:
            click.echo(ctx.get_help())
            return 0
        return super().invoke(ctx) or 0

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self.verbs:
            return None
        command: click.Command = import_module(f"{self.package}.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in self.verbs and not name.startswith("-"):
            hint = did_you_mean(name, self.verbs) or f"there are {', '.join(self.verbs)}"
            message = f"there is no command `{self.name} {name}`"
            raise Stop(error(f"keymock {self.name}", "unknown-command", message, hint=hint))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(self.verbs.items()))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        write_epilog(formatter, self.examples)
