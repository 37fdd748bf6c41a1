"""What a function, a filter or a test is, and how its arguments are asked for."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from keymock.problems import did_you_mean
from keymock.template.errors import Refused
from keymock.template.operators import is_number, kind

Call = Callable[..., Any]


def _anything(*_given: Any, **_named: Any) -> None:
    """Arguments that cannot be judged before the value is known."""


class Function(msgspec.Struct, frozen=True):
    """One row of the tables.

    `call(run, …)` computes; a filter or a test gets the value first (`value` = 1), a function does not (0). It pays
    for what it makes before it makes it, if that can be much larger than what it is given; its result is paid for by
    the caller. `check` looks at arguments that are written out, when the file is loaded. Both raise Refused.
    """

    name: str
    call: Call
    value: int = 0
    check: Callable[..., None] = _anything

    def accept(self, count: int, named: Iterable[str]) -> None:
        """Raises Refused if so many arguments, and these by name, do not fit. The value of a filter is counted."""
        most, least, names = _arguments(self.call)
        names = names[self.value :]
        for name in named:
            if name not in names:
                hint = did_you_mean(name, names) or ("it has " + ", ".join(names) if names else "it has none")
                raise Refused(f"there is no argument `{name}`", hint)
            if name in names[: count - self.value]:
                raise Refused(f"the argument `{name}` is given twice")
        if most is not None and count > most:
            takes = f"at most {most - self.value}" if most > self.value else "none"
            raise Refused(
                f"too many arguments: it takes {takes}", f"in this order: {', '.join(names)}" if names else ""
            )
        absent = [name for name in names[max(count - self.value, 0) : least - self.value] if name not in named]
        if absent:
            raise Refused(f"the argument `{absent[0]}` is missing", f"in this order: {', '.join(names)}")


@functools.cache
def _arguments(call: Call) -> tuple[int | None, int, tuple[str, ...]]:
    """How many arguments at most and at least, and their names; `run` is not counted."""
    parameters = list(inspect.signature(call).parameters.values())[1:]
    endless = any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters)
    plain = [parameter for parameter in parameters if parameter.kind is not parameter.VAR_POSITIONAL]
    least = sum(parameter.default is parameter.empty for parameter in plain)
    return None if endless else len(plain), least, tuple(parameter.name for parameter in plain)


def function(name: str, call: Call, check: Callable[..., None] = _anything) -> tuple[str, Function]:
    """A row for FUNCTIONS."""
    return name, Function(name, call, 0, check)


def filter_(name: str, call: Call, check: Callable[..., None] = _anything) -> tuple[str, Function]:
    """A row for FILTERS or TESTS."""
    return name, Function(name, call, 1, check)


def text(value: Any, what: str = "it") -> str:
    """`value`, which has to be a text."""
    if not isinstance(value, str):
        raise Refused(f"{what} has to be a text, and is {kind(value)}", "add `| string`")
    return value


def whole(value: Any, what: str, low: int = -(1 << 63), high: int = (1 << 64) - 1) -> int:
    """`value`, which has to be a whole number from `low` to `high`."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused(f"{what} has to be a whole number, and is {kind(value)}", "add `| int`")
    if not low <= value <= high:
        raise Refused(f"{what} has to be from {low} to {high}, and is {value}")
    return value


def number(value: Any, what: str = "it") -> Any:
    """`value`, which has to be a number."""
    if not is_number(value):
        raise Refused(f"{what} has to be a number, and is {kind(value)}", "add `| int` or `| float`")
    return value


def items(value: Any, what: str = "it") -> list[Any]:
    """`value`, which has to be a list."""
    if not isinstance(value, list):
        raise Refused(f"{what} has to be a list, and is {kind(value)}")
    return value


def table(value: Any, what: str = "it") -> dict[str, Any]:
    """`value`, which has to be an object."""
    if not isinstance(value, dict):
        raise Refused(f"{what} has to be an object, and is {kind(value)}")
    return value


def one_of(value: Any, what: str, choices: Iterable[str]) -> str:
    """`value`, which has to be one of these words."""
    known = list(choices)
    if value not in known:
        shown = f"`{value}`" if isinstance(value, str) else kind(value)
        hint = did_you_mean(value, known) if isinstance(value, str) else ""
        raise Refused(f"{what} cannot be {shown}", hint or "one of " + ", ".join(known))
    return str(value)
