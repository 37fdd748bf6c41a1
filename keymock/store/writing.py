"""Records back into a seed file: in the form that the file has, and nothing else in it changed."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import msgspec

from keymock.document import syntax, text
from keymock.exchange import NOT_JSON, read_json
from keymock.match.member import canonical
from keymock.problems import Problem
from keymock.spec import Data
from keymock.store.entries import SeedError, decode
from keymock.store.records import Record


def written(before: bytes, name: str, definition: Data, records: Sequence[Record]) -> bytes:
    """What a seed file says when it holds these records; `before` is what it said.

    An array stays an array, an object by id one by id, and what else the file holds stays. Raises SeedError for
    records that such a file cannot hold.
    """
    kind = name.rpartition(".")[2].lower()
    if kind == "csv":
        return _as_csv(decode(before), records)
    if kind == "toml":
        return _as_toml(before, name, definition, records)
    value = read_json(decode(before).encode())
    whole = _put(value if value is not NOT_JSON else [], definition, records)
    return msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"


def _put(value: Any, definition: Data, records: Sequence[Record]) -> Any:
    """The records in the place of those that a value holds."""
    if isinstance(value, dict) and isinstance(value.get(definition.resource), list | dict):
        return {**value, definition.resource: _put(value[definition.resource], definition, records)}
    if isinstance(value, dict):
        return {str(record[definition.id.field]): record for record in records}
    return list(records)


def _as_toml(before: bytes, name: str, definition: Data, records: Sequence[Record]) -> bytes:
    import tomli_w  # noqa: PLC0415  (only where something is written)

    decoded = text.decode(before, name)
    tables = syntax.read(decoded, name, syntax.fastest()) if isinstance(decoded, str) else decoded
    if isinstance(tables, Problem):
        raise SeedError(tables.message, tables.line)
    place = _null(list(records))
    if place:
        raise SeedError(f"`{place}` is null, which TOML cannot say; make the seed a .json file")
    return tomli_w.dumps(_put(tables, definition, records)).encode()


def _null(value: Any) -> str:
    """The name of a field that is null; empty if none is."""
    if isinstance(value, list):
        return next(filter(None, map(_null, value)), "")
    if not isinstance(value, dict):
        return ""
    return next((str(name) for name, inner in value.items() if inner is None), "") or _null(list(value.values()))


def _as_csv(before: str, records: Sequence[Record]) -> bytes:
    """The columns that there were, then those that came; parted as they were."""
    head = before.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    names = [name.strip() for name in next(csv.reader([head], delimiter=delimiter), [])]
    names += [name for name in dict.fromkeys(name for record in records for name in record) if name not in names]
    lines: list[str] = []
    writer = csv.writer(SimpleNamespace(write=lines.append), delimiter=delimiter, lineterminator="\n")
    writer.writerow(names)
    for number, record in enumerate(records, 1):
        writer.writerow([_cell(record.get(name), name, number) for name in names])
    return "".join(lines).encode()


def _cell(value: Any, name: str, number: int) -> str:
    if isinstance(value, dict | list):
        raise SeedError(f"`{name}` of record {number} is no single value; make the seed a .json file")
    return "" if value is None else value if isinstance(value, str) else canonical(value)
