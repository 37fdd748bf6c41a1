"""Where the value of each variable comes from, and what it hides: `keymock vars --why`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from keymock.problems import Problem, Stop
from keymock.template.errors import Absent
from keymock.variables.mask import Mask
from keymock.variables.resolving import Variables


class Given(msgspec.Struct, frozen=True):
    """One level that gives a name a value: what it is called, where it is written, and the text as it stands there."""

    level: str
    place: str
    written: Any


class Reason(msgspec.Struct, frozen=True):
    """A variable, explained. `given` has every level that has it, the one that counts first.

    `value` is what it comes to, secrets masked; None with a `problem` if it comes to nothing, and None for what is
    `pending`: a step will capture it.
    """

    name: str
    value: Any
    given: tuple[Given, ...]
    problem: Problem | None = None
    pending: bool = False


def _masked(problem: Problem, mask: Mask) -> Problem:
    return msgspec.structs.replace(problem, message=mask.text(problem.message), hint=mask.text(problem.hint))


def reasons(variables: Variables) -> Iterator[Reason]:
    """Every variable with its reason, in order."""
    for name in variables.names:
        yield reason(variables, name)


def reason(variables: Variables, name: str) -> Reason:
    """One variable with its reason. Raises Absent for a name that no level has."""
    level = variables.level_of(name)
    if level is None:
        raise Absent(f"there is no variable `{name}`")
    value, problem = None, None
    try:
        value = variables.value(name) if not level.pending else None
    except Stop as stop:
        problem = _masked(stop.problems[0], variables.mask)
    mask = variables.mask
    given = tuple(
        Given(level.name, level.place(name), mask.tree(level.values[name]))
        for level in variables.levels
        if name in level.values
    )
    return Reason(name, mask.tree(value), given, problem, level.pending)
