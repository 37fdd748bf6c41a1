"""One place that gives names their values: an environment, a table of settings, the command line, a step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from keymock.document import KeyPath, Parsed, problem_at
from keymock.document import place as place_of
from keymock.problems import Problem, did_you_mean, error
from keymock.template.values import ROOTS

RESERVED = frozenset({"request", "secret", "target_url", *ROOTS})
"""Names that mean something by themselves, so that no variable can be called so."""


class Level(msgspec.Struct, frozen=True):
    """`name` is what people call it (`project environment local`). `values` are as they are written.

    `source` is the document that they stand in, below `within`; None for what stands in no file. `literal` says that
    `{{` in a value means nothing: it came from outside. `pending` says that the values are what a step will look for:
    they are known when the flow runs.
    """

    name: str
    values: Mapping[str, Any]
    source: Parsed[Any] | None = None
    within: KeyPath = ()
    literal: bool = False
    pending: bool = False

    def place(self, variable: str) -> str:
        """`projects/shop/environments/local.toml:2`, or the name of a level that lies in no file."""
        if self.source is None:
            return self.name
        line = place_of(self.source, (*self.within, variable)).line
        return f"{self.source.path}:{line}" if line else self.source.path

    def problem(self, where: KeyPath, code: str, message: str, hint: str = "", *, character: int = -1) -> Problem:
        """What is wrong with a value; `where` begins with its name. `character` counts into a text."""
        if self.source is None:
            return error(self.name, code, message, hint=hint)
        part, at = ("key", 0) if character < 0 else ("value", character)
        return problem_at(self.source, (*self.within, *where), code, message, hint, part=part, character=at)  # type: ignore[arg-type]


def reserved(level: Level) -> list[Problem]:
    """Variables that nobody could read, for their name means something else."""
    found = []
    for name in level.values:
        if name in RESERVED:
            message = f"`{name}` means something by itself, so no variable can be called so"
            found.append(level.problem((name,), "reserved-name", message, f"call it my_{name}, say"))
        elif not name.isidentifier() or not name.isascii():
            message = f"`{name}` cannot be written in a template"
            near = did_you_mean(_plain(name), [_plain(name)])
            found.append(level.problem((name,), "reserved-name", message, near or "letters, digits and _"))
    return found


def _plain(name: str) -> str:
    return "".join(char if char.isascii() and char.isalnum() else "_" for char in name)
