"""Whether a value fulfils a schema, by jsonschema-rs: the whole schema, or a part of it with its references."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

from keymock.generate.facts import Schema

ROOT = "urn:keymock:root"
MOST_OBJECTIONS = 20
Objection = tuple[tuple[str | int, ...], str]
"""Where in the value, and what is said of it."""


def _refuse(uri: str) -> Any:
    raise ValueError(f"{uri} is not in the schema itself")


class Validity:
    """A schema that values are held against, with the documents it may refer to. Raises ValueError if it cannot be."""

    def __init__(self, schema: Any, others: Mapping[str, Schema]) -> None:
        import jsonschema_rs  # noqa: PLC0415  (15 MB of Rust, for those who use it)

        self._library = jsonschema_rs
        self.schema = schema
        self._others: list[tuple[str, Any]] = list(others.items())
        try:
            registry = jsonschema_rs.Registry(self._others, retriever=_refuse) if others else None
            self._whole = jsonschema_rs.Draft202012Validator(
                schema, registry=registry, retriever=_refuse, validate_formats=True
            )
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError, RecursionError) as fault:
            raise ValueError(str(fault).partition("\n")[0]) from None
        self._parts: dict[str, Callable[[Any], bool]] = {}

    def objections(self, value: Any) -> list[Objection]:
        """What is wrong with a value; empty if it is valid."""
        try:
            if self._whole.is_valid(value):
                return []
            found: list[Objection] = []
            for fault in self._whole.iter_errors(value):
                found.append((tuple(fault.instance_path), str(fault.message)))
                if len(found) >= MOST_OBJECTIONS:
                    break
        except (ValueError, OverflowError, RecursionError) as fault:
            return [((), str(fault))]
        return found or [((), "it is not valid")]

    def part(self, schemas: list[Schema]) -> Callable[[Any], bool]:
        """Whether a value fulfils parts of the schema; their references lead into the whole."""
        rows = [_absolute(schema) for schema in schemas]
        try:
            registry = self._library.Registry([(ROOT, self.schema), *self._others], retriever=_refuse)
            validator = self._library.Draft202012Validator({"allOf": rows}, registry=registry, retriever=_refuse)
        except (self._library.ValidationError, self._library.ReferencingError, ValueError, TypeError):
            return lambda _: True

        def fits(value: Any) -> bool:
            try:
                return bool(validator.is_valid(value))
            except (ValueError, OverflowError, RecursionError):
                return False

        return fits

    def matches(self, pattern: str, text: str) -> bool:
        """Whether a pattern is found in a text, as the validator sees it."""
        return matches(pattern, text)


@functools.lru_cache(maxsize=512)
def _finder(pattern: str) -> Callable[[str], bool]:
    import jsonschema_rs  # noqa: PLC0415  (as above)

    try:
        return jsonschema_rs.Draft202012Validator({"pattern": pattern}).is_valid
    except (jsonschema_rs.ValidationError, ValueError):
        return lambda _: False


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern is found in a text: ECMA's syntax, bounded in time."""
    return _finder(pattern)(text)


_LONE_BRACE = re.compile(r"(?<!\\)\{(?!\d+(?:,\d*)?\})")


@functools.lru_cache(maxsize=2048)
def usable(pattern: str) -> str:
    """A pattern as the validator can read it: browsers take a lone `{` for itself. Empty if it cannot be read."""
    import jsonschema_rs  # noqa: PLC0415  (as above)

    for spelled in (pattern, _LONE_BRACE.sub(r"\\{", pattern)):
        try:
            jsonschema_rs.Draft202012Validator({"pattern": spelled})
        except (jsonschema_rs.ValidationError, ValueError):
            continue
        return spelled
    return ""


def _absolute(schema: Any) -> Any:
    """The schema with its references leading into the whole one."""
    if isinstance(schema, list):
        return [_absolute(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _absolute(each) for key, each in schema.items() if key not in ("$id", "$schema")}
    for key in ("$ref", "$dynamicRef"):
        if isinstance(schema.get(key), str) and not re.match(r"[a-z]+:", schema[key]):
            made[key] = ROOT + schema[key] if schema[key].startswith("#") else f"{ROOT}/{schema[key]}"
    return made
