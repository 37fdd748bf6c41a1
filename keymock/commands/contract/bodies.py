"""The file that the body of a mock's answer stands in, and places in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keymock import spec
from keymock.catalog.making import resolved
from keymock.commands.seen import Seen
from keymock.contract.lines import lines_of
from keymock.document import KeyPath
from keymock.index import BodyFault
from keymock.layout import Item
from keymock.problems import Problem


def body_file(seen: Seen, item: Item, variant: str, response: Mapping[str, Any]) -> str:
    """The file that a body stands in: the one that is named, else the one beside the mock; empty if there is none.

    `variant` is the name of the answer, empty for the only one.
    """
    tree = seen.catalog.tree
    given = response.get("body_file")
    if isinstance(given, str):
        try:
            file = resolved(given, item.file, tree.layout.folder_of(item.space))
        except BodyFault:
            return ""
        return file if file in tree.files else ""
    if any(key in response for key in (*spec.Response.BODY_KEYS, "from")):
        return ""
    stem = item.file.removesuffix(".toml") + (f".{variant}" if variant else "")
    found = tree.bodies.get(stem, ())
    return found[0] if found else ""


def in_body(seen: Seen, file: str, keys: KeyPath, code: str, message: str, hint: str) -> Problem:
    """A problem at a member of a body file."""
    text = seen.catalog.tree.source.read(file).decode("utf-8", "replace")
    pointer = tuple(map(str, keys))
    line = lines_of(text, [pointer])[pointer]
    excerpt = text.split("\n")[line - 1][:500]
    column = len(excerpt) - len(excerpt.lstrip()) + 1
    return Problem(file, line, column, code, "error", message, hint, excerpt)
