"""A matcher of one value → the schema of what it takes, as far as JSON Schema can say it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keymock.describing.inferring import Schema, one_of, schema_of

_BOUNDS = {"gt": "exclusiveMinimum", "gte": "minimum", "lt": "exclusiveMaximum", "lte": "maximum"}
_LENGTHS = {"equals": ("minLength", "maxLength"), "gte": ("minLength",), "lte": ("maxLength",)}
_SPECIAL = frozenset("\\^$.|?*+()[]{}/")


def takes(matcher: Mapping[str, Any]) -> Schema:
    """The schema of the values that a matcher takes; what cannot be said is left open."""
    if matcher.get("ignore_case") or "engine" in matcher:
        return {"type": "string"}
    made: Schema = {}
    for key, argument in matcher.items():
        made |= _of(key, argument)
    return made


def _of(key: str, argument: Any) -> Schema:
    if key == "equals":
        return {**_typed(argument), "enum": [argument]}
    if key == "one_of":
        return {**schema_of(argument), "enum": list(argument)} if isinstance(argument, list) and argument else {}
    if key in ("regex", "contains", "starts_with", "ends_with") and isinstance(argument, str):
        text = argument if key == "regex" else _literally(argument)
        return {"type": "string", "pattern": f"{'^' * (key == 'starts_with')}{text}{'$' * (key == 'ends_with')}"}
    if key in _BOUNDS and _is_number(argument):
        return {"type": "number", _BOUNDS[key]: argument}
    if key == "type" and isinstance(argument, str):
        return {"type": argument}
    if key == "length" and isinstance(argument, Mapping):
        known = {
            name: argument[each] for each in argument for name in _LENGTHS.get(each, ()) if _is_count(argument[each])
        }
        return {"type": "string", **known}
    if key == "any_of" and isinstance(argument, list):
        return one_of(takes(each) for each in argument if isinstance(each, Mapping))
    if key == "all_of" and isinstance(argument, list):
        return {name: value for each in argument if isinstance(each, Mapping) for name, value in takes(each).items()}
    return {}


def _typed(value: Any) -> Schema:
    schema = schema_of([value])
    return {"type": schema["type"]} if "type" in schema else {}


def _literally(text: str) -> str:
    """A text as a regular expression of ECMA, which knows fewer escapes than others."""
    return "".join(f"\\{char}" if char in _SPECIAL else char for char in text)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def sample_of(matcher: Mapping[str, Any]) -> Any:
    """A value that a matcher names itself; None if it names none."""
    if "equals" in matcher:
        return matcher["equals"]
    given = matcher.get("one_of")
    return given[0] if isinstance(given, list) and given else None
