"""How a command is declared: click's way, with the options that every command takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import click
import msgspec
from click.shell_completion import CompletionItem

from keymock import __version__
from keymock.problems import did_you_mean

GIVEN = "keymock.given"
"""Where global options are noted while click reads the line, before or after the command."""


def note_option(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Keeps the value of a global option that was given; the last one counts."""
    if value:
        context.meta.setdefault(GIVEN, {})[str(parameter.name).removeprefix("given_")] = value


def _print_version(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        click.echo(f"keymock {__version__}")
        context.exit()


def global_options() -> list[click.Parameter]:
    """The options that stand before a command or after it; every command gets its own.

    Their inner names are long, so that a command may have a USER of its own.
    """
    shared: dict[str, Any] = {"expose_value": False, "hidden": True, "callback": note_option}
    version: dict[str, Any] = {**shared, "callback": _print_version, "is_eager": True}
    return [
        click.Option(["--workspace", "given_workspace"], metavar="PATH", type=click.Path(), **shared),
        click.Option(["--as", "given_user"], metavar="USER", **shared),
        click.Option(["--json", "given_json"], is_flag=True, **shared),
        click.Option(["--no-color", "given_no_color"], is_flag=True, **shared),
        click.Option(["-q", "--quiet", "given_quiet"], count=True, **shared),
        click.Option(["-v", "--verbose", "given_verbose"], count=True, **shared),
        click.Option(["--version", "given_version"], is_flag=True, **version),
    ]


class Verb(click.Command):
    """A command: its callback gets the Invocation, and returns its exit code (None is 0)."""

    def __init__(self, *arguments: Any, examples: Sequence[str] = (), **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.context_settings = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
        self.examples = examples
        self.params += global_options()

    def invoke(self, ctx: click.Context) -> Any:
        given = dict(ctx.meta.get(GIVEN, {}))
        loudness = given.pop("verbose", 0) - given.pop("quiet", 0)
        if given.pop("no_color", False):
            given["color"] = False
        ctx.obj = msgspec.structs.replace(ctx.obj, loudness=loudness, **given)
        return super().invoke(ctx)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        write_epilog(formatter, self.examples)


def write_epilog(formatter: click.HelpFormatter, examples: Sequence[str]) -> None:
    """What every help ends with: lines to type, and the options that all commands have."""
    if examples:
        with formatter.section("Examples"):
            for line in examples:
                formatter.write(f"  {line}\n")
    formatter.write("\nEverywhere: --workspace PATH, --as USER, --json, --no-color, -q, -v; see keymock --help\n")


def verb(name: str, *, examples: Sequence[str]) -> Callable[[Callable[..., int | None]], Verb]:
    """Makes a command of a function: its docstring is the help, its first argument the Invocation."""

    def declare(function: Callable[..., int | None]) -> Verb:
        return click.command(name, cls=Verb, examples=examples)(click.pass_obj(function))

    return declare


class Word(click.ParamType[str]):
    """One of a few words; a slip is told the nearest."""

    name = "word"

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(words)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value in self.words:
            return value
        guess = did_you_mean(str(value), self.words)
        return self.fail(f"`{value}` is none of {', '.join(self.words)}" + (f"; {guess}" if guess else ""), param, ctx)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:  # noqa: ARG002
        return "|".join(self.words) if isinstance(param, click.Option) else None

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002
        return [CompletionItem(word) for word in self.words if word.startswith(incomplete)]
