"""`pointer`: RFC 6901, one place in the JSON body, as `/items/0/sku`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import UNSET

from keymock.exchange import NOT_JSON, Request
from keymock.match.condition import Condition, Fault
from keymock.match.json_body import not_json
from keymock.match.member import Wrong, show
from keymock.match.place import Find, Found, ReadFile, entries, of_values
from keymock.match.spelling import Conditions

_INDEX = re.compile(r"0|[1-9][0-9]{0,14}", re.ASCII)
_BAD_ESCAPE = re.compile(r"~(?![01])")


def tokens(pointer: str) -> tuple[str, ...]:
    """The reference tokens, unescaped; none for the whole document. Raises Wrong."""
    if not pointer:
        return ()
    if not pointer.startswith("/") or _BAD_ESCAPE.search(pointer):
        hint = "it starts with `/`" if not pointer.startswith("/") else "`~` is written `~0`, and `~1` stands for `/`"
        raise Wrong(f"{show(pointer)} is no JSON Pointer", hint, code="invalid-pointer")
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in pointer[1:].split("/"))


def at(steps: tuple[str, ...], value: Any) -> tuple[Any, ...]:
    """The value at a pointer, or nothing."""
    for step in steps:
        if value.__class__ is dict:
            if step not in value:
                return ()
            value = value[step]
        elif value.__class__ is list:
            if _INDEX.fullmatch(step) is None or int(step) >= len(value):
                return ()
            value = value[int(step)]
        else:
            return ()
    return (value,)


def _read(conditions: Conditions, _read_file: ReadFile | None) -> Iterator[Condition | Fault]:
    if conditions.body is UNSET:
        return
    yield from entries("body.pointer", conditions.body.pointer, ("body", "pointer"), json=True, check=tokens)


def _find(condition: Condition) -> Find:
    steps = tokens(condition.name)

    def find(request: Request) -> Found:
        value = request.json
        return None if value is NOT_JSON else at(steps, value)

    return find


POINTER = of_values(
    where="body.pointer",
    cost=58,
    read=_read,
    find=_find,
    nothing=not_json,
    json=True,
    body=True,
)
