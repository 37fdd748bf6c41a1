"""MOCK on the command line: the id of a mock, or the end of one; completed by the shell."""

from __future__ import annotations

import os
from pathlib import Path

import click
import msgspec
from click.shell_completion import CompletionItem

from keymock.commands.invocation import Invocation
from keymock.commands.verb import GIVEN
from keymock.problems import Stop


class MockName(click.ParamType[str]):
    """Taken as it is; which mock it means, the workspace knows."""

    name = "MOCK"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002
        """The ids that the actor may see; a name without `/` is completed to whatever holds it."""
        from keymock.commands.seen import look  # noqa: PLC0415  (reads the workspace: only when Tab is pressed)

        try:
            ids = look(at_the_prompt(ctx)).ids
        except Stop:  # a Tab key is no place for a lecture
            return []
        return [CompletionItem(name) for name in ids if incomplete in name]


def at_the_prompt(ctx: click.Context) -> Invocation:
    """The invocation that is being typed, while the shell asks what could come next."""
    given = {name: value for name, value in ctx.meta.get(GIVEN, {}).items() if name in ("workspace", "user")}
    return msgspec.structs.replace(Invocation(folder=Path.cwd(), environ=os.environ), **given)
