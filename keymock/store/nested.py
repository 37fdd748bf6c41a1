"""JSON and TOML as seeds: an array of records, an object of records by id, or either under the resource's name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from keymock.document import syntax, text
from keymock.document.place import locate, place
from keymock.document.scan import KeyPath, scan
from keymock.exchange import MAX_JSON_DEPTH, NOT_JSON, read_json
from keymock.problems import Problem
from keymock.store.entries import Entry, SeedError, decode

LineOf = Callable[[KeyPath], int]


def from_json(data: bytes, resource: str) -> list[Entry]:
    """The entries of a JSON file. Raises SeedError."""
    decoded = decode(data)
    value = read_json(decoded.encode())
    if value is NOT_JSON:
        raise _not_json(decoded)
    return _entries(value, resource, lambda path: _json_line(decoded, path), lambda: _repeated_key(decoded, resource))


def _not_json(decoded: str) -> SeedError:
    if not decoded.strip():
        return SeedError("the file is empty; `[]` holds no records")
    try:
        json.loads(decoded)
    except json.JSONDecodeError as bad:
        return SeedError(f"this is not JSON: {bad.msg[0].lower()}{bad.msg[1:]}, column {bad.colno}", bad.lineno)
    except (RecursionError, ValueError):
        pass
    return SeedError(f"this is not JSON, or goes more than {MAX_JSON_DEPTH} levels deep")


def from_toml(data: bytes, name: str, resource: str) -> list[Entry]:
    """The entries of a TOML file, dates as RFC 3339 text. Raises SeedError."""
    decoded = text.decode(data, name)
    if isinstance(decoded, Problem):
        raise _as_seed_error(decoded)
    tables = syntax.read(decoded, name, syntax.fastest())
    if isinstance(tables, Problem):
        raise _as_seed_error(tables)
    unfit: list[tuple[KeyPath, str, str]] = []
    tables = syntax.plain(tables, (), unfit)

    def line_of(path: KeyPath) -> int:
        return place(decoded, locate(scan(decoded)), path).line

    if unfit:
        path, message, _ = unfit[0]
        raise SeedError(message, line_of(path))
    return _entries(tables, resource, line_of, lambda: None)


def _as_seed_error(problem: Problem) -> SeedError:
    return SeedError(f"{problem.message}; {problem.hint}" if problem.hint else problem.message, problem.line)


def _entries(value: Any, resource: str, line_of: LineOf, repeated_key: Callable[[], str | None]) -> list[Entry]:
    """The records of a document. They may lie under the name of the resource, as in json-server's `db.json`."""
    under: KeyPath = ()
    if isinstance(value, dict) and isinstance(value.get(resource), list | dict):
        value, under = value[resource], (resource,)
    if isinstance(value, list):
        return [Entry(one, _lazily(line_of, (*under, index))) for index, one in enumerate(value)]
    if not isinstance(value, dict):
        raise SeedError("a seed is an array of records, or an object of records by id")
    repeated = repeated_key()
    if repeated is not None:
        raise SeedError(f"the id `{repeated}` comes twice")
    return [Entry(one, _lazily(line_of, (*under, key)), key) for key, one in value.items()]


def _lazily(line_of: LineOf, path: KeyPath) -> Callable[[], int]:
    return lambda: line_of(path)


def _repeated_key(decoded: str, resource: str) -> str | None:
    """The first key that an object of records has twice: a parser keeps the last silently, and a record is lost."""
    pairs = json.loads(decoded, object_pairs_hook=_Pairs)
    inner = next((value for key, value in pairs if key == resource and isinstance(value, _Pairs)), pairs)
    seen: set[str] = set()
    for key, _ in inner:
        if key in seen:
            return str(key)
        seen.add(key)
    return None


class _Pairs(list[tuple[str, Any]]):
    """A JSON object as it is written, keys twice and all."""


_SPACE = re.compile(r"[ \t\n\r,:]*")


def _json_line(decoded: str, path: KeyPath) -> int:
    """The line on which a value of a JSON text begins. Walks the text anew: only mistakes need it."""
    decoder, here = json.JSONDecoder(), 0
    for step in path:
        here = _skip(decoded, _skip(decoded, here) + 1)
        index = 0
        while decoded[here] not in "]}":
            key: str | int = index
            if isinstance(step, str):
                key, here = decoder.raw_decode(decoded, here)
                here = _skip(decoded, here)
            if key == step:
                break
            _, here = decoder.raw_decode(decoded, here)
            here, index = _skip(decoded, here), index + 1
    return decoded.count("\n", 0, here) + 1


def _skip(decoded: str, here: int) -> int:
    found = _SPACE.match(decoded, here)
    return found.end() if found else here
