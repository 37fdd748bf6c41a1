"""The records of one resource in one session: found by id, kept in their order, never written anywhere.

A record is never changed in place. So a copy of a store shares its records, and costs what its index costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from keymock.match.schema import Schema
from keymock.match.schema import compile as compile_schema
from keymock.spec import Data
from keymock.store import ids
from keymock.store.ids import Key

Record = dict[str, Any]

MOST = 100_000
"""Records of one resource. A client in a loop meets an answer, not a machine without memory."""

_SHOWN = 20  # faults of one record


class Misfit(NamedTuple):
    """One thing that is wrong with a record: where (a JSON Pointer, empty for the whole) and what."""

    pointer: str
    detail: str


class Unfit(ValueError):
    """A record that may not be kept."""

    def __init__(self, *misfits: Misfit) -> None:
        super().__init__("; ".join(f"{pointer or 'the record'}: {detail}" for pointer, detail in misfits))
        self.misfits = misfits


class Taken(ValueError):
    """A new record has the id of another."""

    def __init__(self, resource: str, key: Key) -> None:
        super().__init__(f"`{resource}` already has a record {key}")


class Full(ValueError):
    """There are as many records as there may be."""

    def __init__(self, resource: str) -> None:
        super().__init__(f"`{resource}` has {MOST:,} records, and takes no more".replace(",", " "))


class Store:
    """Mutable, one for each resource and session. Raises Unfit, Taken and Full; nothing has happened then."""

    def __init__(self, definition: Data, seed: Iterable[Record] = (), schema: Schema | None = None) -> None:
        """`seed` is what `seed` read. Raises `match.Wrong` for a schema that is none."""
        self.resource = definition.resource
        self.id = definition.id
        self._validator = None if schema is None else compile_schema(schema)
        self._last = 0
        self._records: dict[Key, Record] = {}
        for record in seed:
            self._keep(self.key(record), record)

    def copy(self) -> Store:
        """Another store with the same records; neither sees what the other does from here on."""
        other = Store.__new__(Store)
        vars(other).update(vars(self))
        other._records = dict(self._records)
        return other

    def __deepcopy__(self, memo: dict[int, Any]) -> Store:
        return self.copy()

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records.values())

    def find(self, text: str) -> Key | None:
        """The key of the record that a path calls so, if there is one: `7` finds the integer 7."""
        key = ids.from_text(self.id.kind, text)
        return key if key in self._records else None

    def get(self, key: Key) -> Record:
        """The record of a key. KeyError if there is none."""
        return self._records[key]

    def create(self, record: Record, new_uuid: Callable[[], str]) -> tuple[Key, Record]:
        """Keeps a new record at the end, with the id that it has, or a fresh one put first."""
        if len(self._records) >= MOST:
            raise Full(self.resource)
        last = self._last
        if self.id.field in record:
            key = self.key(record)
            if key in self._records:
                raise Taken(self.resource, key)
        else:
            key, last = ids.fresh(
                self.id.kind, self._records, last, resource=self.resource, record=record, new_uuid=new_uuid
            )
            record = {self.id.field: key, **record}
        self.check(record)
        self._last = last
        self._keep(key, record)
        return key, record

    def replace(self, key: Key, record: Record) -> Record:
        """Puts another record in the place of one. Its id stays: it may be left out, and may not be another."""
        field = self.id.field
        known = self._records[key][field]
        if field not in record:
            record = {field: known, **record}
        elif ids.from_value(self.id.kind, record[field]) != key:
            raise Unfit(Misfit(pointer(field), f"an id does not change; it is {msgspec.json.encode(known).decode()}"))
        record = {**record, field: known}
        self.check(record)
        self._records[key] = record
        return record

    def delete(self, key: Key) -> None:
        """Forgets a record. KeyError if there is none."""
        del self._records[key]

    def check(self, record: Record) -> None:
        """Raises Unfit for a record that the schema does not allow."""
        if self._validator is not None and (found := misfits(self._validator, record)):
            raise Unfit(*found)

    def key(self, record: Record) -> Key:
        """The key of a record by its id. Raises Unfit for an id that is none."""
        field = self.id.field
        key = ids.from_value(self.id.kind, record.get(field))
        if key is None:
            raise Unfit(Misfit(pointer(field), f"an id here is {ids.KINDS[self.id.kind]}"))
        return key

    def _keep(self, key: Key, record: Record) -> None:
        self._records[key] = record
        if isinstance(key, int) and key > self._last:
            self._last = key


def misfits(validator: Any, record: Record) -> tuple[Misfit, ...]:
    """What a compiled schema has against a record; the first 20 faults."""
    found = []
    try:
        for error in validator.iter_errors(record):
            found.append(Misfit(pointer(*error.instance_path), error.message))
            if len(found) == _SHOWN:
                break
    except (ValueError, OverflowError, RecursionError) as reason:  # a number that Rust cannot take
        found.append(Misfit("", f"a value that cannot be validated: {reason}"))
    return tuple(found)


def pointer(*steps: str | int) -> str:
    """A JSON Pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def dump(store: Store) -> bytes:
    """All records as a JSON array, two spaces in, the order of records and of their fields kept; a seed by itself."""
    return msgspec.json.format(msgspec.json.encode(list(store)), indent=2) + b"\n"


def identity(definition: Data, seed: bytes, schema: bytes = b"") -> str:
    """What a store hangs on, as a digest: it begins anew when its seed, its schema or its ids change."""
    name = definition.seed.rpartition(".")[2] if isinstance(definition.seed, str) else ""
    parts = [definition.resource, definition.id.field, definition.id.kind, name]
    told = msgspec.json.encode([*parts, sha256(seed).hexdigest(), sha256(schema).hexdigest()])
    return sha256(told).hexdigest()
