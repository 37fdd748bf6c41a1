"""The making of one mock: its file, the overlay on it, its bodies and the defaults above → a unit, route and all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
from msgspec import UNSET

from keymock import document, spec, units
from keymock.catalog.opened import Opened
from keymock.catalog.source import INLINE_BODY, MAX_BODY, MAX_DOCUMENT, Source, Stamp, content
from keymock.exchange import BodyFile
from keymock.index import BodyFault, Context, Listed, Route, compile_mock
from keymock.layout import Item, Layout, Scope, body_stem
from keymock.overlay import merge, without_removals
from keymock.problems import Problem, Severity, error


class Unit(msgspec.Struct, frozen=True, array_like=True):
    """What became of one mock's file. `routes` is empty for one that never was good; most mocks have one.

    `inputs` are all files it was made of with their stamps, None for one that was missing; `siblings` are the stems
    under which a body file would belong to it, with those that were found; `context` is the digest of the defaults.
    """

    routes: tuple[Route, ...]
    problems: tuple[Problem, ...]
    inputs: tuple[tuple[str, Stamp | None], ...]
    siblings: tuple[tuple[str, tuple[str, ...]], ...]
    context: str
    overlay: str = ""
    folders: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Folders that it serves, each with the files that were there."""
    trees: tuple[tuple[str, bytes], ...] = ()
    """Of a contract: its documents, so that the next start reads none of them."""


class Tree(msgspec.Struct, frozen=True):
    """What the making of any mock may look at: the files, where they lie, and whose eyes these are."""

    source: Source
    files: Mapping[str, Stamp]
    layout: Layout
    bodies: Mapping[str, tuple[str, ...]]
    """Body files by the path before `.body.`."""
    actor: str | None
    contracts: Mapping[str, tuple[Opened, ...]] = {}
    """The contracts of each space."""


FOLDER_HELD = 32 * 1024 * 1024
"""Bytes of a folder's files that are held in memory; what goes beyond is sent from disk."""

AT_A_TIME = 32
"""Mocks that are all read before the first of them is compiled. One kind of work after the other is a quarter faster
than one mock after the other, for the processor's caches hold the code of one, not of both."""


def make(tree: Tree, item: Item, context: Context, digest: str, over: str) -> Unit:
    """Reads a mock, and `over`, the file of the overlay on it if there is one; compiles what they say together."""
    return make_all(tree, [(item, context, digest, over)])[0]


def make_all(tree: Tree, wanted: Sequence[tuple[Item, Context, str, str]]) -> list[Unit]:
    """The unit of each mock, as `make` has it."""
    units: list[Unit] = []
    for start in range(0, len(wanted), AT_A_TIME):
        makings = [_Making(tree, *each) for each in wanted[start : start + AT_A_TIME]]
        for making in makings:
            making.read()
        units += [making.unit() for making in makings]
    return units


def holds(unit: Unit, tree: Tree, digest: str, over: str) -> bool:
    """Whether everything that a unit was made of is still as it was."""
    if unit.context != digest or unit.overlay != over:
        return False
    for file, stamp in unit.inputs:
        if tree.files.get(file) != stamp:
            return False
    if any(beneath(tree.files, folder) != found for folder, found in unit.folders):
        return False
    return all(tree.bodies.get(stem, ()) == found for stem, found in unit.siblings)


def keep(unit: Unit, last: Unit | None) -> Unit:
    """A unit that is broken, with the routes that it last had."""
    if not unit.routes and last is not None and last.routes:
        return msgspec.structs.replace(unit, routes=last.routes)
    return unit


def siblings(items: Iterable[Item]) -> dict[str, tuple[str, ...]]:
    """Body files by the path before `.body.`."""
    found: dict[str, tuple[str, ...]] = {}
    for item in items:
        if item.kind == "body":
            stem = body_stem(item.file)
            found[stem] = (*found.get(stem, ()), item.file)
    return found


def beneath(files: Iterable[str], folder: str) -> tuple[str, ...]:
    """The files of a folder and of those in it, but for hidden ones."""
    start = folder + "/"
    found = (file for file in files if file.startswith(start))
    return tuple(sorted(file for file in found if not any(part[:1] == "." for part in file[len(start) :].split("/"))))


def body(tree: Tree, file: str, *, whole: bool = False) -> bytes | BodyFile:
    """What a body file sends: its bytes, or where they lie if there are many and few are wanted. Raises BodyFault."""
    stamp = tree.files.get(file)
    if not whole and stamp is not None and stamp[0] == "f" and INLINE_BODY < stamp[2] <= MAX_BODY:
        path = tree.source.path(file)
        if path:
            return BodyFile(path, stamp[2], stamp[1])
    return content(tree.source, tree.files, file, MAX_BODY)


class _Making:
    """One run of `make`; it is the `Bodies` that `compile_mock` asks for files."""

    def __init__(self, tree: Tree, item: Item, context: Context, digest: str, over: str) -> None:
        self.tree = tree
        self.item = item
        self.context = context
        self.digest = digest
        self.over = over
        self.base: document.Parsed[spec.Mock] | None = None
        self.overlay: document.Parsed[dict[str, Any]] | None = None
        self.inputs: dict[str, Stamp | None] = {}
        self.siblings: dict[str, tuple[str, ...]] = {}
        self.folders: dict[str, tuple[str, ...]] = {}
        self.problems: list[Problem] = []

    def read(self) -> None:
        """Takes in the mock and its overlay; `unit` follows."""
        self.base = self._parsed(self.item.file)
        self.overlay = self._overlay() if self.over else None

    def unit(self) -> Unit:
        """What they have become."""
        routes = self._routes()
        inputs, siblings = tuple(self.inputs.items()), tuple(self.siblings.items())
        folders = tuple(self.folders.items())
        return Unit(routes, tuple(self.problems), inputs, siblings, self.digest, self.over, folders)

    def _routes(self) -> tuple[Route, ...]:
        base, over = self.base, self.overlay
        if base is None or base.value is None or (self.over and over is None):
            return ()
        mock = base.value
        if over is not None:
            merged = document.convert(over, merge(base.tables, over.tables), spec.Mock, dec_hook=units.dec_hook)
            self.problems += merged.problems
            if merged.value is None:
                return ()
            mock = merged.value
        report = partial(self._report, base, over)
        context, operation = self.context, ""
        if mock.operation or _starts_from_contract(mock):
            from keymock.catalog.overlaying import overlaid  # noqa: PLC0415  (30 ms, for mocks over a contract)

            contracts = self.tree.contracts.get(self.item.space, ())
            self.inputs.update((file, self.tree.files.get(file)) for each in contracts for file in each.files)
            laid = overlaid(mock, context, contracts, report)
            if laid is None:
                return ()
            mock, context, operation = laid
        line = line_of(base.text, "[request]")
        scope: Scope | None = "private" if over is not None else None
        return compile_mock(mock, self.item, context, self, report, line=line, scope=scope, operation=operation)

    def _parsed(self, file: str) -> document.Parsed[spec.Mock] | None:
        data = self._bytes(file)
        if data is None:
            return None
        parsed = document.parse(data, file, spec.Mock, dec_hook=units.dec_hook)
        self.problems += parsed.problems
        return parsed

    def _overlay(self) -> document.Parsed[dict[str, Any]] | None:
        """The overlay's tables, if what they say without their removals could stand in a mock."""
        data = self._bytes(self.over)
        if data is None:
            return None
        parsed = document.parse(data, self.over, dict[str, Any])
        checked = document.convert(parsed, without_removals(parsed.tables), spec.Mock, dec_hook=units.dec_hook)
        self.problems += parsed.problems or checked.problems
        return parsed if parsed.value is not None and checked.value is not None else None

    def _bytes(self, file: str) -> bytes | None:
        self.inputs[file] = self.tree.files.get(file)
        try:
            return content(self.tree.source, self.tree.files, file, MAX_DOCUMENT)
        except BodyFault as fault:
            self.problems.append(error(file, fault.code, fault.message, hint=fault.hint))
            return None

    def _report(
        self,
        base: document.Parsed[Any],
        over: document.Parsed[Any] | None,
        where: document.KeyPath,
        code: str,
        message: str,
        hint: str = "",
        severity: Severity = "error",
        **within: Any,
    ) -> None:
        """Puts a fault into the overlay if the key stands there, else into the shared file."""
        source = over if over is not None and where in over.places else base
        self.problems.append(document.problem_at(source, where, code, message, hint, severity, **within))

    # ---- index.Bodies ------------------------------------------------------------------------------------------

    def sibling(self, variant: str) -> list[str]:
        """The body files by name: those beside the overlay go before those beside the mock."""
        for file in filter(None, (self.over, self.item.file)):
            stem = file.removesuffix(".toml") + (f".{variant}" if variant else "")
            found = self.tree.bodies.get(stem, ())
            self.siblings[stem] = found
            if found:
                return list(found)
        return []

    def load(self, file: str, *, whole: bool = False) -> bytes | BodyFile:
        self.inputs[file] = self.tree.files.get(file)
        return body(self.tree, file, whole=whole)

    def folder(self, name: str, *, whole: bool = False) -> Listed:
        space = self.tree.layout.folder_of(self.item.space)
        places = [resolved(f"{name}/.", owner, space) for owner in (self.item.file, f"{space}/-")]
        for place in dict.fromkeys(places):
            self._unlinked(f"{place}/-")
            self.folders[place] = found = beneath(self.tree.files, place)
            if found:
                return self._contents(place, found, whole)
        raise BodyFault(
            "folder-missing",
            f"there is no folder {name} with files in it",
            f"it is looked for at {' and '.join(places)}",
        )

    def _contents(self, place: str, files: Sequence[str], whole: bool) -> Listed:
        found: list[tuple[str, bytes | BodyFile]] = []
        left_out: list[str] = []
        held = 0
        for file in files:
            self.inputs[file] = stamp = self.tree.files.get(file)
            path = self.tree.source.path(file) if held > FOLDER_HELD and not whole else ""
            try:
                if path and stamp is not None and stamp[0] == "f" and stamp[2] <= MAX_BODY:
                    content: bytes | BodyFile = BodyFile(path, stamp[2], stamp[1])
                else:
                    content = body(self.tree, file, whole=whole)
            except BodyFault as fault:
                left_out.append(fault.message)
                continue
            held += len(content) if isinstance(content, bytes) else 0
            found.append((file[len(place) + 1 :], content))
        return Listed(found, left_out)

    def named(self, name: str) -> bytes:
        try:
            content = self.load(self.beside(name))
        except BodyFault as fault:
            raise ValueError(fault.message) from None
        if isinstance(content, BodyFile):
            raise ValueError(f"{name} has {content.size} bytes, too many to be read here")
        return content

    def in_data(self, name: str) -> str:
        folder = self.item.file.rpartition("/")[0]
        root = self.tree.layout.folder_of(self.item.space)
        return "../" * folder.removeprefix(root).count("/") + f"data/{name}"

    def beside(self, name: str) -> str:
        if self.over:
            file = resolved(name, self.over, f"private/{self.tree.actor}")
            self.inputs[file] = self.tree.files.get(file)
            if self.inputs[file] is not None:
                return file
        return self._unlinked(resolved(name, self.item.file, self.tree.layout.folder_of(self.item.space)))

    def _unlinked(self, file: str) -> str:
        """The file, if no folder on the way to it is a link."""
        parts = file.split("/")
        for length in range(1, len(parts)):
            folder = "/".join(parts[:length])
            stamp = self.tree.files.get(folder)
            if stamp is not None and stamp[0] == "l":
                self.inputs[folder] = stamp
                raise BodyFault("symlink", f"{folder} is a symbolic link, which is never followed")
        return file


def resolved(name: str, owner: str, space: str) -> str:
    """The file that `body_file = name` means in the file `owner`. Raises BodyFault if it leads out of the space."""
    if not name or name.startswith(("/", "~")) or "\\" in name or "\0" in name or ":" in name.partition("/")[0]:
        raise BodyFault("body-outside", f"`{name}` is not a relative path", "write it relative to the mock's folder")
    parts: list[str] | None = owner.split("/")[:-1]
    for part in name.split("/"):
        if part == "..":
            parts = parts[:-1] if parts else None
        elif part not in ("", ".") and parts is not None:
            parts = [*parts, part]
    file = "/".join(parts or [])
    if not file.startswith(space + "/"):
        raise BodyFault("body-outside", f"`{name}` leads out of {space}", "keep body files beside their mock")
    return file


def line_of(text: str, header: str) -> int:
    """The line where a table starts, counted from 1; 1 if there is no such header (dotted keys, say)."""
    if text.startswith(header):
        return 1
    at = text.find("\n" + header)
    return text.count("\n", 0, at) + 2 if at >= 0 else 1


def _starts_from_contract(mock: spec.Mock) -> bool:
    if mock.response is not UNSET and mock.response.origin == "contract":
        return True
    return bool(mock.responses) and any(variant.origin == "contract" for variant in mock.responses)
