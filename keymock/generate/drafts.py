"""Schemas of draft 4, 6, 7 and 2019-09 said in 2020-12."""

from __future__ import annotations

import re
from typing import Any

_TUPLE = re.compile(r"/items(/\d+)")
_SCHEMAS = frozenset({"not", "if", "then", "else", "contains", "additionalProperties", "propertyNames", "items",
                      "additionalItems", "unevaluatedItems", "unevaluatedProperties"})  # fmt: skip
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_TABLES = frozenset({"properties", "patternProperties", "definitions", "$defs", "dependentSchemas"})


def modern(schema: Any, draft: int) -> Any:
    """The schema as 2020-12 has it. `draft` is 4, 6, 7 or 2019; the schema itself is left as it is."""
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema and draft <= 7:
        kept = {key: schema[key] for key in ("$ref", "definitions", "$defs") if key in schema}
        kept["$ref"] = _TUPLE.sub(r"/prefixItems\1", kept["$ref"]) if isinstance(kept["$ref"], str) else kept["$ref"]
        return {key: _part(key, value, draft) for key, value in kept.items()}
    own_name = "id" if draft == 4 else "$id"
    made: dict[str, Any] = {}
    for key, value in schema.items():
        if key == own_name and isinstance(value, str):
            _identified(made, value)
        elif key != "$schema":
            made[key] = _part(key, value, draft)
    _as_prefix(made)
    for low, strict in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(made.get(strict), bool) and made.pop(strict) and low in made:
            made[strict] = made.pop(low)
    for name, needed in made.pop("dependencies", {}).items() if isinstance(made.get("dependencies"), dict) else ():
        kind = "dependentRequired" if isinstance(needed, list) else "dependentSchemas"
        made.setdefault(kind, {})[name] = needed if isinstance(needed, list) else modern(needed, draft)
    if draft == 4 and made.get("type") == "any":
        del made["type"]
    return made


def _as_prefix(made: dict[str, Any]) -> None:
    """`items` as a list is `prefixItems` now, and what was `additionalItems` is `items`."""
    rest = made.pop("additionalItems", None)
    if not isinstance(made.get("items"), list):
        return
    first = made.pop("items")
    if first:
        made["prefixItems"] = first
    if rest is not None:
        made["items"] = rest


def _identified(made: dict[str, Any], value: str) -> None:
    if value.startswith("#"):
        made["$anchor"] = value[1:]
    elif value:
        made["$id"] = value


def _part(key: str, value: Any, draft: int) -> Any:
    if key in _SCHEMAS:
        return [modern(each, draft) for each in value] if isinstance(value, list) else modern(value, draft)
    if key in _LISTS and isinstance(value, list):
        return [modern(each, draft) for each in value]
    if key in _TABLES and isinstance(value, dict):
        return {name: modern(each, draft) for name, each in value.items()}
    return value
