"""Changes to a file that people wrote: what is not changed keeps every byte, comments and line ends included.

tomlkit was tried: it stumbles over a byte order mark, takes the comment above the next item along when one is deleted,
puts new keys behind trailing comments and needs 4 ms a file. The scanner knows the very characters of each value.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from keymock.document import write
from keymock.document.place import Node, find, in_tables, locate
from keymock.document.scan import KeyPath, Line, Pair, Tree, Value, scan

_BOM = "\ufeff"


class _Splice(NamedTuple):
    """Put `text` in the place of what stands from `start` to `end`."""

    start: int
    end: int
    text: str


def edit(text: str, changes: Mapping[KeyPath, Any]) -> str:
    """`text` with each key path set to its value, or taken out where that is None.

    Tables that do not exist are made; a table is changed key by key. Raises ValueError if `text` is no TOML, or if a
    path leads through something that is no table.
    """
    body = text.removeprefix(_BOM)
    for path, value in changes.items():
        for step, one in _steps(body, path, value):
            body = _apply(body, step, one)
    return text[: len(text) - len(text.removeprefix(_BOM))] + body


def _steps(body: str, path: KeyPath, value: Any) -> Iterator[tuple[KeyPath, Any]]:
    """A table over a table as changes of its keys; anything else as it is."""
    document = _Document(body)
    present = document.keys_of(path)
    if not isinstance(value, Mapping) or present is None:
        if value is not None and present is not None:
            yield path, None
        yield path, value
        return
    for name in present:
        if name not in value:
            yield (*path, name), None
    for name, inner in value.items():
        yield from _steps(body, (*path, name), inner)


def _apply(body: str, path: KeyPath, value: Any) -> str:
    document = _Document(body)
    splices = document.remove(path) if value is None else [document.set(path, write.plain(value, None, path))]
    returns = document.returns
    newline = "\r\n" if returns else "\n"
    for splice in sorted(splices, reverse=True):
        start = splice.start + bisect.bisect_left(returns, splice.start)
        end = splice.end + bisect.bisect_left(returns, splice.end)
        body = body[:start] + splice.text.replace("\n", newline) + body[end:]
    return body


class _Document:
    """A text as scanned, and the splices that change it."""

    def __init__(self, body: str) -> None:
        self.text = body.replace("\r\n", "\n")
        # Where, in the text without them, the carriage returns were: offsets are counted back by them.
        self.returns: list[int] = []
        at = body.find("\r\n")
        while at >= 0:
            self.returns.append(at - len(self.returns))
            at = body.find("\r\n", at + 2)
        self.tree: Tree = scan(self.text)
        if self.tree.fault:
            raise ValueError(self.tree.fault.message)
        self.lines: list[tuple[KeyPath, Line]] = list(in_tables(self.tree))
        self.nodes: dict[KeyPath, Node] = locate(self.tree)

    def keys_of(self, path: KeyPath) -> list[str] | None:
        """The keys of a table that is written with a header or dotted keys; None for all else."""
        node = find(self.nodes, path)
        if path and (node is None or node.value is not None):
            return None
        if any(len(other) > len(path) and isinstance(other[len(path)], int) for other in self.beneath(path)):
            return None
        return list(dict.fromkeys(str(other[len(path)]) for other in self.beneath(path)))

    def beneath(self, path: KeyPath) -> list[KeyPath]:
        return [other for other in self.nodes if len(other) > len(path) and other[: len(path)] == path]

    # --- removing

    def remove(self, path: KeyPath) -> list[_Splice]:
        node = find(self.nodes, path)
        if node is None:
            return []
        holder = find(self.nodes, path[:-1])
        if holder and holder.value and holder.value.kind == "list" and isinstance(path[-1], int):
            spans = [(item.start, item.end) for item in holder.value.items]
            return [_cut(self.text, spans, path[-1])]
        inside = [self.remove_pair_inside(holder.value, path)] if holder and holder.value else []
        return inside or [self.without(line) for table, line in self.lines if _belongs(table, line, path)]

    def remove_pair_inside(self, table: Value, path: KeyPath) -> _Splice:
        spans = [(pair.keys[0].start, pair.value.end) for pair in table.pairs]
        for number, pair in enumerate(table.pairs):
            if pair.keys[0].name == path[-1]:
                return _cut(self.text, spans, number)
        raise ValueError(f"`{path[-1]}` is not written as one key")

    def without(self, line: Line) -> _Splice:
        return _Splice(line.start, min(line.end + 1, len(self.text)), "")

    # --- setting

    def set(self, path: KeyPath, value: Any) -> _Splice:
        node = find(self.nodes, path)
        if node and node.value:
            alone = any(line.pair and line.pair.value is node.value for _, line in self.lines)
            return _Splice(node.value.start, node.value.end, write.literal(value) if alone else write.inline(value))
        if len(path) == 1 and (isinstance(value, dict) or write.is_list_of_tables(value)):
            return self.append(path, value)
        for length in range(len(path) - 1, -1, -1):
            holder, rest = path[:length], path[length:]
            found = find(self.nodes, holder)
            if found and found.value:
                return self.set_inside(found.value, rest, value)
            if (spot := self.end_of_table(holder)) is not None and (length or len(path) == 1):
                return self.insert(spot, _named(rest), value)
            if length and (dotted := self.dotted(holder)):
                spot, prefix = dotted
                return self.insert(spot, (*prefix, *_named(rest)), value)
        return self.append(path, value)

    def set_inside(self, holder: Value, rest: KeyPath, value: Any) -> _Splice:
        """A new key of an inline table, or a new item of a list."""
        if holder.kind == "table":
            added = f"{'.'.join(map(write.key, _named(rest)))} = {write.inline(value)}"
            ends = [pair.value.end for pair in holder.pairs]
        elif holder.kind == "list" and isinstance(rest[0], int) and len(rest) == 1:
            added = write.inline(value)
            ends = [item.end for item in holder.items]
        else:
            raise ValueError(f"`{rest[0]}` cannot be set in what is no table")
        if ends:
            return _Splice(ends[-1], ends[-1], f", {added}")
        return _Splice(holder.start, holder.end, f"{{ {added} }}" if holder.kind == "table" else f"[{added}]")

    def end_of_table(self, table: KeyPath) -> int | None:
        """Where a new line of a table goes: behind its last pair, else its header; None if it has none."""
        if not table:
            return self.end_of_top()
        ends = [line.end for inside, line in self.lines if inside == table and line.kind in ("table", "tables", "pair")]
        return ends[-1] if ends else None

    def end_of_top(self) -> int:
        """Behind the last pair above the first table; else behind the comment that the file opens with, or 0."""
        ends = [line.end for table, line in self.lines if not table and line.kind == "pair"]
        if ends:
            return ends[-1]
        opening = 0
        for line in self.tree.lines:
            if line.kind == "blank":
                return opening
            if line.kind != "comment":
                break
            opening = line.end
        return opening if opening == len(self.text) else 0

    def dotted(self, table: KeyPath) -> tuple[int, tuple[str, ...]] | None:
        """Behind the last pair that writes into `table` by dotted keys, and the prefix that it does it by."""
        found = None
        for inside, line in self.lines:
            prefix = table[len(inside) :]
            if line.pair and prefix and inside == table[: len(inside)]:
                names = tuple(key.name for key in line.pair.keys)
                if names[: len(prefix)] == prefix and len(names) > len(prefix):
                    found = line.end, names[: len(prefix)]
        return found

    def insert(self, spot: int, names: tuple[str, ...], value: Any) -> _Splice:
        lines = list(write.lines_of(names[-1], value))
        prefix = "".join(f"{write.key(name)}." for name in names[:-1])
        written = "\n".join(prefix + line for line in lines)
        if spot:
            return _Splice(spot, spot, f"\n{written}")
        return _Splice(0, 0, f"{written}\n")

    def append(self, path: KeyPath, value: Any) -> _Splice:
        """A table that the file does not have yet, at its end."""
        tables: Any = value
        for segment in reversed(path):
            tables = [tables] if isinstance(segment, int) else {segment: tables}
        end = len(self.text)
        gap = "" if not end else "\n" if self.text.endswith("\n") else "\n\n"
        return _Splice(end, end, gap + write.write(tables))


def _named(rest: KeyPath) -> tuple[str, ...]:
    if any(isinstance(segment, int) for segment in rest):
        raise ValueError(f"there is no item `{'.'.join(map(str, rest))}` to change")
    return tuple(str(segment) for segment in rest)


def _belongs(table: KeyPath, line: Line, path: KeyPath) -> bool:
    """Whether a statement writes into `path`."""
    if table[: len(path)] == path:
        return line.kind != "comment"
    return line.pair is not None and _pair_path(table, line.pair)[: len(path)] == path


def _pair_path(table: KeyPath, pair: Pair) -> KeyPath:
    return (*table, *(key.name for key in pair.keys))


def _cut(text: str, spans: list[tuple[int, int]], number: int) -> _Splice:
    """One of several things between commas, with the comma that belongs to it."""
    if number + 1 < len(spans):
        return _Splice(spans[number][0], spans[number + 1][0], "")
    if number:
        return _Splice(spans[number - 1][1], spans[number][1], "")
    start, end = spans[number]
    while text[end] in " \t,":
        end += 1
    return _Splice(start, end, "")
