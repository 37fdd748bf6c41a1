"""`keymock help`: a command, or the code of a problem."""

from __future__ import annotations

from importlib import import_module

import click

from keymock.commands import ALIASES, names, overview
from keymock.commands.invocation import Invocation
from keymock.commands.printing import put_json
from keymock.commands.verb import verb
from keymock.problem_codes import EXPLAINED
from keymock.problems import Stop, did_you_mean, error


@verb("help", examples=("keymock help new", "keymock help ambiguous", "keymock help --json    # every code"))
@click.argument("word", required=False, metavar="[COMMAND|CODE]")
def command(invocation: Invocation, word: str | None) -> int:
    """Explain a command, or the code that stands in brackets behind a problem."""
    if word is None and invocation.json:
        put_json([{"code": code, "means": means, "example": example} for code, (means, example) in EXPLAINED.items()])
    elif word is None:
        print(overview())
    elif word in (*names(), *ALIASES):
        _print_help_of(word)
    else:
        _explain(invocation, word.strip("[]"))
    return 0


def _print_help_of(name: str) -> None:
    name = ALIASES.get(name, name)
    command: click.Command = import_module(f"keymock.commands.{name.replace('-', '_')}").command
    root = click.get_current_context().find_root()
    print(command.get_help(click.Context(command, info_name=name, parent=root)))


def _explain(invocation: Invocation, code: str) -> None:
    if code not in EXPLAINED:
        hint = did_you_mean(code, [*EXPLAINED, *names()]) or "all codes: keymock help --json"
        raise Stop(error("keymock help", "usage", f"`{code}` is no command and no code of a problem", hint=hint))
    means, example = EXPLAINED[code]
    if invocation.json:
        put_json({"code": code, "means": means, "example": example})
        return
    paint = invocation.paint
    print(f"{paint.bold}{code}{paint.plain}\n  {means}\n  {paint.dim}for example:{paint.plain} {example}")
