"""A value as XML, by the `xml` keywords of its schema: names, attributes, wrapping, namespaces."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from keymock.contract.schemas import Schema, whole

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NO_NAME = re.compile(r"[^A-Za-z0-9_.:-]")
_NO_TEXT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def written(value: Any, schema: Schema | None) -> bytes:
    """A whole document. The root is called as its schema says, or as the schema itself is called."""
    root = schema or {}
    name = _title(root)
    return (DECLARATION + _Writing(root).element(value, root, name, top=True) + "\n").encode()


def _title(schema: Schema) -> str:
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return reference.rpartition("/")[2]
    return str(schema.get("title") or "root")


class _Writing:
    def __init__(self, root: Schema) -> None:
        self.root = root

    def element(self, value: Any, schema: Any, name: str, *, top: bool = False) -> str:
        schema = whole(schema, self.root)
        words = schema.get("xml", {})
        if isinstance(value, list):
            return self._items(value, schema, name, top=top)
        tag, spaces = self._tag(words, name)
        if not isinstance(value, Mapping):
            return f"<{tag}{spaces}>{_text(value)}</{tag}>"
        attributes, inner = "", ""
        for key, each in value.items():
            beneath = whole(schema.get("properties", {}).get(key, schema.get("additionalProperties")), self.root)
            said = beneath.get("xml", {})
            if said.get("attribute") or said.get("nodeType") == "attribute":
                attributes += f" {self._tag(said, key)[0]}={quoteattr(_plain(each))}"
            elif said.get("nodeType") == "text":
                inner += _text(each)
            else:
                inner += self.element(each, beneath, key)
        return f"<{tag}{spaces}{attributes}>{inner}</{tag}>"

    def _items(self, values: list[Any], schema: Mapping[str, Any], name: str, *, top: bool) -> str:
        words = schema.get("xml", {})
        items = whole(schema.get("items"), self.root)
        inner = str(items.get("xml", {}).get("name") or words.get("name") or name)
        text = "".join(self.element(each, items, inner) for each in values)
        if not words.get("wrapped") and not top:
            return text
        tag, spaces = self._tag(words, name)
        return f"<{tag}{spaces}>{text}</{tag}>"

    def _tag(self, words: Mapping[str, Any], name: str) -> tuple[str, str]:
        """The tag, and the namespace that it brings along."""
        tag = _NO_NAME.sub("_", str(words.get("name") or name)) or "item"
        tag = tag if tag[0].isalpha() or tag[0] == "_" else f"_{tag}"
        prefix, space = words.get("prefix"), words.get("namespace")
        if prefix:
            tag = f"{_NO_NAME.sub('_', str(prefix))}:{tag}"
        if not space:
            return tag, ""
        return tag, f" xmlns{':' + str(prefix) if prefix else ''}={quoteattr(str(space))}"


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _NO_TEXT.sub("", str(value))


def _text(value: Any) -> str:
    return escape(_plain(value))
