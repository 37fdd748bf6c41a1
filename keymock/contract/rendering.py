"""A value → the bytes of a body, as its content type has it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

import msgspec

from keymock.contract import xml
from keymock.contract.schemas import Schema
from keymock.contract.types import bare, kind_of

BOUNDARY = "keymock-boundary"

_PNG = base64.b64decode(
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_GIF = base64.b64decode(b"R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==")
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
_SMALLEST = {"image/png": _PNG, "image/gif": _GIF, "application/pdf": _PDF}


def rendered(value: Any, kind: str, schema: Schema | None, *, generated: bool = False) -> bytes:
    """The body. `generated` says that the value is made up, so that an image can be one that opens."""
    form = kind_of(kind)
    if form == "json":
        return _json(value, schema, generated)
    if form == "xml":
        return value.encode() if isinstance(value, str) and not generated else xml.written(value, schema)
    if form == "form" and isinstance(value, dict):
        return _form(value)
    if form == "multipart" and isinstance(value, dict):
        return _multipart(value)
    if form == "events":
        return _events(value)
    if form == "lines" and not isinstance(value, str):
        rows = value if isinstance(value, list) else [value]
        return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
    if form == "binary" and generated and bare(kind) in _SMALLEST:
        return _SMALLEST[bare(kind)]
    return value.encode() if isinstance(value, str) else msgspec.json.encode(value)


def content_type(kind: str) -> str:
    """The content type as it is sent."""
    if kind_of(kind) == "multipart" and "boundary=" not in kind:
        return f"{kind}; boundary={BOUNDARY}"
    return kind


def _json(value: Any, schema: Schema | None, generated: bool) -> bytes:
    """JSON; an example that is JSON already, written as text where the schema wants something else, stays as it is."""
    if isinstance(value, str) and not generated and value.lstrip()[:1] in ("{", "[") and not _takes_text(schema):
        try:
            msgspec.json.decode(value.encode())
        except (msgspec.DecodeError, RecursionError):
            return msgspec.json.encode(value)
        return value.encode()
    return msgspec.json.encode(value)


def _takes_text(schema: Schema | None) -> bool:
    given = schema.get("type") if schema else None
    return given == "string" or (isinstance(given, list) and "string" in given)


def _form(value: Mapping[str, Any]) -> bytes:
    fields = [(name, one) for name, each in value.items() for one in (each if isinstance(each, list) else [each])]
    return "&".join(f"{quote_plus(name)}={quote_plus(_text(one))}" for name, one in fields).encode()


def _multipart(value: Mapping[str, Any]) -> bytes:
    parts: list[bytes] = []
    for name, each in value.items():
        for one in each if isinstance(each, list) else [each]:
            kind = "application/json" if isinstance(one, dict | list) else "text/plain"
            label = name.replace('"', "%22").replace("\r", "").replace("\n", "")
            head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{label}"\r\nContent-Type: {kind}\r\n\r\n'
            parts.append(head.encode() + _text(one).encode() + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def _events(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode() if "data:" in value else _event(value)
    return b"".join(_event(each) for each in (value if isinstance(value, list) else [value]))


def _event(value: Any) -> bytes:
    """One event; a table with the fields of an event is one, anything else is its data."""
    fields: dict[str, Any] = {"data": value}
    if isinstance(value, dict) and "data" in value and value.keys() <= {"data", "event", "id", "retry", "comment"}:
        fields = value
    lines = [f"{name}: {line}" for name, each in fields.items() for line in _text(each).split("\n")]
    return ("\n".join(lines) + "\n\n").encode()


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return msgspec.json.encode(value).decode()
