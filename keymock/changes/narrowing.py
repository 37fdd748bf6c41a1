"""Which mocks two trees must be read for, told from names and a glance at the text: those that differ, and those that a
request of one that differs could reach as well. The thousands of others have the same answers before and after.

Whatever is not plain to see is read. Where settings, defaults or presets differ or could matter, all is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from keymock.catalog.source import Source, Stamp
from keymock.layout import Item, Layout, body_stem
from keymock.problems import Problem

FEW = 500
"""Files below which looking costs more than reading."""

_PATH = re.compile(rb"""(?m)^[^#\n]*\bpath["']?[ \t]*=[ \t]*(.*)$""")
_PLAIN = re.compile(rb"""(?:"(/[^"\\]*)"|'(/[^']*)')[ \t]*(?:#.*)?""")
_RESOURCE = re.compile(rb"(?m)^[ \t]*(?:\[data|data\b|\"data)")

WILD = ""
"""A segment that may be any, as a key of the tree of paths."""

Tree = dict[str, "Tree"]


class Sides(NamedTuple):
    """The files of both trees, listed with the folders that both have for projects."""

    before: Mapping[str, Stamp]
    after: Mapping[str, Stamp]
    layout: Layout


def narrowed(
    before: Source, after: Source, layout: Layout, globs: Collection[str] = (), *, few: int = FEW
) -> set[str] | None:
    """The mocks' files that need not be read, as they are the same in both trees; None if all must be."""
    sides = Sides(before.files(globs), after.files(globs), layout)
    if len(sides.after) < few:
        return None
    different = {file for file in {*sides.before, *sides.after} if sides.before.get(file) != sides.after.get(file)}
    items = {file: layout.classify(file) for file in {*sides.before, *sides.after}}
    if not all(_stands_alone(file, items[file]) for file in different):
        return None
    if any(item is not None and _reaches_far(after, item) for item in items.values()):
        return None
    mocks = [file for file, item in items.items() if item is not None and item.kind == "mock"]
    wanted = {file for file in mocks if file in different}
    assets = [file for file in different if (item := items[file]) is not None and item.kind in ("body", "asset")]
    wanted |= _of_bodies(assets, set(mocks))
    texts = {file: after.read(file) for file in mocks if file not in wanted}
    names = [file.rpartition("/")[2].encode() for file in assets]
    wanted |= {file for file, text in texts.items() if any(name in text for name in names)}
    paths = _paths_of(wanted | {file for file in different if file not in assets}, before, after, items)
    if paths is None:
        return None
    tree = _tree(paths)
    return {
        file
        for file, text in texts.items()
        if file not in wanted and (own := paths_in(text)) and not any(_meets(tree, path) for path in own)
    }


def _stands_alone(file: str, item: Item | None) -> bool:
    """Whether a file that differs can only matter to mocks that it belongs to, or that name it."""
    if file == "ROLES" or item is None:
        return True
    return item.kind in ("mock", "bare", "body") or (item.kind == "asset" and "/mocks/" in item.id_path)


def _reaches_far(source: Source, item: Item) -> bool:
    """Whether a file says something about mocks elsewhere that names alone do not tell."""
    if item.kind == "document":
        return "/presets/" in item.id_path
    if item.kind in ("defaults", "project", "settings"):
        return b"base_path" in source.read(item.file) or b"contract" in source.read(item.file)
    return item.kind == "asset" and item.id_path.rpartition("/")[2].startswith("openapi.")


def _of_bodies(files: Iterable[str], mocks: Collection[str]) -> set[str]:
    """The mocks that body files belong to by their name: `get.late.body.json` is of `get`."""
    found = set()
    for file in files:
        stem = body_stem(file)
        folder, _, name = stem.rpartition("/")
        parts = name.split(".")
        found |= {f"{folder}/{'.'.join(parts[:length])}.toml" for length in range(1, len(parts) + 1)}
    return found & set(mocks)


def _paths_of(
    files: Iterable[str], before: Source, after: Source, items: Mapping[str, Item | None]
) -> list[str] | None:
    """The paths of mocks in both trees; None if those of one are not plain to see."""
    found: list[str] = []
    for file in files:
        item = items[file]
        if item is None or item.kind in ("roles", "body", "asset"):
            continue
        if item.kind != "mock":
            return None
        for source in (before, after):
            if source.stamp(file) is None:
                continue
            own = paths_in(source.read(file))
            if not own:
                return None
            found += own
    return found


def paths_in(text: bytes) -> list[str]:
    """The paths that a mock's text plainly has; none where that is not plain: a list, an escape, a resource."""
    if _RESOURCE.search(text):
        return []
    found = []
    for line in _PATH.findall(text):
        plain = _PLAIN.fullmatch(line.strip())
        if plain is None:
            return []
        found.append((plain[1] or plain[2]).decode("utf-8", "replace"))
    return found


def _segments(path: str) -> Iterator[str]:
    """What a path fixes, segment by segment; WILD for what it leaves open, and nothing behind a rest."""
    path = path.removesuffix("/?")
    for segment in path.split("/")[1:]:
        if "*" in segment:
            yield "*"
            return
        yield WILD if set(segment) & {":", "{"} or not segment else segment


def _tree(paths: Iterable[str]) -> Tree:
    top: Tree = {}
    for path in paths:
        here = top
        for segment in _segments(path):
            here = here.setdefault(segment, {})
    return top


def _meets(tree: Tree, path: str) -> bool:
    """Whether some path of the tree may match a request that `path` matches; lengths are not compared."""
    return _walk(tree, list(_segments(path)), 0)


def _walk(here: Tree, segments: Sequence[str], at: int) -> bool:
    if not here or at == len(segments) or "*" in here or segments[at] == "*":
        return True
    if segments[at] == WILD:
        return any(_walk(below, segments, at + 1) for below in here.values())
    return any(_walk(here[key], segments, at + 1) for key in (segments[at], WILD) if key in here)


class Narrowed:
    """A `catalog.Source` without some files of another."""

    def __init__(self, source: Source, without: Collection[str]) -> None:
        self._source = source
        self._without = without

    @property
    def notes(self) -> Sequence[Problem]:
        return self._source.notes

    def files(self, projects: Collection[str] = ()) -> dict[str, Stamp]:
        """What is left."""
        listed = self._source.files(projects)
        return {file: stamp for file, stamp in listed.items() if file not in self._without}

    def stamp(self, file: str) -> Stamp | None:
        return None if file in self._without else self._source.stamp(file)

    def read(self, file: str) -> bytes:
        return self._source.read(file)

    def path(self, file: str) -> str:
        return self._source.path(file)
