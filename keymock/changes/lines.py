"""Where the keys of a mock stand, for the details of a change: found when asked, in changed files alone."""

from __future__ import annotations

from collections.abc import Iterable

from keymock import document, spec
from keymock.catalog import Catalog
from keymock.changes.change import Detail, Place
from keymock.document import Parsed
from keymock.index import Route

KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "method": (("request", "method"),),
    "path": (("request", "path"), ("data", "path")),
    "enabled": (("enabled",),),
    "priority": (("priority",),),
    "title": (("name",),),
    "tags": (("tags",),),
    "select": (("select",),),
    "guard": (("guard",),),
    "scenario": (("scenario",),),
    "websocket": (("websocket",),),
    "data": (("data",),),
    "condition": (("request",),),
}
"""Which keys a kind of detail is about, those of the whole mock."""

OF_ANSWER = {
    "status": ("status",),
    "header": ("headers",),
    "body": ("json", "json_text", "body", "body_file"),
    "events": ("events",),
    "when": ("when",),
    "name": ("name",),
    "wait": ("delay",),
    "first_byte": ("first_byte",),
    "pace": ("throttle",),
    "fault": ("fault",),
    "rate_limit": ("rate_limit",),
    "capture": ("capture",),
    "sets": ("sets",),
    "weight": ("weight",),
    "times": ("times",),
    "until": ("until",),
}
"""Which key of an answer a kind of detail is about."""


class Lines:
    """The files of one tree, read as far as somebody asks where a key stands."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._parsed: dict[str, Parsed[spec.Mock] | None] = {}

    def of_mock(self, route: Route | None) -> Place | None:
        """Where a mock begins."""
        return Place(route.file, route.line) if route is not None else None

    def of_detail(self, route: Route | None, detail: Detail) -> Place | None:
        """The line that a detail is about, as near as can be told."""
        if route is None:
            return None
        parsed = None if route.bare else self._of(route.file)
        for path in _paths(detail, parsed):
            if parsed is not None and path in parsed.places:
                return Place(route.file, document.place(parsed, path).line)
        if detail.kind == "body":
            return self._body_file(route, str(detail.data.get("response", "")))
        return self.of_mock(route)

    def _body_file(self, route: Route, name: str) -> Place | None:
        """The file that the body is: the sibling of the answer of that name, else the mock's own."""
        if route.bare:
            return self.of_mock(route)
        unit = self.catalog.units.get(route.id.partition("#")[0])
        files = [file for file, _ in unit.inputs if file != route.file] if unit is not None else []
        named = [file for file in files if name and f".{name}.body." in file]
        plain = [file for file in files if file.startswith(route.file.removesuffix(".toml") + ".body.")]
        for file in [*named, *plain, *files]:
            return Place(file, 1)
        return self.of_mock(route)

    def _of(self, file: str) -> Parsed[spec.Mock] | None:
        if file not in self._parsed:
            try:
                data = self.catalog.tree.source.read(file)
            except OSError:
                self._parsed[file] = None
            else:
                self._parsed[file] = document.parse(data, file, spec.Mock)
        return self._parsed[file]


def _paths(detail: Detail, parsed: Parsed[spec.Mock] | None) -> Iterable[tuple[str | int, ...]]:
    """The key paths that a detail may be about, the nearest first."""
    if parsed is None:
        return
    name = detail.data.get("response", "")
    variants = parsed.tables.get("responses", [])
    tables: list[tuple[str | int, ...]] = [("response",)]
    if isinstance(variants, list):
        at = next((n for n, one in enumerate(variants) if isinstance(one, dict) and one.get("name") == name), None)
        if name and at is not None:
            tables.insert(0, ("responses", at))
    for key in OF_ANSWER.get(detail.kind, ()):
        for table in tables:
            if detail.kind == "header":
                yield from _header(parsed, (*table, key), str(detail.data.get("name", "")))
            else:
                yield (*table, key)
    if detail.kind == "condition":
        yield from _condition(parsed, str(detail.data.get("where", "")))
    if detail.kind == "answer" and isinstance(variants, list):
        wanted = (detail.data.get("after") or detail.data.get("before") or {}).get("name")
        yield from (("responses", n) for n, one in enumerate(variants) if wanted and one.get("name") == wanted)
    yield from KEYS.get(detail.kind, ())


def _header(parsed: Parsed[spec.Mock], table: tuple[str | int, ...], name: str) -> Iterable[tuple[str | int, ...]]:
    for path in parsed.places:
        if path[:-1] == table and str(path[-1]).lower() == name:
            yield path


def _condition(parsed: Parsed[spec.Mock], where: str) -> Iterable[tuple[str | int, ...]]:
    kind, _, name = where.partition(".")
    for path in parsed.places:
        if path[:2] == ("request", kind) and len(path) > 2 and str(path[2]).lower() == name.lower():
            yield path
            return
