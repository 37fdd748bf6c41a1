"""CSV as a seed. A cell is text, unless the schema says that its field is a number or a boolean."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import UNSET

from keymock.match.schema import Schema
from keymock.spec import Data
from keymock.store import ids
from keymock.store.entries import Entry, SeedError
from keymock.store.filters import number


def from_csv(decoded: str, definition: Data, schema: Schema | None) -> list[Entry]:
    """A line of names, then a record a line. Parted by commas, semicolons or tabs, as the first line is."""
    rows = list(_rows(decoded))
    if not rows:
        raise SeedError("the file is empty; its first line must name the fields")
    names = _names(*rows[0])
    types = {name: _types(schema, name) for name in names}
    entries = []
    for line, row in rows[1:]:
        if len(row) != len(names):
            raise SeedError(f"{len(row)} cells, and {len(names)} names in the first line", line)
        cells = {name: _cell(cell, name, types[name], definition, line) for name, cell in zip(names, row, strict=True)}
        entries.append(Entry({name: value for name, value in cells.items() if value is not UNSET}, _at(line)))
    return entries


def rows(decoded: str) -> list[dict[str, str]]:
    """The rows of any CSV, by the names in its first line; every cell is text. Raises SeedError."""
    found = list(_rows(decoded))
    if not found:
        raise SeedError("the file is empty; its first line must name the columns")
    names = _names(*found[0])
    for line, row in found[1:]:
        if len(row) != len(names):
            raise SeedError(f"{len(row)} cells, and {len(names)} names in the first line", line)
    return [dict(zip(names, row, strict=True)) for _, row in found[1:]]


def _rows(decoded: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty, with the line that it begins on."""
    head = decoded.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    # Cut at LF alone: `splitlines` would also cut at characters that are plain text in a cell.
    reader = csv.reader([f"{line}\n" for line in decoded.split("\n")], delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            if row:
                yield line, row
            line = reader.line_num + 1
    except csv.Error as bad:
        raise SeedError(f"this is not CSV: {bad}", line) from None


def _at(line: int) -> Callable[[], int]:
    return lambda: line


def _names(line: int, row: list[str]) -> list[str]:
    names = [name.strip() for name in row]
    for index, name in enumerate(names):
        if not name:
            raise SeedError(f"column {index + 1} has no name", line)
        if name in names[:index]:
            raise SeedError(f"two columns are called `{name}`", line)
    return names


def _types(schema: Schema | None, name: str) -> frozenset[str]:
    """The JSON types that a schema allows for a field; none where it says nothing of it."""
    properties = schema.get("properties") if isinstance(schema, dict) else None
    field = properties.get(name) if isinstance(properties, dict) else None
    said = field.get("type", ()) if isinstance(field, dict) else ()
    return frozenset([said] if isinstance(said, str) else said)


def _cell(cell: str, name: str, types: frozenset[str], definition: Data, line: int) -> Any:
    """The value of a cell. UNSET for an empty one whose field could be no text: then the record lacks the field."""
    plain = cell.strip()
    if name == definition.id.field:
        return _id(plain, definition.id.kind, line) if plain else UNSET
    if not types:
        return cell
    if types & {"integer", "number"} and (value := number(plain)) is not None:
        return value
    if "boolean" in types and plain.lower() in ("true", "false"):
        return plain.lower() == "true"
    if "string" in types:
        return cell
    if not plain:
        return None if "null" in types else UNSET
    raise SeedError(f"`{cell}` is no {' or '.join(sorted(types))}, which the schema wants for `{name}`", line)


def _id(cell: str, kind: ids.Kind, line: int) -> str | int:
    key = ids.from_text(kind, cell)
    if key is None:
        raise SeedError(f"`{cell}` is no id: an id here is {ids.KINDS[kind]}", line)
    return key if isinstance(key, int) else cell
