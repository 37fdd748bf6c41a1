"""`--at REV`: the option of commands that can look at a revision, and its completion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from click.shell_completion import CompletionItem

from keymock.commands.invocation import Invocation, root_of
from keymock.commands.mock_name import at_the_prompt
from keymock.problems import Stop


class Revision(click.ParamType[str]):
    """A branch, a tag, or anything else that git takes for a commit."""

    name = "rev"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002
        return [CompletionItem(name) for name in known(at_the_prompt(ctx)) if name.startswith(incomplete)]


def known(invocation: Invocation) -> list[str]:
    """The branches and tags of the repository around the workspace; none where there is no repository."""
    from keymock.repo import place_of  # noqa: PLC0415  (help goes without)
    from keymock.repo.names import names  # noqa: PLC0415

    try:
        return names(place_of(root_of(invocation), invocation.environ))
    except Stop:
        return []


at_option: Callable[[Any], Any] = click.option(
    "--at", default="", metavar="REV", type=Revision(), help="Look at a revision of git instead of the work tree."
)
