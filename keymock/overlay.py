"""Laying one document's tables over another's: private overlays over shared files, near defaults over far ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Tables = dict[str, Any]

BODY_KEYS = frozenset({"body", "json", "json_text", "body_file", "events"})


WHOLE = frozenset({"delay", "first_byte", "throttle", "fault"})
"""Keys whose tables are one value: of a delay that is uniform and log-normal nobody could say what it is."""

_OF_ANSWERS = frozenset({"", "response", "responses", "else", "defaults"})
"""Tables where they are those keys, and not names that somebody gave to a parameter or a header."""


def merge(base: Mapping[str, Any], over: Mapping[str, Any], inside: str = "") -> Tables:
    """`base` with `over` laid on it; both stand in the table `inside`.

    Tables merge key by key, `[[responses]]` by their name, a body key takes the place of any other body key,
    `{ remove = true }` takes a key away; everything else is replaced whole, and so are delays, throttles and faults.
    """
    merged = dict(base)
    if BODY_KEYS & over.keys():
        merged = {key: value for key, value in merged.items() if key not in BODY_KEYS}
    for key, value in over.items():
        if is_removal(value):
            merged.pop(key, None)
        elif key in BODY_KEYS or (key in WHOLE and inside in _OF_ANSWERS):
            merged[key] = value
        elif isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = merge(merged[key], value, key)
        elif key == "responses" and isinstance(merged.get(key), list):
            merged[key] = _merge_variants(merged[key], value)
        else:
            merged[key] = value
    return merged


def _merge_variants(base: list[Any], over: list[Any]) -> list[Any]:
    """Variants of the same name merge in the place where they stand; new ones come before the old, to be tried first.

    A variant without a name is always a new one.
    """
    named = {variant.get("name"): variant for variant in over if variant.get("name")}
    known = {variant.get("name") for variant in base}
    merged = [variant for variant in over if not variant.get("name") or variant["name"] not in known]
    for variant in base:
        change = named.get(variant.get("name"))
        if change is None:
            merged.append(variant)
        elif not is_removal({key: value for key, value in change.items() if key != "name"}):
            merged.append(merge(variant, change, "responses"))
    return merged


def is_removal(value: object) -> bool:
    """Whether a value is `{ remove = true }`."""
    return isinstance(value, Mapping) and len(value) == 1 and value.get("remove") is True


def without_removals(tables: Mapping[str, Any]) -> Tables:
    """The tables with every `{ remove = true }` taken out: what can be checked as a document of its own."""
    kept: Tables = {}
    for key, value in tables.items():
        if is_removal(value):
            continue
        if isinstance(value, Mapping):
            kept[key] = without_removals(value)
        elif isinstance(value, list):
            items = [item for item in value if not (isinstance(item, Mapping) and item.get("remove") is True)]
            kept[key] = [without_removals(item) if isinstance(item, Mapping) else item for item in items]
        else:
            kept[key] = value
    return kept
