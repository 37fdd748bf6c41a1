"""The two languages of PATCH: merge patch (RFC 7396) and JSON patch (RFC 6902). Values in, new values out."""

from __future__ import annotations

import copy
import re
from typing import Any

from keymock.match.equality import same
from keymock.match.member import Wrong
from keymock.match.pointer import at, tokens
from keymock.store.records import pointer

MOST_COPIED = 100_000
"""Values that the `copy` operations of one patch may make: forty of them, each doubling, would fill a machine."""

_INDEX = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)

Steps = tuple[str, ...]


class BadPatch(ValueError):
    """No patch at all: an operation that does not exist, a pointer that is none."""


class Inapplicable(ValueError):
    """A good patch, and not for this record: a place that is not there, a test that fails."""


def merge(target: Any, patch: Any) -> Any:
    """`target` with the keys of `patch`; null takes a key away. Neither argument is changed."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), value)
    return merged


def apply(target: Any, operations: Any) -> Any:
    """`target` after all operations, or none of them: raises BadPatch or Inapplicable. `target` is not changed."""
    if not isinstance(operations, list):
        raise BadPatch("a JSON patch is an array of operations")
    document = copy.deepcopy(target)
    budget = MOST_COPIED
    for number, operation in enumerate(operations):
        if not isinstance(operation, dict):
            raise BadPatch(f"/{number}: an operation is an object")
        try:
            steps, name = _steps(operation, "path"), operation.get("op")
            if name == "copy":
                budget -= _size(_get(document, _steps(operation, "from")))
                if budget < 0:
                    raise BadPatch(f"more than {MOST_COPIED} values are copied")
            document = _perform(document, name, steps, operation)
        except (BadPatch, Inapplicable) as fault:
            raise type(fault)(f"/{number}: {fault}") from None
    return document


def _perform(document: Any, name: Any, steps: Steps, operation: dict[str, Any]) -> Any:
    if name == "add":
        return _add(document, steps, _value(operation))
    if name == "remove":
        return _remove(document, steps)
    if name == "replace":
        return _replace(document, steps, _value(operation))
    if name == "move":
        source = _steps(operation, "from")
        if steps[: len(source)] == source and steps != source:
            raise BadPatch("nothing moves into itself")
        value = _get(document, source)
        return document if steps == source else _add(_remove(document, source), steps, value)
    if name == "copy":
        return _add(document, steps, copy.deepcopy(_get(document, _steps(operation, "from"))))
    if name == "test":
        if not same(_get(document, steps), _value(operation)):
            raise Inapplicable(f"`{operation['path']}` has another value")
        return document
    raise BadPatch("`op` is one of add, remove, replace, move, copy, test")


def _steps(operation: dict[str, Any], key: str) -> Steps:
    written = operation.get(key)
    if not isinstance(written, str):
        raise BadPatch(f"`{key}` is missing, or is no text")
    try:
        return tokens(written)
    except Wrong as wrong:
        raise BadPatch(wrong.message) from None


def _value(operation: dict[str, Any]) -> Any:
    if "value" not in operation:
        raise BadPatch("`value` is missing")
    # Later operations may write into it, and the request keeps its own.
    return copy.deepcopy(operation["value"])


def _get(document: Any, steps: Steps) -> Any:
    found = at(steps, document)
    if not found:
        raise Inapplicable(f"there is nothing at `{pointer(*steps)}`")
    return found[0]


def _add(document: Any, steps: Steps, value: Any) -> Any:
    if not steps:
        return value
    parent, last = _get(document, steps[:-1]), steps[-1]
    if isinstance(parent, dict):
        parent[last] = value
    elif isinstance(parent, list):
        parent.insert(_index(last, parent, steps), value)
    else:
        raise Inapplicable(f"`{pointer(*steps[:-1])}` is neither an object nor an array")
    return document


def _replace(document: Any, steps: Steps, value: Any) -> Any:
    if not steps:
        return value
    _get(document, steps)
    parent, last = _get(document, steps[:-1]), steps[-1]
    parent[int(last) if isinstance(parent, list) else last] = value
    return document


def _remove(document: Any, steps: Steps) -> Any:
    if not steps:
        raise Inapplicable("the whole record is not removed by a patch; use DELETE")
    _get(document, steps)
    parent, last = _get(document, steps[:-1]), steps[-1]
    del parent[int(last) if isinstance(parent, list) else last]
    return document


def _index(step: str, parent: list[Any], steps: Steps) -> int:
    if step == "-":
        return len(parent)
    if not _INDEX.fullmatch(step) or int(step) > len(parent):
        raise Inapplicable(f"`{pointer(*steps)}` is no place in an array of {len(parent)}")
    return int(step)


def _size(value: Any) -> int:
    size, rest = 0, [value]
    while rest and size <= MOST_COPIED:
        one = rest.pop()
        size += 1
        rest.extend(one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
    return size
