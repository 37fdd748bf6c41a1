"""References within one schema: by pointer, by anchor, by `$id`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urljoin

from keymock.generate.facts import Dead, Schema


class References:
    """The parts of a schema that others of its parts refer to."""

    def __init__(self, schema: Schema, others: Mapping[str, Schema]) -> None:
        self.schema = schema
        self._others = others
        self._named: dict[str, Any] | None = None
        self._bases: dict[int, str] = {}

    def target(self, schema: Mapping[str, Any]) -> Schema | None:
        """What a schema refers to; None if to nothing, or to nothing that is here. Raises Dead for a circle."""
        reference = schema.get("$ref", schema.get("$dynamicRef"))
        if not isinstance(reference, str):
            return None
        found = self._find(reference, schema)
        if found is schema:
            raise Dead
        return found if isinstance(found, Mapping | bool) else None

    def _find(self, reference: str, schema: Mapping[str, Any]) -> Any:
        names = self._names()
        if reference.startswith("#/") and not self._bases.get(id(schema)):
            return _at(self.schema, reference[2:])
        if reference == "#" and not self._bases.get(id(schema)):
            return self.schema
        whole = urljoin(self._bases.get(id(schema), ""), reference)
        if whole in names:
            return names[whole]
        base, _, fragment = whole.partition("#")
        owner = names.get(base, self.schema if not base else None)
        if fragment.startswith("/") and owner is not None:
            return _at(owner, fragment[1:])
        if not fragment and owner is not None:
            return owner
        return names.get(f"#{fragment}")

    def _names(self) -> dict[str, Any]:
        """Every part with an `$id` or an anchor. Where there is none, as nearly everywhere, this stays empty."""
        if self._named is None:
            self._named = dict(self._others)
            pending: list[tuple[Any, str]] = [(self.schema, ""), *((each, uri) for uri, each in self._others.items())]
            while pending:
                node, base = pending.pop()
                if isinstance(node, Mapping):
                    given = node.get("$id", node.get("id"))
                    if isinstance(given, str):
                        base = urljoin(base, given)
                        self._named.setdefault(base.removesuffix("#"), node)
                        if not given.startswith("#"):
                            base = base.partition("#")[0]
                    for key in ("$anchor", "$dynamicAnchor"):
                        if isinstance(node.get(key), str):
                            self._named.setdefault(f"{base}#{node[key]}", node)
                            self._named.setdefault(f"#{node[key]}", node)
                    if base:
                        self._bases[id(node)] = base
                    pending += [(child, base) for key, child in node.items() if key not in ("enum", "const")]
                elif isinstance(node, list):
                    pending += [(child, base) for child in node]
        return self._named

    def constants(self) -> Iterator[Any]:
        """Values that stand in the schema: what is left when nothing that was drawn is valid."""
        pending: list[Any] = [self.schema]
        while pending:
            node = pending.pop()
            if isinstance(node, Mapping):
                if "const" in node:
                    yield node["const"]
                for key in ("enum", "examples"):
                    if isinstance(node.get(key), list):
                        yield from node[key]
                if "default" in node:
                    yield node["default"]
                pending += list(node.values())
            elif isinstance(node, list):
                pending += node


def _at(schema: Any, pointer: str) -> Any:
    for step in pointer.split("/") if pointer else ():
        key = unquote(step).replace("~1", "/").replace("~0", "~")
        if isinstance(schema, Mapping):
            schema = schema.get(key)
        elif isinstance(schema, list) and key.isdigit() and int(key) < len(schema):
            schema = schema[int(key)]
        else:
            return None
    return schema
