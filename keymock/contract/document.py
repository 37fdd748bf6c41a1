"""A contract: an OpenAPI document and the files it is made of, opened as far as somebody asks."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import msgspec

from keymock.contract.library import Library, Read, Spot, Unresolved
from keymock.contract.model import Flaw, Operation, Stub
from keymock.contract.operations import operation
from keymock.contract.outline import NoContract, Outline, outline
from keymock.contract.reach import reach
from keymock.contract.reading import Unreadable
from keymock.contract.schemas import Direction, Key, Schemas
from keymock.contract.validator import Objection, Validator
from keymock.problems import Problem, Severity

Trees = tuple[tuple[str, bytes], ...]
"""The files of a document as msgpack, the document itself first: what a cache can hold."""


class Contract:
    """One document. Operations and schemas are worked out when they are first asked for, and kept."""

    def __init__(self, file: str, library: Library, opened: Outline) -> None:
        self.file = file
        self.library = library
        self.outline = opened
        self.schemas = Schemas(library, opened.version)
        self._operations: dict[str, Operation] = {}
        self._validators: dict[Key, Validator] = {}

    @cached_property
    def stubs(self) -> dict[str, Stub]:
        """The operations by key (`GET /users/{id}`)."""
        return {stub.key: stub for stub in self.outline.stubs}

    @cached_property
    def by_id(self) -> dict[str, Stub]:
        """The operations by id."""
        return {stub.id: stub for stub in self.outline.stubs}

    def operation(self, key: str) -> Operation:
        """The operation of that key. Raises KeyError."""
        known = self._operations.get(key)
        if known is None:
            made = operation(self.library, self.outline.root, self.outline.version, self.stubs[key])
            known = self._operations[key] = made
        return known

    def objections(self, spot: Spot | None, direction: Direction, value: Any) -> list[Objection]:
        """What a schema says against a value: where (`/items/0`) and what. Nothing, if there is no schema."""
        if spot is None:
            return []
        key = (spot.file, spot.pointer, direction)
        validator = self._validators.get(key)
        if validator is None:
            validator = self._validators[key] = Validator(self.schemas.bundle(spot, direction))
        return validator.objections(value)

    def trees(self) -> Trees:
        """Its files, for a cache."""
        return tuple((name, msgspec.msgpack.encode(tree)) for name, tree in self.library.trees.items())


def load(file: str, read: Read) -> tuple[Contract | None, list[Flaw]]:
    """The contract of a file with all that it refers to, and what is wrong with it; None if nothing can be served."""
    library = Library(read)
    try:
        opened = outline(library, file)
    except NoContract as no:
        return None, [no.fault]
    except Unreadable as no:
        return None, [Flaw(file, (f"@{no.line}:{no.column}",), "contract-syntax", no.message, no.hint)]
    except Unresolved as no:
        return None, [Flaw(file, (), "contract-missing", no.message)]
    faults = [*opened.faults, *reach(library, file)]
    contract = Contract(file, library, opened)
    told = {(fault.file, fault.message) for fault in faults}
    for stub in opened.stubs:
        for fault in contract.operation(stub.key).faults:
            if (fault.file, fault.message) not in told:
                told.add((fault.file, fault.message))
                faults.append(fault)
    return contract, faults


def reopened(trees: Trees, read: Read) -> Contract:
    """The contract that `trees` were taken from, without reading a file."""
    library = Library(read, {name: msgspec.msgpack.decode(data) for name, data in trees})
    file = trees[0][0]
    return Contract(file, library, outline(library, file))


MOST_PROBLEMS = 50


def problems(faults: list[Flaw], read: Read) -> list[Problem]:
    """The faults of a document as problems, each at its line."""
    from keymock.contract.lines import lines_of  # noqa: PLC0415  (a document without a fault needs no lines)

    by_file: dict[str, list[Flaw]] = {}
    for fault in faults[:MOST_PROBLEMS]:
        by_file.setdefault(fault.file, []).append(fault)
    found: list[Problem] = []
    for file, each in by_file.items():
        text = _text(file, read)
        lines = lines_of(text, [fault.pointer for fault in each])
        split = text.split("\n")
        for fault in each:
            line, column = lines[fault.pointer], 0
            if fault.pointer and fault.pointer[0].startswith("@"):
                line, column = map(int, fault.pointer[0][1:].split(":"))
            excerpt = split[line - 1] if 0 < line <= len(split) else ""
            severity: Severity = "error" if fault.stops or fault.code in _ERRORS else "warning"
            if excerpt and not column:
                column = len(excerpt) - len(excerpt.lstrip()) + 1
            found.append(Problem(file, line if text else 0, column if text else 0, fault.code, severity,
                                 fault.message, fault.hint, excerpt[:500]))  # fmt: skip
    return found


_ERRORS = frozenset({
    "contract-syntax", "contract-format", "contract-missing", "contract-ref", "contract-remote-ref",
    "contract-ref-outside",
})  # fmt: skip


def _text(file: str, read: Read) -> str:
    try:
        return read(file).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""
