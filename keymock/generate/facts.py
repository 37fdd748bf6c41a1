"""What several schemas say of one value, taken together: `allOf`, a reference and its siblings, a chosen branch."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import lcm
from typing import Any

Schema = Mapping[str, Any] | bool

UNSENT = "x-keymock-unsent"
"""A keyword: the property may be there, and is left out of what is made up."""

TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")

_HINTS = {
    "properties": "object", "required": "object", "additionalProperties": "object", "patternProperties": "object",
    "minProperties": "object", "maxProperties": "object", "propertyNames": "object", "dependentRequired": "object",
    "dependentSchemas": "object", "unevaluatedProperties": "object", "discriminator": "object",
    "items": "array", "prefixItems": "array", "contains": "array", "minItems": "array", "maxItems": "array",
    "uniqueItems": "array", "unevaluatedItems": "array",
    "minLength": "string", "maxLength": "string", "pattern": "string", "format": "string",
    "contentEncoding": "string", "contentMediaType": "string",
    "minimum": "number", "maximum": "number", "exclusiveMinimum": "number", "exclusiveMaximum": "number",
    "multipleOf": "number",
}  # fmt: skip
_NUMERIC_FORMATS = {"int32": "integer", "int64": "integer", "float": "number", "double": "number"}


class Dead(Exception):
    """Nothing fulfils all of it."""


class Facts:
    """The keywords of every schema that was added, each tightened by the others."""

    def __init__(self) -> None:
        self.types: tuple[str, ...] | None = None
        self.allowed: list[Any] | None = None
        self.examples: list[Any] = []
        self.low: Fraction | None = None
        self.high: Fraction | None = None
        self.above: Fraction | None = None
        self.below: Fraction | None = None
        self.step: Fraction | None = None
        self.counts: dict[str, int] = {}
        self.patterns: list[str] = []
        self.format = ""
        self.faker: Any = None
        self.properties: dict[str, list[Schema]] = {}
        self.by_pattern: dict[str, list[Schema]] = {}
        self.additional: list[tuple[frozenset[str], tuple[str, ...], Schema]] = []
        """Schemas of further properties: those that a schema itself names, and its patterns, are no further ones."""
        self.names: list[Schema] = []
        self.required: dict[str, None] = {}
        self.needs: dict[str, list[str]] = {}
        self.then: dict[str, list[Schema]] = {}
        self.rows: list[tuple[list[Schema], Schema]] = []
        """`prefixItems` and `items`."""
        self.contains: list[tuple[Schema, int, int | None]] = []
        self.unique = False
        self.nots: list[Schema] = []
        self.groups: list[tuple[str, list[Schema], Mapping[str, Any]]] = []
        """`anyOf` and `oneOf`, with the discriminator beside them."""
        self.conditions: list[tuple[Schema, Schema, Schema]] = []
        self.closed = self.closed_rows = False
        self.hint = ""
        self.xml: Any = None

    def add(self, schema: Schema) -> None:
        """Takes in the keywords of one schema but for `$ref` and `allOf`. Raises Dead."""
        if schema is True:
            return
        if schema is False:
            raise Dead
        self._values(schema)
        self._numbers(schema)
        self._texts(schema)
        self._objects(schema)
        self._arrays(schema)
        self._logic(schema)
        if not self.hint:
            for key in schema:
                if key in _HINTS:
                    self.hint = _NUMERIC_FORMATS.get(str(schema.get("format")), _HINTS[key])
                    break

    def _values(self, schema: Mapping[str, Any]) -> None:
        given = schema.get("type")
        if given is not None:
            kinds = [given] if isinstance(given, str) else list(given)
            if self.types is not None:
                kinds = _narrowed(kinds, self.types)
            if not kinds:
                raise Dead
            self.types = tuple(dict.fromkeys(kinds))
        for options in ([schema["const"]] if "const" in schema else None, schema.get("enum")):
            if options is not None:
                kept = options if self.allowed is None else [one for one in self.allowed if among(one, options)]
                if not kept:
                    raise Dead
                self.allowed = list(kept)
        if not self.examples:
            self.examples = list(schema.get("examples", ()))
            if "default" in schema:
                self.examples.append(schema["default"])

    def _numbers(self, schema: Mapping[str, Any]) -> None:
        for key, name, tighter in (
            ("minimum", "low", max), ("exclusiveMinimum", "above", max), ("maximum", "high", min),
            ("exclusiveMaximum", "below", min),
        ):  # fmt: skip
            if key in schema:
                mine, known = exact(schema[key]), getattr(self, name)
                setattr(self, name, mine if known is None else tighter(known, mine))
        if "multipleOf" in schema:
            step = exact(schema["multipleOf"])
            if step > 0:
                self.step = step if self.step is None else _common(self.step, step)

    def _texts(self, schema: Mapping[str, Any]) -> None:
        for key in ("minLength", "minItems", "minProperties"):
            if key in schema:
                self.counts[key] = max(self.counts.get(key, 0), int(schema[key]))
        for key in ("maxLength", "maxItems", "maxProperties"):
            if key in schema:
                self.counts[key] = min(self.counts.get(key, int(schema[key])), int(schema[key]))
        if isinstance(schema.get("pattern"), str):
            self.patterns.append(schema["pattern"])
        self.format = self.format or str(schema.get("format", ""))
        if not self.format and schema.get("contentEncoding") == "base64":
            self.format = "byte"
        self.faker = self.faker if self.faker is not None else schema.get("x-faker")

    def _objects(self, schema: Mapping[str, Any]) -> None:
        properties, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
        for name, each in properties.items():
            self.properties.setdefault(name, []).append(each)
        for pattern, each in patterns.items():
            self.by_pattern.setdefault(pattern, []).append(each)
        if "additionalProperties" in schema:
            self.additional.append((frozenset(properties), tuple(patterns), schema["additionalProperties"]))
        if "propertyNames" in schema:
            self.names.append(schema["propertyNames"])
        self.required.update(dict.fromkeys(schema.get("required", ())))
        for name, needed in schema.get("dependentRequired", {}).items():
            self.needs.setdefault(name, []).extend(needed)
        for name, each in schema.get("dependentSchemas", {}).items():
            self.then.setdefault(name, []).append(each)
        if "unevaluatedProperties" in schema:
            self.closed = self.closed or schema["unevaluatedProperties"] is False
        self.xml = self.xml or schema.get("xml")

    def _arrays(self, schema: Mapping[str, Any]) -> None:
        if "items" in schema or "prefixItems" in schema:
            self.rows.append((list(schema.get("prefixItems", ())), schema.get("items", True)))
        if "contains" in schema:
            self.contains.append((schema["contains"], int(schema.get("minContains", 1)), schema.get("maxContains")))
        self.unique = self.unique or schema.get("uniqueItems") is True
        self.closed_rows = self.closed_rows or schema.get("unevaluatedItems") is False

    def _logic(self, schema: Mapping[str, Any]) -> None:
        if "not" in schema:
            self.nots.append(schema["not"])
        for key in ("anyOf", "oneOf"):
            if schema.get(key):
                self.groups.append((key, list(schema[key]), schema.get("discriminator", {})))
        if "if" in schema:
            self.conditions.append((schema["if"], schema.get("then", True), schema.get("else", True)))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The types that the value may have, the likeliest first."""
        if self.types is not None:
            return self.types
        return (self.hint, *(kind for kind in TYPES if kind != self.hint)) if self.hint else ()


def _narrowed(mine: list[str], known: tuple[str, ...]) -> list[str]:
    """The types of both; a whole number is a number."""
    found = [kind for kind in mine if kind in known]
    if "integer" not in found and (
        ("integer" in mine and "number" in known) or ("number" in mine and "integer" in known)
    ):
        found.append("integer")
    return found


def exact(number: Any) -> Fraction:
    """A number as it is written: 0.1 is a tenth."""
    return Fraction(number) if isinstance(number, int) else Fraction(repr(number))


def _common(one: Fraction, other: Fraction) -> Fraction:
    """The smallest number that both go into."""
    below = lcm(one.denominator, other.denominator)
    above = lcm(int(one * below), int(other * below))
    return Fraction(above, below)


def equal(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON: 1 is 1.0, and true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return bool(one == other)


def among(value: Any, values: list[Any]) -> bool:
    """Whether a value is one of these, as JSON."""
    return any(equal(value, each) for each in values)
