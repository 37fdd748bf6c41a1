"""`--project P` of the commands of `keymock contract`, and what is said where there is no contract at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from keymock.catalog.opened import Opened
from keymock.commands.seen import Seen
from keymock.problems import Stop, did_you_mean, error

UNREADABLE = {"contract-syntax", "contract-format", "contract-missing", "contract-ref-outside", "contract-remote-ref"}
"""Problems of a document that keep it from being a contract at all."""

F = TypeVar("F", bound=Callable[..., Any])

project_option: Callable[[F], F] = click.option(
    "--project", default="", metavar="P", help="The one project to look at."
)


def contracts_of(seen: Seen, project: str) -> list[Opened]:
    """The contracts that can be read, of all projects or one. Raises Stop where there is none."""
    if project and project not in seen.projects:
        hint = did_you_mean(project, seen.projects)
        raise Stop(error("keymock contract", "no-such-project", f"there is no project `{project}`", hint=hint))
    found = [
        opened for opened in seen.catalog.contracts
        if seen.service.world.contracts.get(opened.named.id) and opened.named.project in seen.projects
        and project in ("", opened.named.project)
    ]  # fmt: skip
    broken = [problem for problem in seen.problems if problem.severity == "error" and problem.code in UNREADABLE]
    if not found and broken:
        raise Stop(*broken)
    if not found:
        where = f"the project `{project}` has no contract" if project else "no project here has a contract"
        raise Stop(error("keymock contract", "no-contract", f"{where} that can be read",
                         hint='name one in a project.toml: contract = "openapi.yaml"'))  # fmt: skip
    return found
