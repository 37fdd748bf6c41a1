"""The schemas of a document as JSON Schema 2020-12 that stands by itself: references gathered under `$defs`.

What OpenAPI 3.0 and 2.0 say otherwise (`nullable`, `exclusiveMinimum: true`, `type: file`) is said anew; what is
broken is left out, so that one slip does not make a schema useless. A schema differs by direction: what is `readOnly`
need not be in a request, what is `writeOnly` is in no response.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from typing import Any, Literal

from keymock.contract.library import Library, Spot, Unresolved
from keymock.contract.outline import Version
from keymock.generate import UNSENT
from keymock.generate.validity import usable

Direction = Literal["request", "response"]
Schema = dict[str, Any]
Key = tuple[str, tuple[str, ...], Direction]

MOST_SCHEMAS = 400
"""Schemas that one schema may lead to; those farther away say nothing. A validator of thousands takes a second."""

_TYPES = frozenset({"null", "boolean", "object", "array", "number", "string", "integer"})
_ONE = ("not", "if", "then", "else", "contains", "additionalProperties", "propertyNames", "items",
        "unevaluatedItems", "unevaluatedProperties")  # fmt: skip
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_TABLES = ("properties", "patternProperties", "dependentSchemas")
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains",
           "maxContains")  # fmt: skip
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_WIDTHS = {"int32": 1 << 31, "int64": 1 << 63}
"""Formats of whole numbers, and the bound that each sets."""
_AS_THEY_ARE = ("const", "default", "title", "description", "xml", "x-faker", "deprecated", "x-enum-varnames")
_TEXTS = ("format", "pattern", "contentEncoding", "contentMediaType")


class Schemas:
    """The schemas of one document, converted when they are first asked for."""

    def __init__(self, library: Library, version: Version) -> None:
        self.library = library
        self.old = version in ("2.0", "3.0")
        self._converted: dict[Key, tuple[Schema | bool, tuple[Key, ...]]] = {}
        self._names: dict[Key, str] = {}
        self._taken: set[str] = set()
        self._bundles: dict[Key, Schema] = {}

    def bundle(self, spot: Spot, direction: Direction) -> Schema:
        """A schema with all that it refers to. The same object for the same spot, as long as nobody changes it."""
        key = (spot.file, spot.pointer, direction)
        known = self._bundles.get(key)
        if known is None:
            known = self._bundles[key] = self._bundle(spot, direction)
        return known

    def _bundle(self, spot: Spot, direction: Direction) -> Schema:
        own, pending = _Conversion(self, spot, direction).run()
        defs: dict[str, Schema | bool] = {}
        seen: set[Key] = set()
        left = deque(pending)
        while left:
            key = left.popleft()
            if key in seen:
                continue
            seen.add(key)
            if len(defs) >= MOST_SCHEMAS:
                defs[self.name(key)] = True
                continue
            schema, more = self._of(key)
            defs[self.name(key)] = schema
            left += more
        bundle = dict(own) if isinstance(own, dict) else {} if own else {"not": {}}
        if defs:
            bundle["$defs"] = defs
        return bundle

    def _of(self, key: Key) -> tuple[Schema | bool, tuple[Key, ...]]:
        known = self._converted.get(key)
        if known is None:
            file, pointer, direction = key
            spot = self.library.root(file).child(*pointer)
            known = self._converted[key] = _Conversion(self, spot, direction).run()
        return known

    def title(self, target: str) -> str:
        """What the schema of a `#/$defs/…` is called in its document."""
        wanted = target.rpartition("/")[2]
        return next((key[1][-1] for key, name in self._names.items() if name == wanted and key[1]), wanted)

    def name(self, key: Key) -> str:
        """What a schema is called under `$defs`: as in its document, as far as that is free."""
        known = self._names.get(key)
        if known is None:
            base = re.sub(r"[^A-Za-z0-9_.-]", "_", key[1][-1] if key[1] else key[0].rpartition("/")[2]) or "schema"
            known, number = base, 2
            while known in self._taken:
                known, number = f"{base}-{number}", number + 1
            self._taken.add(known)
            self._names[key] = known
        return known


class _Conversion:
    def __init__(self, schemas: Schemas, spot: Spot, direction: Direction) -> None:
        self.schemas = schemas
        self.spot = spot
        self.direction: Direction = direction
        self.references: dict[Key, None] = {}

    def run(self) -> tuple[Schema | bool, tuple[Key, ...]]:
        made = self._schema(self.spot)
        return made, tuple(self.references)

    def _schema(self, spot: Spot) -> Schema | bool:
        value = spot.value
        if isinstance(value, bool):
            return value
        if not isinstance(value, dict):
            return {}
        made: Schema = {}
        reference = value.get("$ref", value.get("$dynamicRef"))
        if isinstance(reference, str):
            target = self._reference(reference, spot)
            if target:
                made["$ref"] = target
            if self.schemas.old:
                return self._nullable(made, value)
        self._plain(value, made)
        self._types(value, made)
        self._bounds(value, made)
        for key in _ONE:
            if isinstance(value.get(key), dict | bool):
                made[key] = self._schema(spot.child(key))
        for key in _LISTS:
            if isinstance(value.get(key), list) and value[key]:
                made[key] = [self._schema(each) for each in spot.child(key).each()]
        for key in _TABLES:
            if isinstance(value.get(key), dict):
                made[key] = {name: self._schema(each) for name, each in spot.child(key).items()}
        self._tuples(spot, made)
        self._dependencies(spot, made)
        self._directions(spot, made)
        self._discriminator(spot, made)
        self._inherits(spot, made)
        return self._nullable(made, value)

    # ---- references ----------------------------------------------------------------------------------------------

    def _reference(self, reference: str, spot: Spot) -> str:
        try:
            found = self.schemas.library.at(reference, spot.file)
        except Unresolved:
            return ""  # told when the document was read
        key = (found.file, found.pointer, self.direction)
        self.references[key] = None
        return f"#/$defs/{self.schemas.name(key)}"

    def _discriminator(self, spot: Spot, made: Schema) -> None:
        given = spot.value.get("discriminator")
        if isinstance(given, str):
            made["discriminator"] = {"propertyName": given}
        elif isinstance(given, dict) and isinstance(given.get("propertyName"), str):
            made["discriminator"] = {"propertyName": given["propertyName"]}
            mapping: dict[str, str] = {}
            for name, reference in (given.get("mapping") or {}).items() if given.get("mapping") else ():
                if isinstance(reference, str):
                    by_name = reference if "/" in reference or "#" in reference else f"#/components/schemas/{reference}"
                    target = self._reference(by_name, spot) or self._reference(reference, spot)
                    if target:
                        mapping[name] = target
            if mapping:
                made["discriminator"]["mapping"] = mapping
        if "discriminator" in made:
            self._tell_apart(made)

    def _tell_apart(self, made: Schema) -> None:
        """Says in each branch what the discriminator says: which value of the property names it."""
        key, mapping = made["discriminator"]["propertyName"], made["discriminator"].get("mapping", {})
        for choice in ("oneOf", "anyOf"):
            branches = made.get(choice, ())
            if branches and all(isinstance(each, dict) and "$ref" in each for each in branches):
                made[choice] = [
                    {"allOf": [each, _named(key, self._called(each["$ref"], mapping))]} for each in branches
                ]

    def _called(self, target: str, mapping: Mapping[str, str]) -> list[str]:
        """The values that name a branch: those of the mapping, else the name of its schema."""
        names = [name for name, each in mapping.items() if each == target]
        return names or [self.schemas.title(target)]

    def _inherits(self, spot: Spot, made: Schema) -> None:
        """`allOf` over a schema with a discriminator: the property has the name of this schema."""
        for each in spot.child("allOf").each():
            reference = each.value.get("$ref") if isinstance(each.value, dict) else None
            if not isinstance(reference, str) or len(spot.pointer) < 2 or spot.pointer[-2] != "schemas":
                continue
            try:
                base = self.schemas.library.follow(each)
            except Unresolved:
                continue
            given = base.value.get("discriminator") if isinstance(base.value, dict) else None
            key = given if isinstance(given, str) else given.get("propertyName") if isinstance(given, dict) else None
            if not isinstance(key, str) or "oneOf" in base.value or "anyOf" in base.value:
                continue
            mapping = given.get("mapping") if isinstance(given, dict) else None
            own = spot.pointer[-1]
            ends = {name for name, target in (mapping or {}).items() if str(target).rpartition("/")[2] == own}
            made["allOf"] = [*made["allOf"], _named(key, sorted(ends) or [own], required=False)]

    # ---- keywords ------------------------------------------------------------------------------------------------

    def _plain(self, value: Schema, made: Schema) -> None:
        for key in _AS_THEY_ARE:
            if key in value:
                made[key] = value[key]
        for key in _TEXTS:
            text = value.get(key)
            text = usable(text) if key == "pattern" and isinstance(text, str) else text
            if isinstance(text, str) and text:  # a pattern that no validator can read says nothing
                made[key] = text
        if isinstance(value.get("enum"), list) and value["enum"]:
            made["enum"] = value["enum"]
        if isinstance(value.get("examples"), list):
            made["examples"] = value["examples"]
        if "example" in value:
            made["examples"] = [value["example"], *made.get("examples", ())]
        if isinstance(value.get("uniqueItems"), bool):
            made["uniqueItems"] = value["uniqueItems"]
        if isinstance(value.get("required"), list):
            made["required"] = list(dict.fromkeys(name for name in value["required"] if isinstance(name, str)))
        for key in ("readOnly", "writeOnly"):
            if value.get(key) is True:
                made[key] = True

    def _types(self, value: Schema, made: Schema) -> None:
        given = value.get("type")
        if given == "file":
            made["type"], made["format"] = "string", "binary"
        elif isinstance(given, str) and given in _TYPES:
            made["type"] = given
        elif isinstance(given, list):
            known = [each for each in given if isinstance(each, str) and each in _TYPES]
            if known and len(known) == len(given):
                made["type"] = list(dict.fromkeys(known))

    def _bounds(self, value: Schema, made: Schema) -> None:
        for key in _COUNTS:
            count: Any = value.get(key)
            if _is_number(count) and count >= 0 and int(count) == count:
                made[key] = int(count)
        for key in _NUMBERS:
            if _is_number(value.get(key)):
                made[key] = value[key]
        for key, strict in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            if value.get(strict) is True and key in made:
                made[strict] = made.pop(key)
        width = _WIDTHS.get(made.get("format", ""))
        if width is not None and "integer" in str(made.get("type")):
            made["minimum"] = max(made.get("minimum", -width), -width)
            made["maximum"] = min(made.get("maximum", width - 1), width - 1)
        step: Any = value.get("multipleOf")
        if _is_number(step) and step > 0:
            made["multipleOf"] = step

    def _tuples(self, spot: Spot, made: Schema) -> None:
        """`items` as a list, as it was before 2020-12."""
        if isinstance(spot.value.get("items"), list):
            made["prefixItems"] = [self._schema(each) for each in spot.child("items").each()]
            if isinstance(spot.value.get("additionalItems"), dict | bool):
                made["items"] = self._schema(spot.child("additionalItems"))
            if not made["prefixItems"]:
                del made["prefixItems"]

    def _dependencies(self, spot: Spot, made: Schema) -> None:
        for name, each in (*spot.child("dependencies").items(), *spot.child("dependentRequired").items()):
            if isinstance(each.value, list):
                made.setdefault("dependentRequired", {})[name] = [key for key in each.value if isinstance(key, str)]
            elif isinstance(each.value, dict | bool):
                made.setdefault("dependentSchemas", {})[name] = self._schema(each)

    def _directions(self, spot: Spot, made: Schema) -> None:
        hidden = "readOnly" if self.direction == "request" else "writeOnly"
        dropped = {name for name, each in spot.child("properties").items() if self._is(hidden, each)}
        if not dropped:
            return
        if "required" in made:
            made["required"] = [name for name in made["required"] if name not in dropped]
        if self.direction == "response":
            for name in dropped:
                made["properties"][name] = {"allOf": [made["properties"][name]], UNSENT: True}

    def _is(self, flag: str, spot: Spot) -> bool:
        try:
            target = self.schemas.library.follow(spot)
        except Unresolved:
            return False
        return any(isinstance(each.value, dict) and each.value.get(flag) is True for each in (spot, target))

    def _nullable(self, made: Schema, value: Schema) -> Schema:
        if not self.schemas.old or not (value.get("nullable") is True or value.get("x-nullable") is True):
            return made
        if "$ref" in made or not made.keys() & {"type", "enum", "const"}:
            combined = made.keys() & {"$ref", "allOf", "anyOf", "oneOf"}
            return {"anyOf": [made, {"type": "null"}]} if combined else made
        if isinstance(made.get("type"), str):
            made["type"] = [made["type"], "null"]
        if "enum" in made and None not in made["enum"]:
            made["enum"] = [*made["enum"], None]
        return made


def whole(schema: Any, root: Schema) -> Schema:
    """A schema with all that it refers to and consists of (`$ref`, `allOf`); what stands nearest counts.

    `root` holds its `$defs`. What is no schema says nothing, and of one with odd `properties`, `required` or `xml`, the
    rest: whoever asks finds tables and lists there, or nothing.
    """
    merged: Schema = {}
    pending, hops = [schema], 0
    while pending and hops < MOST_PARTS:
        each = pending.pop(0)
        hops += 1
        if not isinstance(each, Mapping):
            continue
        for key, value in each.items():
            if key == "properties":
                known = merged.setdefault(key, {})
                merged[key] = known | {name: one for name, one in _table(value).items() if name not in known}
            elif key == "required":
                merged[key] = list(dict.fromkeys([*merged.get(key, ()), *_texts(value)]))
            elif key != "xml" or isinstance(value, Mapping):
                merged.setdefault(key, value)
        reference = each.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/$defs/"):
            pending.append(root.get("$defs", {}).get(reference[8:]))
        parts = each.get("allOf")
        pending += parts if isinstance(parts, list) else ()
    return merged


MOST_PARTS = 60
"""Schemas that one schema consists of; those farther away say nothing."""


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _named(key: str, values: list[str], *, required: bool = True) -> Schema:
    made: Schema = {"properties": {key: {"enum": values}}}
    return {**made, "required": [key]} if required else made


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
