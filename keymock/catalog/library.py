"""What is saved beside the mocks: requests and environments, read when a command asks for them.

Serving needs none of it, so that a workspace with thousands of requests starts as fast as one without.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple

from keymock import document, saved, units
from keymock.catalog.environments import SavedEnvironment, levels_of, lies_in, names_of
from keymock.catalog.loaded import Catalog
from keymock.catalog.making import resolved
from keymock.catalog.source import MAX_BODY, MAX_DOCUMENT, content
from keymock.document import Parsed
from keymock.index import BodyFault
from keymock.layout import Item, project_of
from keymock.overlay import merge, without_removals
from keymock.preparing import Place
from keymock.problems import Problem, error
from keymock.roles import Rights
from keymock.variables import Level

__all__ = ["Library", "SavedEnvironment", "SavedRequest", "lies_in"]


class SavedRequest(NamedTuple):
    """A saved request as it was read. `request` is None if it cannot be used; `problems` say why."""

    item: Item
    place: Place
    request: saved.Request | None
    problems: tuple[Problem, ...] = ()

    @property
    def id(self) -> str:
        """`projects/shop/requests/auth/login`."""
        return self.item.id

    @property
    def file(self) -> str:
        """Where it lies, relative to the workspace."""
        return self.item.file


class Library:
    """The requests and environments of a catalog that `rights` lets be seen. Overlays need the right to use."""

    def __init__(self, catalog: Catalog, rights: Rights) -> None:
        self.catalog = catalog
        self.rights = rights

    @cached_property
    def requests(self) -> dict[str, SavedRequest]:
        """The requests by id."""
        overlays = {item.id: item for item in self._documents("requests") if item.overlay}
        own = [item for item in self._documents("requests") if not item.overlay]
        return {item.id: self._request(item, overlays.get(item.id)) for item in own}

    @cached_property
    def environments(self) -> list[SavedEnvironment]:
        """Every environment of every space, overlays too."""
        found = []
        for item in self._documents("environments"):
            read = self.parsed(item.file, dict[str, Any])
            found.append(SavedEnvironment(item, read))
        return found

    @cached_property
    def flows(self) -> list[Parsed[Any]]:
        """The flows as tables, for the names that they give values to."""
        return [self.parsed(item.file, dict[str, Any]) for item in self._documents("flows")]

    def names(self, space: str) -> list[str]:
        """The environments that can be chosen in a space: its own, the actor's, the workspace's."""
        return names_of(self.environments, space)

    def levels(self, space: str, environment: str) -> list[Level]:
        """What gives values to names in a space, the nearest first: environments, then the settings' variables."""
        found = levels_of(self.environments, space, environment)
        project = project_of(space)
        if project:
            found.append(self._settings(f"{self.catalog.tree.layout.folder_of(space)}/project.toml", "project.toml"))
        return [level for level in (*found, self._settings("keymock.toml", "keymock.toml")) if level.values]

    def parsed(self, file: str, kind: type[Any]) -> Parsed[Any]:
        """A document of the workspace, parsed; one that cannot be read is a document with that problem."""
        tree = self.catalog.tree
        try:
            data = content(tree.source, tree.files, file, MAX_DOCUMENT)
        except BodyFault as fault:
            return Parsed(file, "", {}, None, (error(file, fault.code, fault.message, hint=fault.hint),))
        return document.parse(data, file, kind, dec_hook=units.dec_hook)

    def beside(self, name: str, item: Item, over: str = "") -> bytes:
        """The content of a file that a request or flow names: beside the overlay, else beside the shared file.

        Raises BodyFault for what is missing, outside of the space, a link, or too large.
        """
        tree = self.catalog.tree
        if over:
            file = resolved(name, over, f"private/{tree.actor}")
            if file in tree.files:
                return content(tree.source, tree.files, file, MAX_BODY)
        file = resolved(name, item.file, tree.layout.folder_of(item.space))
        return content(tree.source, tree.files, file, MAX_BODY)

    # ---- inside --------------------------------------------------------------------------------------------------

    def _documents(self, folder: str) -> Iterable[Item]:
        for item in sorted(self.catalog.items.values(), key=lambda item: item.file):
            if item.kind != "document" or not lies_in(item, folder):
                continue
            if item.overlay and not self.rights.may("use", item.id_path):
                continue
            if not item.space or item.owner or self.rights.may("see", item.id_path):
                yield item

    def _request(self, item: Item, over: Item | None) -> SavedRequest:
        own = self.parsed(item.file, saved.Request)
        if over is None:
            return SavedRequest(item, Place(own), own.value, own.problems)
        laid = self.parsed(over.file, dict[str, Any])
        checked = document.convert(laid, without_removals(laid.tables), saved.Request, dec_hook=units.dec_hook)
        problems = (*own.problems, *(laid.problems or checked.problems))
        if own.value is None or problems:
            return SavedRequest(item, Place(own), own.value, problems)
        tables = merge(own.tables, laid.tables)
        both = document.convert(own, tables, saved.Request, dec_hook=units.dec_hook)
        return SavedRequest(item, Place(own, laid), both.value, both.problems)

    def _settings(self, file: str, name: str) -> Level:
        parsed = self.parsed(file, dict[str, Any])
        values = parsed.tables.get("variables", {})
        return Level(name, values if isinstance(values, dict) else {}, parsed, ("variables",))
