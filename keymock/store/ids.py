"""Ids of records: read from a path, checked in a body, made for what has none. They are compared by their kind."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Mapping
from hashlib import sha256
from typing import Any, Literal

Kind = Literal["integer", "uuid", "string"]

Key = int | str
"""What a record is found by: the number, the UUID in lower case, the text."""

KINDS: dict[Kind, str] = {
    "integer": "a whole number of at most 18 digits",
    "uuid": "a UUID as text",
    "string": "a text of 1 to 255 characters",
}
"""What an id of each kind must be, in words."""

SLUG_FIELDS = ("slug", "name", "title")
"""Where the id of a new record comes from if it is text and nobody gave one."""

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_TRIES = 100


def from_text(kind: Kind, text: str) -> Key | None:
    """The key that a path or a cell of a table spells; None if no record of this kind can be called so."""
    if kind == "integer":
        return int(text) if _INTEGER.fullmatch(text) else None
    return from_value(kind, text)


def from_value(kind: Kind, value: Any) -> Key | None:
    """The key that a JSON value is: a number is no text, and a text no number. None if it is no id of this kind."""
    if kind == "integer":
        return value if value.__class__ is int and abs(value) < 10**18 else None
    if not isinstance(value, str):
        return None
    if kind == "uuid":
        lower = value.lower()
        return lower if _UUID.fullmatch(lower) else None
    # A path cannot lead to `.` and `..`, nor to an empty segment.
    return value if 0 < len(value) <= 255 and value not in (".", "..") and value.isprintable() else None


def fresh(
    kind: Kind,
    taken: Container[Key],
    last: int,
    *,
    resource: str,
    record: Mapping[str, Any],
    new_uuid: Callable[[], str],
) -> tuple[Key, int]:
    """An id that is not taken, and what `last` is from now on.

    `last` is the greatest number that was ever given, so that none comes back after its record was deleted.
    """
    if kind == "integer":
        return last + 1, last + 1
    if kind == "uuid":
        return _untaken_uuid(taken, new_uuid), last
    slug = _slug(record)
    if slug:
        return _numbered(slug, taken), last
    last += 1
    while f"{resource}-{last}" in taken:
        last += 1
    return f"{resource}-{last}", last


def uuid_of(text: str) -> str:
    """A UUID that is always the same for the same text, with the marks of version 4, which all clients take."""
    digits = sha256(text.encode()).hexdigest()
    variant = "89ab"[int(digits[16], 16) % 4]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"


def _untaken_uuid(taken: Container[Key], new_uuid: Callable[[], str]) -> Key:
    for _ in range(_TRIES):
        key = from_value("uuid", new_uuid())
        if key is not None and key not in taken:
            return key
    raise ValueError(f"{_TRIES} draws gave no UUID that is not taken")


def _slug(record: Mapping[str, Any]) -> str:
    text = next((record[field] for field in SLUG_FIELDS if isinstance(record.get(field), str)), "")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-")


def _numbered(slug: str, taken: Container[Key]) -> str:
    if slug not in taken:
        return slug
    number = 2
    while f"{slug}-{number}" in taken:
        number += 1
    return f"{slug}-{number}"
