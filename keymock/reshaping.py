"""JSON changed at places that JSONPath names: `set` and `remove` of an answer that starts from another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

_PLAIN = re.compile(r"""\$(?:\.[A-Za-z_][A-Za-z0-9_-]*|\[\d+\]|\['[^']*'\]|\["[^"]*"\])*""")
_STEP = re.compile(r"""\.([A-Za-z_][A-Za-z0-9_-]*)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]""")

Steps = list[str | int]


class BadPath(ValueError):
    """A path that cannot be read or leads nowhere. `key` is `set` or `remove`."""

    def __init__(self, key: str, path: str, message: str) -> None:
        super().__init__(message)
        self.key = key
        self.path = path
        self.message = message


def check(key: str, path: str) -> None:
    """Raises BadPath for what is no JSONPath at all."""
    _places(key, path, None)


def reshaped(value: Any, laid: Mapping[str, Any], remove: Sequence[str]) -> Any:
    """The value with some places taken out and others set; the value itself stays as it is. Raises BadPath.

    What is to be set and is not there is made, if the path is a plain one (`$.a.b[0]`).
    """
    value = deepcopy(value)
    for path in remove:
        for steps in sorted(_places("remove", path, value), key=_last_first):
            value = _removed(value, steps)
    for path, wanted in laid.items():
        places = _places("set", path, value)
        if not places:
            if not _PLAIN.fullmatch(path):
                raise BadPath("set", path, f"`{path}` finds nothing in the answer")
            places = [_plain(path)]
        for steps in places:
            value = _put(path, value, steps, deepcopy(wanted))
    return value


def _plain(path: str) -> Steps:
    steps: Steps = []
    for found in _STEP.finditer(path[1:]):
        index = found[2]
        steps.append(int(index) if index is not None else next(part for part in found.groups() if part is not None))
    return steps


def _places(key: str, path: str, value: Any) -> list[Steps]:
    """The places that a path finds."""
    if _PLAIN.fullmatch(path):
        steps = _plain(path)
        return [steps] if _has(value, steps) else []
    import jsonpath  # noqa: PLC0415  (heavy: 150 ms, and few need it)

    try:
        found = jsonpath.JSONPathEnvironment(strict=True).finditer(path, value)
        return [list(match.parts) for match in found]
    except (jsonpath.JSONPathError, ValueError, RecursionError) as fault:
        said = str(fault).partition(chr(10))[0]
        raise BadPath(key, path, f"`{path}` is no JSONPath: {said}") from None


def _has(value: Any, steps: Steps) -> bool:
    for step in steps:
        in_table = isinstance(value, dict) and isinstance(step, str) and step in value
        in_list = isinstance(value, list) and isinstance(step, int) and step < len(value)
        if not in_table and not in_list:
            return False
        value = value[step]
    return True


def _last_first(steps: Steps) -> tuple[int, ...]:
    """Later items of a list go before earlier ones, so that those keep their numbers."""
    return tuple(-step if isinstance(step, int) else 0 for step in steps)


def _removed(value: Any, steps: Steps) -> Any:
    if not steps:
        return None
    here = value
    for step in steps[:-1]:
        here = here[step]
    del here[steps[-1]]
    return value


def _put(path: str, value: Any, steps: Steps, wanted: Any) -> Any:
    if not steps:
        return wanted
    here: Any = value
    for at, step in enumerate(steps):
        last = at == len(steps) - 1
        kind: Any = type(here)
        empty: Any = [] if not last and isinstance(steps[at + 1], int) else {}
        if isinstance(here, dict) and isinstance(step, str):
            here[step] = wanted if last else here.get(step, empty)
        elif isinstance(here, list) and isinstance(step, int) and step <= len(here):
            if step == len(here):
                here.append(empty)
            here[step] = wanted if last else here[step]
        else:
            there = {dict: "a table", list: "a list"}.get(kind, "a value")
            raise BadPath("set", path, f"`{path}` does not fit the answer: there is {there} at step {at + 1}")
        here = here[step]
    return value
