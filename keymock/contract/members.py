"""A place in a value, by its keys → what a schema says of it: whether it is declared, needed, and what it may be.

The schema is one that stands by itself (`Schemas.bundle`); items of a list are all of one place, whatever their number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from keymock.contract.library import Library, Spot, Unresolved
from keymock.contract.schemas import MOST_PARTS, Schema, whole
from keymock.contract.styles import kinds_of

Place = Sequence[str | int]

WORDS = {"string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
         "object": "an object", "array": "a list", "null": "null"}  # fmt: skip
MOST_VALUES = 5


def schemas_at(root: Schema, place: Place) -> list[Any]:
    """The schemas of a place, one for each way there; none if it is not declared. `True` is one that allows all."""
    found: list[Any] = [root]
    for step in place:
        found = [inner for each in found for inner in _beneath(each, root, step)]
    return found


def declares(root: Schema, place: Place) -> bool:
    """Whether there is such a member at all; an object that names none has all."""
    return bool(schemas_at(root, place))


def needs(root: Schema, place: Place) -> bool:
    """Whether a member has to be there."""
    if not place:
        return True
    above = schemas_at(root, place[:-1])
    return any(place[-1] in whole(each, root).get("required", ()) for each in above)


def said_of(root: Schema, place: Place) -> str:
    """What a place may be, in a few words: `text (uuid), required`; `not declared`."""
    schemas = schemas_at(root, place)
    if not schemas:
        return "not declared"
    kinds = list(dict.fromkeys(word for each in schemas for word in _words(each, root))) or ["anything"]
    last = place[-1] if place else 0
    if isinstance(last, int):
        return " or ".join(kinds)
    return " or ".join(kinds) + (", required" if needs(root, place) else ", optional")


def _words(schema: Any, root: Schema) -> Iterator[str]:
    merged = whole(schema, root)
    values = merged["enum"] if "enum" in merged else [merged["const"]] if "const" in merged else []
    if values:
        shown = ", ".join(msgspec.json.encode(value).decode() for value in values[:MOST_VALUES])
        yield f"one of {shown}{', …' if values[MOST_VALUES:] else ''}" if values[1:] else shown
        return
    kinds = kinds_of(schema, root)
    given = merged.get("format")
    for kind in sorted(kinds - ({"integer"} if "number" in kinds else set()), key=list(WORDS).index):
        yield WORDS[kind] + (f" ({given})" if given and kind in ("string", "integer", "number") else "")


def _beneath(schema: Any, root: Schema, step: str | int) -> Iterator[Any]:
    """The schemas of a member, or of an item."""
    merged = whole(schema, root)
    choices = [each for key in ("oneOf", "anyOf") for each in merged.get(key, ())]
    for each in choices:
        yield from _beneath(each, root, step)
    if isinstance(step, int):
        if not choices or "items" in merged:
            yield merged.get("items", True)
        return
    properties = merged.get("properties", {})
    if step in properties:
        yield properties[step]
    elif _is_open(merged) or not (properties or choices or merged.get("additionalProperties") is False):
        yield merged["additionalProperties"] if isinstance(merged.get("additionalProperties"), dict) else True


def _is_open(schema: Schema) -> bool:
    """Whether it says that members may have any name."""
    more = schema.get("additionalProperties")
    return more is True or isinstance(more, dict) or bool(schema.get("patternProperties"))


def spot_of(library: Library, schema: Spot, place: Place) -> Spot:
    """The part of a document that speaks of a place, as far as it is found by `properties` and `items`; not a
    reference, but what it leads to."""
    for step in place:
        found = None
        for each in _parts(library, schema):
            child = each.child("items") if isinstance(step, int) else each.child("properties", step)
            if isinstance(child.value, dict):
                found = found or child
        if found is None:
            break
        schema = found
    try:
        return library.follow(schema)
    except Unresolved:
        return schema


def _parts(library: Library, schema: Spot) -> Iterator[Spot]:
    """A schema, and those that it consists of or chooses from."""
    pending, hops = [schema], 0
    while pending and hops < MOST_PARTS:
        hops += 1
        try:
            each = library.follow(pending.pop(0))
        except Unresolved:
            continue
        yield each
        pending += [inner for key in ("allOf", "oneOf", "anyOf") for inner in each.child(key).each()]
