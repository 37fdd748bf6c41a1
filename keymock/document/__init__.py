"""Text ⇄ Struct. All text of TOML files enters by `parse`; `write` makes new text, `edit` and `format` mend old."""

from keymock.document.edit import edit
from keymock.document.format import format
from keymock.document.place import Part, Place
from keymock.document.read import Parsed, convert, parse, place, problem_at
from keymock.document.scan import KeyPath
from keymock.document.schema import json_schema
from keymock.document.write import write

__all__ = [
    "KeyPath",
    "Parsed",
    "Part",
    "Place",
    "convert",
    "edit",
    "format",
    "json_schema",
    "parse",
    "place",
    "problem_at",
    "write",
]
