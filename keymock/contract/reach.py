"""Every reference of a document followed once: which files it is made of, and which references lead nowhere."""

from __future__ import annotations

from typing import Any

from keymock.contract.library import Library, Unresolved
from keymock.contract.lines import Pointer
from keymock.contract.model import Flaw

_DATA = frozenset({"example", "examples", "default", "enum", "const", "value", "x-examples"})
"""Keys beneath which a `$ref` is a piece of data."""

MOST_FAULTS = 50


def reach(library: Library, file: str) -> list[Flaw]:
    """Reads every file that a document leads to, and names each reference that cannot be followed."""
    faults: list[Flaw] = []
    walked: set[str] = set()
    pending = [file]
    while pending:
        name = pending.pop()
        if name in walked or name not in library.trees:
            continue
        walked.add(name)
        seen: set[str] = set()
        for reference, pointer in _references(library.trees[name]):
            if reference in seen:
                continue
            seen.add(reference)
            try:
                found = library.at(reference, name)
            except Unresolved as fault:
                hint = ""
                if fault.code == "contract-remote-ref":
                    hint = "save that document beside this one, and refer to the file"
                if len(faults) < MOST_FAULTS:
                    faults.append(Flaw(name, pointer, fault.code, fault.message, hint))
                continue
            pending.append(found.file)
    return faults


def _references(tree: Any) -> list[tuple[str, Pointer]]:
    found: list[tuple[str, Pointer]] = []
    pending: list[tuple[Any, Any]] = [(tree, ())]
    while pending:
        value, way = pending.pop()
        if type(value) is dict:
            reference = value.get("$ref")
            if type(reference) is str:
                found.append((reference, _pointer((way, "$ref"))))
            for key, child in value.items():
                if (type(child) is dict or type(child) is list) and not (key in _DATA and _is_data(key, child)):
                    pending.append((child, (way, key)))
        else:
            for at, child in enumerate(value if type(value) is list else ()):
                if type(child) is dict or type(child) is list:
                    pending.append((child, (way, str(at))))
    found.reverse()
    return found


def _is_data(key: str, child: Any) -> bool:
    """`examples` of OpenAPI may hold references; those of JSON Schema are a list of data."""
    return not (key == "examples" and isinstance(child, dict))


def _pointer(way: Any) -> Pointer:
    steps: list[str] = []
    while way:
        way, step = way
        steps.append(step)
    return tuple(reversed(steps))
