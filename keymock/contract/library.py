"""The files that a document is made of: read when a reference leads there, beneath one folder, never from a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from posixpath import normpath
from typing import Any, NamedTuple
from urllib.parse import unquote

from keymock.contract.lines import Pointer, lines_of
from keymock.contract.reading import Unreadable, read

Read = Callable[[str], bytes]
"""The bytes of a file of the workspace. Raises OSError or ValueError with a sentence."""

MOST_FILES = 2_000
MOST_HOPS = 64


class Unresolved(ValueError):
    """A reference that leads nowhere. `code` is that of the problem it makes."""

    def __init__(self, message: str, code: str = "contract-ref") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class Spot(NamedTuple):
    """A part of a document: the file it stands in, the way to it, and what stands there."""

    file: str
    pointer: Pointer
    value: Any

    def child(self, *steps: str) -> Spot:
        """What lies beneath; None as a value where nothing does."""
        value: Any = self.value
        for step in steps:
            value = _step(value, step)
        return Spot(self.file, (*self.pointer, *steps), value)

    def items(self) -> list[tuple[str, Spot]]:
        """The children of a table that have a value, by name; none for anything else."""
        if not isinstance(self.value, dict):
            return []
        return [(key, Spot(self.file, (*self.pointer, key), value)) for key, value in self.value.items()]

    def each(self) -> list[Spot]:
        """The items of a list; none for anything else."""
        if not isinstance(self.value, list):
            return []
        return [Spot(self.file, (*self.pointer, str(at)), value) for at, value in enumerate(self.value)]


def _step(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and step.isdigit() and int(step) < len(value):
        return value[int(step)]
    return None


class Library:
    """The files that were reached so far, as trees. `texts` are asked for again where a line is wanted."""

    def __init__(self, read: Read, trees: Mapping[str, Any] | None = None) -> None:
        self._read = read
        self.trees: dict[str, Any] = dict(trees or {})
        self._failed: dict[str, Unresolved] = {}
        self._anchors: dict[str, dict[str, Pointer]] = {}

    def root(self, file: str) -> Spot:
        """A whole file. Raises Unresolved or Unreadable."""
        if file not in self.trees:
            if file in self._failed:
                raise self._failed[file]
            if len(self.trees) >= MOST_FILES:
                raise Unresolved(f"the document is made of more than {MOST_FILES} files")
            try:
                self.trees[file] = read(self._read(file), file)
            except Unreadable:
                raise
            except (OSError, ValueError) as fault:
                self._failed[file] = Unresolved(str(fault) or f"{file} cannot be read")
                raise self._failed[file] from None
        return Spot(file, (), self.trees[file])

    def follow(self, spot: Spot) -> Spot:
        """What a spot is, or refers to, by however many references. Raises Unresolved."""
        for _ in range(MOST_HOPS):
            value = spot.value
            reference = value.get("$ref") if isinstance(value, dict) else None
            if not isinstance(reference, str):
                return spot
            spot = self.at(reference, spot.file)
        raise Unresolved(f"`{reference}` leads back to itself")

    def at(self, reference: str, file: str) -> Spot:
        """What a reference in a file means. Raises Unresolved."""
        name, _, fragment = reference.partition("#")
        target = beside(unquote(name), file) if name else file
        try:
            spot = self.root(target)
        except Unreadable as fault:
            raise Unresolved(f"`{reference}` leads to {target}, and {fault.message}") from None
        found = spot
        if fragment.startswith("/"):
            found = spot.child(*(_unescaped(step) for step in fragment[1:].split("/")))
        elif fragment:
            pointer = self._anchor(target).get(unquote(fragment))
            found = spot.child(*pointer) if pointer is not None else Spot(target, (fragment,), None)
        if found.value is None:
            raise Unresolved(f"`{reference}` leads to nothing")
        return found

    def _anchor(self, file: str) -> dict[str, Pointer]:
        """The places of a file that have a name of their own (`$anchor`)."""
        if file not in self._anchors:
            found: dict[str, Pointer] = {}
            pending: list[tuple[Pointer, Any]] = [((), self.trees[file])]
            while pending:
                pointer, value = pending.pop()
                if isinstance(value, dict):
                    for key in ("$anchor", "$dynamicAnchor"):
                        if isinstance(value.get(key), str):
                            found.setdefault(value[key], pointer)
                    pending += [((*pointer, key), child) for key, child in value.items()]
                elif isinstance(value, list):
                    pending += [((*pointer, str(at)), child) for at, child in enumerate(value)]
            self._anchors[file] = found
        return self._anchors[file]

    def line(self, file: str, pointer: Pointer) -> int:
        """The line of a part of a file, from 1; 0 where it cannot be told."""
        try:
            text = self._read(file).decode("utf-8", "replace")
        except (OSError, ValueError):
            return 0
        return lines_of(text, [pointer])[pointer]


def beside(name: str, file: str) -> str:
    """The file that a relative reference means. Raises Unresolved for one that leads out, or to the network."""
    scheme = name.partition(":")[0]
    if name.startswith("//") or (scheme != name and scheme.replace("+", "").isalnum()):
        raise Unresolved(f"`{name}` is not fetched: keymock reads no document from a network", "contract-remote-ref")
    folder = file.rpartition("/")[0]
    found = normpath(f"{folder}/{name}" if folder else name)
    if name.startswith("/") or "\\" in name or "\0" in name or found.startswith("../") or found == "..":
        raise Unresolved(f"`{name}` leads out of the workspace", "contract-ref-outside")
    return found


def _unescaped(step: str) -> str:
    return unquote(step).replace("~1", "/").replace("~0", "~")
