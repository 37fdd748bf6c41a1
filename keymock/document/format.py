"""The canonical form of a file, for `keymock fmt`: our order and spacing, the author's comments and values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from keymock.document import write
from keymock.document.place import in_tables
from keymock.document.scan import Key, KeyPath, Line, Pair, Tree, Value, scan
from keymock.document.shape import fields_of, struct_of

_INDENT = 4


class _Entry(msgspec.Struct):
    """A pair, or a table header, with the comments above it."""

    text: str
    path: KeyPath
    above: list[str]  # comments, "" for a blank line


class _Section(msgspec.Struct):
    """A table as written: its header (none for the top of the file), its pairs, comments at its end."""

    header: _Entry | None
    many: bool = False
    entries: list[_Entry] = []
    below: list[str] = []


def format(text: str, kind: type) -> str:
    """`text` in canonical form: keys in the order of `kind`'s fields, two spaces before a comment, LF, no BOM.

    Parses to the same tables. Pairs of a table that holds a free-standing comment stay in their order. Raises
    ValueError if `text` is no TOML.
    """
    tree = scan(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    if tree.fault:
        raise ValueError(tree.fault.message)
    opening, sections = _sections(tree)
    # A line for editors, `#:schema …`, would speak of something else if it came to stand at the top, or left it.
    if not any(line.comment.startswith("#:") for line in tree.lines if line.comment not in opening):
        sections = _in_order(sections, kind)
        for section in sections:
            if not any(_stands_free(entry.above) for entry in section.entries):
                section.entries.sort(key=lambda entry: _rank(kind, entry.path))
    blocks = [_join(opening), *map(_render, sections)]
    written = "\n\n".join(block for block in blocks if block)
    return f"{written}\n" if written else ""


def _sections(tree: Tree) -> tuple[list[str], list[_Section]]:
    """The comment that the file opens with, and its tables."""
    lines = list(in_tables(tree))
    opening, lines = _opening(lines)
    sections = [_Section(None)]
    above: list[str] = []
    for table, line in lines:
        if line.kind == "blank":
            above.append("")
        elif line.kind == "comment":
            above.append(line.comment)
        elif line.pair:
            path = (*table, *(key.name for key in line.pair.keys))
            sections[-1].entries.append(_Entry(_with_comment(_pair(tree.text, line.pair), line), path, above))
            above = []
        else:
            below, above = _split(above)
            sections[-1].below = below
            header = f"[[{_dotted(line.keys)}]]" if line.kind == "tables" else f"[{_dotted(line.keys)}]"
            sections.append(_Section(_Entry(_with_comment(header, line), table, above), line.kind == "tables"))
            above = []
    sections[-1].below = _stripped(above)
    return opening, sections


def _opening(lines: list[tuple[KeyPath, Line]]) -> tuple[list[str], list[tuple[KeyPath, Line]]]:
    """The lines of comment that stand at the top and speak of the whole file, and what follows."""
    start = next((number for number, (_, line) in enumerate(lines) if line.kind != "blank"), len(lines))
    count = start
    while count < len(lines) and lines[count][1].kind == "comment":
        count += 1
    if count < len(lines) and lines[count][1].kind != "blank":
        # No blank line behind it, so it speaks of the first key; all but a line for editors, `#:schema …`.
        count = start
        while lines[count][1].comment.startswith("#:"):
            count += 1
    return [line.comment for _, line in lines[start:count]], lines[count:]


def _split(above: list[str]) -> tuple[list[str], list[str]]:
    """Comments before a header: those set apart by a blank line end the table above, the others belong to it."""
    at = len(above)
    while at and above[at - 1]:
        at -= 1
    return _stripped(above[:at]), above[at:]


def _stands_free(above: list[str]) -> bool:
    """Whether one of the comments is parted from what follows it by a blank line."""
    first = next((number for number, comment in enumerate(above) if comment), len(above))
    return "" in above[first:]


def _stripped(comments: list[str]) -> list[str]:
    """Without blank lines at both ends, and never two of them in a row."""
    kept: list[str] = []
    for comment in comments:
        if comment or (kept and kept[-1]):
            kept.append(comment)
    return kept[:-1] if kept and not kept[-1] else kept


def _in_order(sections: list[_Section], kind: type) -> list[_Section]:
    """Tables in the order of the fields; lists of tables, whose order means something, as they stand."""
    listed = {section.header.path[0] for section in sections if section.header and section.many}

    def rank(section: _Section) -> tuple[int, ...]:
        if section.header is None:
            return ()
        path = section.header.path
        return _rank(kind, path[:1] if path[0] in listed else path)

    return sorted(sections, key=rank)


def _rank(kind: type, path: KeyPath) -> tuple[int, ...]:
    """The place of each segment among the fields of its Struct; 0 in tables of free names."""
    rank: list[int] = []
    struct: type | None = kind
    for segment in path:
        if isinstance(segment, int):
            continue
        fields = fields_of(struct) if struct else {}
        rank.append(list(fields).index(segment) if segment in fields else len(fields))
        inner = struct_of(fields[segment].type) if segment in fields else None
        struct = inner[0] if inner else None
    return tuple(rank)


def _render(section: _Section) -> str:
    lines: list[str] = []
    if section.header:
        lines += [*_stripped(section.header.above), section.header.text]
    for number, entry in enumerate(section.entries):
        above = _stripped(entry.above)
        if number and entry.above[:1] == [""]:
            lines.append("")
        lines += above
        if above and entry.above[-1] == "":
            lines.append("")
        lines.append(entry.text)
    if section.below:
        lines += ["", *section.below] if lines else section.below
    return _join(lines)


def _join(lines: Iterable[str]) -> str:
    return "\n".join(lines)


def _with_comment(text: str, line: Line) -> str:
    return f"{text}  {line.comment}" if line.comment else text


def _dotted(keys: tuple[Key, ...]) -> str:
    return ".".join(write.key(key.name) for key in keys)


def _pair(text: str, pair: Pair, indent: int = 0) -> str:
    return f"{_dotted(pair.keys)} = {_value(text, pair.value, indent)}"


def _value(text: str, value: Value, indent: int) -> str:
    """A value with our spacing. Text and numbers are spelt as their author spelt them."""
    written = text[value.start : value.end]
    if value.kind == "table":
        pairs = ", ".join(_pair(text, pair, indent) for pair in value.pairs)
        return f"{{ {pairs} }}" if pairs else "{}"
    if value.kind != "list" or value.comments or _holds_comments(value):
        return written
    if "\n" not in written or not value.items:
        return f"[{', '.join(_value(text, item, indent) for item in value.items)}]"
    inner = indent + _INDENT
    items = "".join(f"{' ' * inner}{_value(text, item, inner)},\n" for item in value.items)
    return f"[\n{items}{' ' * indent}]"


def _holds_comments(value: Value) -> bool:
    inside: list[Any] = [*value.items, *(pair.value for pair in value.pairs)]
    return any(inner.comments or _holds_comments(inner) for inner in inside)
