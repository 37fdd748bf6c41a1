"""The text of a document → its tree: JSON or YAML, keys as text, bounded however it was made."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import isfinite
from typing import Any

import msgspec

MAX_BYTES = 50 * 1024 * 1024
MAX_NODES = 8_000_000
MAX_DEPTH = 400
MERGE = "<<"

_BRACKETS = b"[]{}"
_OTHERS = bytes(byte for byte in range(256) if byte not in _BRACKETS)
_NESTING = re.compile(rb"(?:^|(?<=[\[{,:\s]))([\[{])|[\]}]")
"""A bracket that opens where a value may begin, and one that closes anywhere."""

_PLACE = re.compile(r"line:? (\d+)[, ]+column:? (\d+)")


class Unreadable(ValueError):
    """A document that has no tree. `line` and `column` count from 1; 0 where they are not known."""

    def __init__(self, message: str, line: int = 0, column: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.hint = hint


def read(data: bytes, file: str) -> Any:
    """The tree of a document. Raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise Unreadable(f"the document has {len(data)} bytes; {MAX_BYTES} are read")
    text = data.removeprefix(b"\xef\xbb\xbf")
    if file.lower().endswith(".json") or text.lstrip()[:1] in (b"{", b"["):
        try:
            return _json(text)
        except Unreadable:
            if file.lower().endswith(".json"):
                raise
    return _yaml(text)


def _json(data: bytes) -> Any:
    try:
        tree = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        line, column = _json_place(data)
        raise Unreadable(f"this is not JSON: {str(fault).removeprefix('JSON is malformed: ')}", line, column) from None
    except RecursionError:
        raise Unreadable("this is nested too deeply") from None
    if data.count(b"[") + data.count(b"{") > MAX_DEPTH:
        _bounded(tree)
    return tree


def _json_place(data: bytes) -> tuple[int, int]:
    """Where JSON breaks; msgspec counts in bytes, and the standard library in lines."""
    import json  # noqa: PLC0415  (only a broken document needs it)

    try:
        json.loads(data)
    except json.JSONDecodeError as fault:
        return fault.lineno, fault.colno
    except (UnicodeDecodeError, RecursionError):
        pass
    return 0, 0


def _yaml(data: bytes) -> Any:
    from ryaml import (  # type: ignore[attr-defined]  # noqa: PLC0415  (documents in JSON do not need it)
        InvalidYamlError,
        loads,
    )

    if _nests(data):
        raise Unreadable("this is nested too deeply")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Unreadable("this is not UTF-8", hint="save the document as UTF-8") from None
    try:
        tree = loads(text)
    except InvalidYamlError as fault:
        said = str(fault)
        place = _PLACE.search(said)
        line, column = (int(place[1]), int(place[2])) if place else (0, 0)
        if "repetition limit" in said:
            raise Unreadable("its aliases grow beyond all bounds", line, column, "write the parts out") from None
        message = _PLACE.sub("", said).strip().removesuffix("at").strip(" ,")
        raise Unreadable(f"this is not YAML: {message}", line, column) from None
    except (RecursionError, ValueError) as fault:
        raise Unreadable(f"this is not YAML: {fault}") from None
    return _Plain(MERGE in text).of(tree, 0)


def _nests(data: bytes) -> bool:
    """Whether brackets nest too deeply: over 100 000 of them the parser would sit for minutes.

    All brackets are counted first, which is quick and nearly always enough; brackets in texts are mostly paired.
    """
    brackets = data.translate(None, _OTHERS)
    if len(brackets) <= MAX_DEPTH or _deepest(byte in b"[{" for byte in brackets) <= MAX_DEPTH:
        return False
    return _deepest(found[1] is not None for found in _NESTING.finditer(data)) > MAX_DEPTH


def _deepest(opening: Iterable[bool]) -> int:
    """How deep it goes, as far as it matters; a bracket that closes nothing is text."""
    depth = deepest = 0
    for opens in opening:
        depth = depth + 1 if opens else max(0, depth - 1)
        if depth > deepest:
            deepest = depth
            if deepest > MAX_DEPTH:
                break
    return deepest


class _Plain:
    """Makes a YAML tree one that JSON can hold: keys as text, merge keys merged, no NaN; counts its nodes."""

    def __init__(self, merges: bool) -> None:
        self.merges = merges
        self.nodes = 0

    def of(self, node: Any, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            raise Unreadable("the document is too large, or nested too deeply")
        if type(node) is dict:
            return self._table(node, depth)
        if type(node) is list:
            return [child if type(child) is str else self.of(child, depth + 1) for child in node]
        if type(node) is float and not isfinite(node):
            return None
        return node

    def _table(self, node: dict[Any, Any], depth: int) -> dict[str, Any]:
        table: dict[str, Any] = {}
        for key, child in node.items():
            name = key if type(key) is str else _as_key(key)
            table[name] = child if type(child) is str else self.of(child, depth + 1)
        if self.merges and MERGE in table:
            given = table.pop(MERGE)
            for source in given if isinstance(given, list) else [given]:
                if isinstance(source, dict):
                    table = {**source, **table}
                    self.nodes += len(source)
        return table


def _as_key(key: Any) -> str:
    """A key that YAML took for something else than text: `200:`, `true:`, `null:`."""
    if isinstance(key, bool) or key is None:
        return {True: "true", False: "false", None: "null"}[key]
    return str(key)


def _bounded(tree: Any) -> None:
    """Raises Unreadable for what is nested deeper than anybody writes by hand."""
    level = [tree]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise Unreadable("the document is nested too deeply")
