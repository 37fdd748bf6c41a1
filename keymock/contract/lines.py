"""Where a part of a document stands: a pointer → a line, told from indentation as people and programs write it.

Neither of the fast parsers tells where a key stands, and only problems ask. So nothing is parsed again: from the line
of a node, its children are the lines with the next deeper indentation. In a document that is written on one line,
every part stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

Pointer = tuple[str, ...]

_KEY = re.compile(r"""(?:- +)*(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)'|([^\s'"#\[\]{},&*!|>%@`][^#]*?))\s*:(?:\s|$)""")


def lines_of(text: str, pointers: Iterable[Pointer]) -> dict[Pointer, int]:
    """The line of each pointer, counted from 1; that of the nearest part above it where it cannot be told."""
    found = _Lines(text)
    return {pointer: found.line(pointer) for pointer in pointers}


class _Lines:
    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self._children: dict[tuple[int, int], dict[str, int]] = {}

    def line(self, pointer: Pointer) -> int:
        at, indent = -1, -1
        for step in pointer:
            child = self._below(at, indent).get(step)
            if child is None:
                break
            at, indent = child, self._column(child, step)
        return at + 1 if at >= 0 else 1

    def _column(self, number: int, step: str) -> int:
        """How far the key (or the dash of an item) is indented."""
        line = self.lines[number]
        bare = len(line) - len(line.lstrip(" \t"))
        if step.isdigit() and not self._is_key(line, step):
            return bare
        while line[bare : bare + 2] == "- ":
            bare += 2
            bare += len(line[bare:]) - len(line[bare:].lstrip(" "))
        return bare

    def _is_key(self, line: str, step: str) -> bool:
        given = _KEY.match(line.lstrip(" \t"))
        return given is not None and _name(given) == step

    def _below(self, at: int, indent: int) -> dict[str, int]:
        """The children of the node on a line, each with its own line."""
        known = self._children.get((at, indent))
        if known is None:
            known = self._children[at, indent] = self._find(at, indent)
        return known

    def _find(self, at: int, indent: int) -> dict[str, int]:
        found: dict[str, int] = {}
        depth, items = -1, 0
        start = at
        if at >= 0 and self.lines[at][indent : indent + 2] == "- ":
            found, depth = self._first_of_item(at, indent)
        for number in range(start + 1, len(self.lines)):
            line = self.lines[number]
            bare = line.lstrip(" \t")
            if not bare or bare[0] in "#}],":
                if bare[:1] in ("}", "]") and len(line) - len(bare) <= indent:
                    break
                continue
            column = len(line) - len(bare)
            dash = bare.startswith("- ") or bare == "-"
            if at >= 0 and (column < indent or (column == indent and not (dash and depth in (-1, column)))):
                break
            if column == indent and at >= 0 and self.lines[at][indent : indent + 2] == "- ":
                break  # the next item of the list that the node itself is in
            if bare in ("{", "---") and depth < 0 and at < 0:
                continue
            if depth < 0:
                depth = column
            if column != depth:
                continue
            key = _KEY.match(bare) if not dash else None
            if dash or (bare[0] in "{[" and key is None):
                found[str(items)] = number
                items += 1
            elif key is not None:
                found.setdefault(_name(key), number)
        return found

    def _first_of_item(self, at: int, indent: int) -> tuple[dict[str, int], int]:
        """`- name: x`: the first key of an item stands beside its dash."""
        rest = self.lines[at][indent + 1 :]
        column = indent + 1 + len(rest) - len(rest.lstrip(" "))
        key = _KEY.match(self.lines[at][column:])
        return ({_name(key): at}, column) if key is not None else ({}, -1)


def _name(key: re.Match[str]) -> str:
    if key[1] is not None:
        return key[1].replace("\\/", "/").replace('\\"', '"')
    return key[2].replace("''", "'") if key[2] is not None else key[3].strip()
