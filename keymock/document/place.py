"""Where a key or a value stands in its file: line, column, and the line itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

import msgspec

from keymock.document.scan import Fault, Key, KeyPath, Line, Pair, Tree, Value, characters

Part = Literal["key", "value"]


class Place(NamedTuple):
    """Line and column count from 1, in characters; zeros mean the whole file."""

    line: int
    column: int
    excerpt: str


class Node(msgspec.Struct, frozen=True, gc=False):
    """One key path of a file: where its key is first written, and its value, if it is written as one."""

    key: int
    value: Value | None = None


def locate(tree: Tree) -> dict[KeyPath, Node]:
    """Every key path that a statement writes, tables that are only implied included; `find` looks inside values."""
    nodes: dict[KeyPath, Node] = {}
    for table, line in in_tables(tree):
        if line.pair:
            _add_pair(nodes, table, line.pair)
        elif line.keys:
            _add_keys(nodes, table, line.keys)
            if line.kind == "tables":
                nodes[table] = Node(line.keys[-1].start)
    return nodes


def in_tables(tree: Tree) -> Iterator[tuple[KeyPath, Line]]:
    """Each statement with the key path of the table that it stands in; a header with that of its own."""
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for line in tree.lines:
        if line.kind in ("table", "tables"):
            table = header_path(counts, line.keys, many=line.kind == "tables")
        yield table, line


def header_path(counts: dict[KeyPath, int], keys: tuple[Key, ...], *, many: bool) -> KeyPath:
    """The key path of a table header, by the `[[…]]` counted so far; a `[[…]]` is counted in."""
    path: KeyPath = ()
    for key in keys[:-1]:
        path = (*path, key.name)
        if path in counts:
            path = (*path, counts[path])
    path = (*path, keys[-1].name)
    if many:
        counts[path] = counts.get(path, -1) + 1
    return (*path, counts[path]) if path in counts else path


def _add_keys(nodes: dict[KeyPath, Node], path: KeyPath, keys: tuple[Key, ...]) -> None:
    """Note each segment of a header such as `[a.b]`, where it is written first."""
    names = [spot for spot, segment in enumerate(path) if isinstance(segment, str)]
    for spot, key in zip(names, keys, strict=True):
        nodes.setdefault(path[: spot + 1], Node(key.start))


def _add_pair(nodes: dict[KeyPath, Node], table: KeyPath, pair: Pair) -> None:
    path = table
    for key in pair.keys:
        path = (*path, key.name)
        nodes.setdefault(path, Node(key.start))
    nodes[path] = Node(pair.keys[-1].start, pair.value)


def find(nodes: dict[KeyPath, Node], path: KeyPath) -> Node | None:
    """The node of `path`, inside lists and inline tables too."""
    for length in range(len(path), 0, -1):
        node = nodes.get(path[:length])
        if node:
            return _inside(node, path[length:])
    return None


def _inside(node: Node, rest: KeyPath) -> Node | None:
    if not rest:
        return node
    if node.value is None:
        return None
    if isinstance(rest[0], int):
        items = node.value.items
        return _inside(Node(items[rest[0]].start, items[rest[0]]), rest[1:]) if rest[0] < len(items) else None
    for pair in node.value.pairs:
        names = tuple(key.name for key in pair.keys)
        if rest[: len(names)] == names:
            return _inside(Node(pair.keys[-1].start, pair.value), rest[len(names) :])
        if names[: len(rest)] == rest:
            return Node(pair.keys[len(rest) - 1].start)
    return None


def place(text: str, nodes: dict[KeyPath, Node], path: KeyPath, part: Part = "key", character: int = 0) -> Place:
    """The place of `path`, or of the nearest table around it; `character` counts into a text value, from 0."""
    node = find(nodes, path)
    while path and node is None:
        path, part, character = path[:-1], "key", 0
        node = find(nodes, path)
    if node is None:
        return Place(0, 0, "")
    if part == "key" or node.value is None:
        return place_at(text, node.key)
    if not character:
        return place_at(text, node.value.start)
    written = characters(text, node.value)
    if character < len(written):
        return place_at(text, written[character][1])
    closing = 1 if node.value.kind == "text" else 0
    return place_at(text, written[-1][1] + 1 if written else node.value.end - closing)


def place_at(text: str, offset: int) -> Place:
    """The place of one character."""
    begin = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    return Place(text.count("\n", 0, offset) + 1, offset - begin + 1, text[begin : end if end >= 0 else len(text)])


def repeated(tree: Tree) -> Fault | None:
    """The first key or table that is written twice, which TOML forbids, with the place of the first."""
    known: dict[KeyPath, tuple[str, int]] = {}  # how each path came to be, and where
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for line in tree.lines:
        fault: Fault | None = None
        if line.pair:
            fault = _repeated_pair(tree.text, known, table, line.pair)
        elif line.kind == "table":
            table = header_path(counts, line.keys, many=False)
            fault = _repeated_header(tree.text, known, table, line.keys)
        elif line.kind == "tables":
            fault = _repeated_list(tree.text, known, counts, line.keys)
            table = header_path(counts, line.keys, many=True)
            known[table] = ("table", line.keys[-1].start)
        if fault:
            return fault
    return None


def _repeated_pair(text: str, known: dict[KeyPath, tuple[str, int]], table: KeyPath, pair: Pair) -> Fault | None:
    path = table
    for key in pair.keys[:-1]:
        path = (*path, key.name)
        how, first = known.setdefault(path, ("dotted", key.start))
        if how == "value":
            return _twice(text, key, f"`{key.name}` has a value already and cannot hold more keys", first)
        if how in ("table", "list"):
            return _twice(text, key, f"`{key.name}` is a table of its own already", first)
    last = pair.keys[-1]
    path = (*path, last.name)
    if path in known:
        return _twice(text, last, f"`{last.name}` is set twice", known[path][1])
    known[path] = ("value", last.start)
    inside: dict[KeyPath, tuple[str, int]] = {}
    return _repeated_inside(text, inside, pair.value)


def _repeated_inside(text: str, known: dict[KeyPath, tuple[str, int]], value: Value) -> Fault | None:
    for pair in value.pairs:
        if fault := _repeated_pair(text, known, (), pair):
            return fault
    for item in value.items:
        if fault := _repeated_inside(text, {}, item):
            return fault
    return None


def _repeated_header(
    text: str, known: dict[KeyPath, tuple[str, int]], path: KeyPath, keys: tuple[Key, ...]
) -> Fault | None:
    if fault := _through_value(text, known, path[:-1], keys):
        return fault
    how, first = known.get(path, ("implied", 0))
    if isinstance(path[-1], int):
        return _twice(text, keys[-1], f"`{keys[-1].name}` is a list of tables already: [[{keys[-1].name}]]", first)
    if how != "implied":
        header = ".".join(key.name for key in keys)
        message = f"[{header}] stands twice" if how == "table" else f"`{header}` is set twice"
        return _twice(text, keys[-1], message, first)
    known[path] = ("table", keys[-1].start)
    return None


def _repeated_list(
    text: str, known: dict[KeyPath, tuple[str, int]], counts: dict[KeyPath, int], keys: tuple[Key, ...]
) -> Fault | None:
    path = header_path(dict(counts), keys, many=True)[:-1]
    if fault := _through_value(text, known, path[:-1], keys):
        return fault
    how, first = known.setdefault(path, ("list", keys[-1].start))
    if how == "list":
        return None
    return _twice(text, keys[-1], f"`{keys[-1].name}` is no list of tables", first)


def _through_value(
    text: str, known: dict[KeyPath, tuple[str, int]], path: KeyPath, keys: tuple[Key, ...]
) -> Fault | None:
    """A header that leads through something that is not a table; marks what it leads through as implied."""
    for length in range(1, len(path) + 1):
        if isinstance(path[length - 1], int):
            continue
        key = keys[sum(isinstance(segment, str) for segment in path[:length]) - 1]
        how, first = known.setdefault(path[:length], ("implied", key.start))
        if how == "value":
            return _twice(text, key, f"`{key.name}` has a value already and cannot hold more keys", first)
    return None


def _twice(text: str, key: Key, message: str, first: int) -> Fault:
    line, column, _ = place_at(text, first)
    return Fault(key.start, message, f"the first one is at {line}:{column}", "duplicate-key")
