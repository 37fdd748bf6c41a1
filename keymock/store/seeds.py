"""Seed files: JSON, CSV or TOML in, records with ids out. What a file says keeps its type."""

from __future__ import annotations

from itertools import count
from typing import Any

import msgspec

from keymock.match.schema import Schema
from keymock.match.schema import compile as compile_schema
from keymock.spec import Data
from keymock.store import ids
from keymock.store.entries import Entry, SeedError, decode
from keymock.store.ids import Key
from keymock.store.nested import from_json, from_toml
from keymock.store.records import MOST, Record, misfits
from keymock.store.table import from_csv

KINDS = ("json", "csv", "toml")


def seed(data: bytes, name: str, definition: Data, schema: Schema | None = None) -> tuple[Record, ...]:
    """The records of a seed file, each an object with an id that no other has. `name` ends in .json, .csv or .toml.

    A record without an id gets one, always the same. Raises SeedError, and `match.Wrong` for a schema that is none.
    """
    kind = name.rpartition(".")[2].lower()
    if kind not in KINDS:
        raise SeedError(f"`{name}` is none of the seed files: .json, .csv, .toml")
    if kind == "csv":
        entries = from_csv(decode(data), definition, schema)
    elif kind == "toml":
        entries = from_toml(data, name, definition.resource)
    else:
        entries = from_json(data, definition.resource)
    if len(entries) > MOST:
        raise SeedError(f"{len(entries)} records are more than the {MOST} that a resource may have")
    records = _with_ids(entries, definition)
    if schema is not None:
        _check(records, entries, compile_schema(schema))
    return tuple(records)


def _with_ids(entries: list[Entry], definition: Data) -> list[Record]:
    """The records, each with an id. Those that have one keep it; the others get theirs after, in order."""
    field, kind = definition.id.field, definition.id.kind
    keys = [_given_key(entry, number, definition) for number, entry in enumerate(entries, 1)]
    taken: dict[Key, int] = {}
    for index, key in enumerate(keys):
        if key is not None and taken.setdefault(key, index) != index:
            raise SeedError(
                f"the id `{key}` comes twice: in the records {taken[key] + 1} and {index + 1}", entries[index].line()
            )
    last = max((0, *(key for key in taken if isinstance(key, int))))
    uuids = (ids.uuid_of(f"{definition.resource} {number}") for number in count(1))
    records: list[Record] = []
    for index, (entry, given) in enumerate(zip(entries, keys, strict=True)):
        record, key = entry.value, given
        if key is None:
            key, last = ids.fresh(
                kind, taken, last, resource=definition.resource, record=record, new_uuid=uuids.__next__
            )
            taken[key] = index
        records.append(record if field in record else {field: key, **record})
    return records


def _given_key(entry: Entry, number: int, definition: Data) -> Key | None:
    """The key that the file gives to a record, by its id or by the key that it lies under."""
    field, kind = definition.id.field, definition.id.kind
    if not isinstance(entry.value, dict):
        raise SeedError(f"record {number} is no object", entry.line())
    named = None if entry.named is None else ids.from_text(kind, entry.named)
    if entry.named is not None and named is None:
        raise SeedError(f"`{entry.named}` is no id: an id here is {ids.KINDS[kind]}", entry.line())
    if field not in entry.value:
        return named
    key = ids.from_value(kind, entry.value[field])
    if key is None:
        written = msgspec.json.encode(entry.value[field]).decode()
        raise SeedError(f"the `{field}` of record {number} is {written}: an id here is {ids.KINDS[kind]}", entry.line())
    if named is not None and named != key:
        raise SeedError(f"the record `{entry.named}` says that its `{field}` is {key}", entry.line())
    return key


def _check(records: list[Record], entries: list[Entry], validator: Any) -> None:
    """A seed that its own schema does not allow would be refused if it were sent; then it is not served either."""
    for place, (record, entry) in enumerate(zip(records, entries, strict=True), 1):
        for pointer, detail in misfits(validator, record):
            raise SeedError(
                f"record {place} does not fit the schema: {f'{pointer}: ' if pointer else ''}{detail}", entry.line()
            )
