"""A catalog after some files changed, at a price that does not grow with the tree: nearly every edit is such."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from keymock.catalog import bare, datafiles
from keymock.catalog.loaded import Catalog
from keymock.catalog.making import Tree, Unit, keep, make, siblings
from keymock.catalog.source import Stamp
from keymock.layout import Item, body_stem


def update(catalog: Catalog, changed: Collection[str], *, keep_good: bool = True) -> Catalog | None:
    """The catalog after these files changed; None if only loading the whole tree can tell.

    For mocks and their bodies, that is for nearly every edit, at a price that does not grow with the tree.
    """
    tree = catalog.tree
    items: dict[str, Item | None] = {file: tree.layout.classify(file) for file in changed}
    if any(item is not None and not _alone(item) for item in items.values()):
        return None
    if any(file in changed for file in catalog.recorded):
        return None
    files = dict(tree.files)
    for file in changed:
        stamp = tree.source.stamp(file)
        if stamp is None and file not in files:
            continue
        if (stamp is not None and stamp[0] != "f") or (items[file] is None):
            return None
        if stamp is None:
            del files[file]
        else:
            files[file] = stamp
    return _Updating(catalog, files, {file: item for file, item in items.items() if item is not None}, keep_good).run()


def _alone(item: Item) -> bool:
    """Whether a change of this file can be told without looking at the whole tree."""
    if item.kind == "mock":
        return not bare.in_place_of(item)  # with it comes, or goes, what lies beneath
    if item.kind == "asset":
        return not bare.misnamed([item]) and not datafiles.name_of(item)
    return item.kind in ("bare", "body")


class _Updating:
    """One run of `update`: which units the changed files are part of, and those made anew."""

    def __init__(
        self, catalog: Catalog, files: Mapping[str, Stamp], changed: Mapping[str, Item], keep_good: bool
    ) -> None:
        self.catalog = catalog
        self.files = files
        self.changed = changed
        self.keep_good = keep_good

    def run(self) -> Catalog | None:
        catalog = self.catalog
        items = {**catalog.items, **self.changed}
        for file in self.changed:
            if file not in self.files:
                del items[file]
        if any(item.overlay or (item.owner and item.owner != catalog.tree.actor) for item in self.changed.values()):
            return None
        bodies = catalog.tree.bodies
        if any(item.kind == "body" for item in self.changed.values()):
            bodies = siblings(items.values())
        tree = msgspec.structs.replace(catalog.tree, files=self.files, bodies=bodies)
        units = dict(catalog.units)
        touched = self._touched()
        if any(name in units and units[name].trees for name in touched):
            return None
        for name in touched:
            last, unit = units.pop(name, None), self._made(name, tree, items)
            if unit is not None:
                unit = keep(unit, last) if self.keep_good else unit
                units[name] = last if last is not None and unit == last else unit  # events may come late, or twice
        return msgspec.structs.replace(catalog, tree=tree, units=units, items=items)

    def _made(self, name: str, tree: Tree, items: Mapping[str, Item]) -> Unit | None:
        """The mock of that name as its files are now; None if there are none."""
        catalog = self.catalog
        item = items.get(self._file_of(name))
        files = self._bare_files(name, items) if item is None or item.kind == "bare" else ()
        if files:
            return bare.make(tree, files, *catalog.contexts.of(files[0]))
        if item is None:
            return None
        return make(tree, item, *catalog.contexts.of(item), catalog.overlays.get(name, ""))

    def _bare_files(self, name: str, items: Mapping[str, Item]) -> bare.Files:
        """The files of a mock without TOML: those that it had, and those that changed."""
        unit = self.catalog.units.get(name)
        known = [file for file, _ in unit.inputs] if unit is not None else []
        found = (items.get(file) for file in dict.fromkeys([*known, *self.changed]))
        return bare.in_order(item for item in found if item is not None and item.kind == "bare" and item.id == name)

    def _file_of(self, name: str) -> str:
        unit = self.catalog.units.get(name)
        return unit.inputs[0][0] if unit else self.catalog.tree.layout.file_of(name + ".toml")

    def _touched(self) -> set[str]:
        """The ids of the mocks that any changed file is a part of."""
        touched = {item.id for item in self.changed.values() if item.kind in ("mock", "bare")}
        others = {file for file, item in self.changed.items() if item.kind != "mock"}
        if others:
            stems = {body_stem(file) for file in others}
            touched.update(name for name, unit in self.catalog.units.items() if self._is_made_of(unit, others, stems))
        return touched

    def _is_made_of(self, unit: Unit, others: Collection[str], stems: Collection[str]) -> bool:
        """Whether changed files are, or would be, among those that a unit was made of."""
        if any(file in others for file, _ in unit.inputs) or any(stem in stems for stem, _ in unit.siblings):
            return True
        return any(file.startswith(f"{folder}/") for folder, _ in unit.folders for file in self.changed)
