"""JSON values → the schema that all of them fit: types, members, which of them are always there, formats of text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from keymock.generate.values import kind_of
from keymock.pattern.guessing import is_id

Schema = dict[str, Any]


class Unknown(NamedTuple):
    """Stands for a value that nobody has seen, a template say; all that is known of it is a schema."""

    schema: Schema


_FORMATS = (
    ("date-time", re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")),
    ("date", re.compile(r"\d{4}-\d\d-\d\d")),
    ("uuid", re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")),
    ("email", re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", re.ASCII)),
    ("uri", re.compile(r"https?://[^\s<>\"{}|\\^`]+", re.ASCII)),
    ("ipv4", re.compile(r"(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}", re.ASCII)),
)

FEWEST_KEYS = 3
"""Members that an object has at least, if their names are taken for ids: a table by id has no names of its own."""


def schema_of(values: Iterable[Any]) -> Schema:
    """The schema of values that stand in one place; `{}`, which allows all, for none."""
    given = list(values)
    unknown = [each.schema for each in given if isinstance(each, Unknown)]
    known = [each for each in given if not isinstance(each, Unknown)]
    if any(not schema for schema in unknown) or not given:
        return {}
    kinds = list(dict.fromkeys([*map(kind_of, known), *(kind for schema in unknown for kind in _kinds_of(schema))]))
    if "number" in kinds and "integer" in kinds:
        kinds.remove("integer")
    kinds.sort(key=_ORDER.index)
    made: Schema = {"type": kinds[0] if len(kinds) == 1 else kinds}
    texts = [each for each in known if isinstance(each, str)]
    if texts and not any("string" in _kinds_of(schema) for schema in unknown):
        made |= _format(texts)
    tables = [each for each in known if isinstance(each, Mapping)]
    if tables:
        made |= _members(tables)
    rows = [each for each in known if isinstance(each, list)]
    if rows:
        made["items"] = schema_of(item for row in rows for item in row)
    return made


_ORDER = ("object", "array", "string", "integer", "number", "boolean", "null")


def _kinds_of(schema: Schema) -> list[str]:
    given = schema.get("type", [])
    return [given] if isinstance(given, str) else list(given)


def _format(texts: Sequence[str]) -> Schema:
    for name, shape in _FORMATS:
        if all(shape.fullmatch(text) for text in texts):
            return {"format": name}
    return {}


def _members(tables: Sequence[Mapping[str, Any]]) -> Schema:
    names = list(dict.fromkeys(name for table in tables for name in table))
    if len(names) >= FEWEST_KEYS and all(map(is_id, names)):
        return {"additionalProperties": schema_of(value for table in tables for value in table.values())}
    made: Schema = {"properties": {name: schema_of(each[name] for each in tables if name in each) for name in names}}
    always = [name for name in names if all(name in each for each in tables)]
    if always:
        made["required"] = always
    return made


def one_of(schemas: Iterable[Schema]) -> Schema:
    """A schema that allows what any of some allows: one of them if they are the same, else `anyOf`."""
    found: list[Schema] = []
    for schema in schemas:
        if not schema:
            return {}
        if schema not in found:
            found.append(schema)
    if len(found) > 1 and all(each.keys() == {"type", "enum"} and each["type"] == found[0]["type"] for each in found):
        values = list(dict.fromkeys(value for each in found for value in each["enum"]))
        return {"type": found[0]["type"], "enum": values}
    return (found[0] if found else {}) if len(found) <= 1 else {"anyOf": found}
