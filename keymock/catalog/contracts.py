"""The contracts of the projects: which documents they are, and the unit that each becomes, one route an operation."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from keymock import contract, spec
from keymock.catalog.contexts import Contexts
from keymock.catalog.making import Tree, Unit, holds
from keymock.catalog.opened import NAMES, Named, Opened
from keymock.catalog.source import MAX_BODY, content
from keymock.contract import Contract, Stub
from keymock.contract.answering import usual
from keymock.contract.library import Unresolved, beside
from keymock.contract.lines import lines_of
from keymock.contract.paths import bases_of, patterns
from keymock.index import BodyFault, Context, Route, compile_mock
from keymock.index.report import Unfiled
from keymock.layout import Item
from keymock.problems import Problem, error

LINES_UP_TO = 1024 * 1024
"""Bytes of a document whose operations know their lines; in a larger one they are looked up when they are wanted."""


def named(projects: Mapping[str, spec.Project], folders: Mapping[str, str], files: Mapping[str, object]) -> list[Named]:
    """The documents of every project; those that lead out of the workspace are left for `wrong_names`."""
    found: list[Named] = []
    for project, settings in projects.items():
        folder = folders[project]
        for file in _files(settings, folder, files):
            inside = file.startswith(folder + "/")
            name = file[len(folder) + 1 :] if inside else file.rpartition("/")[2]
            found.append(Named(f"projects/{project}/{name}", project, f"projects/{project}", file))
    return found


def _files(settings: spec.Project, folder: str, files: Mapping[str, object]) -> Iterator[str]:
    given = [settings.contract] if isinstance(settings.contract, str) else settings.contract
    if not given:
        yield from [f"{folder}/{name}" for name in NAMES if f"{folder}/{name}" in files][:1]
    for name in given:
        try:
            yield beside(name, f"{folder}/project.toml")
        except Unresolved:
            continue


def wrong_names(projects: Mapping[str, spec.Project], folders: Mapping[str, str]) -> Iterator[Problem]:
    """Documents that are none of the workspace's files."""
    for project, settings in projects.items():
        for name in [settings.contract] if isinstance(settings.contract, str) else settings.contract:
            try:
                beside(name, f"{folders[project]}/project.toml")
            except Unresolved as fault:
                yield error(f"{folders[project]}/project.toml", fault.code, fault.message)


def opened(
    name: Named, tree: Tree, contexts: Contexts, settings: spec.Project, known: Iterable[Unit | None], keep_good: bool
) -> tuple[Unit, Opened]:
    """The contract of a document: as it was, if all its files still are; else read anew.

    `known` are units of it from before; with `keep_good` the first of them stands in for a document that broke.
    """
    before = [unit for unit in known if unit is not None]
    units = [unit for unit in before if unit.trees]
    item = Item(f"{tree.layout.folder_of(name.space)}/mocks/_", "mock", name.space, name.id)
    context, digest = contexts.of(item)
    said = msgspec.json.encode((digest, settings.contract_answers, settings.base_path))
    digest = hashlib.blake2b(said, digest_size=12).hexdigest()
    read = reader(tree)
    for unit in before:
        _list(tree, [file for file, _ in unit.inputs])
        if holds(unit, tree, digest, ""):
            later = _later(unit, read) if unit.trees else lambda: None  # broken, and still what it was
            return unit, _opened(name, unit, later, settings, context)
    reading = _Reading(read, tree)
    made, flaws = contract.load(name.file, reading.read)
    routes: tuple[Route, ...] = ()
    if made is not None:
        lines = _lines(made, read)
        if settings.contract_answers != "none":
            routes = tuple(_routes(made, name, context, settings, lines))
    problems = contract.problems(flaws, read)
    inputs = tuple((file, tree.files.get(file)) for file in reading.asked)
    trees = made.trees() if made is not None else ()
    unit = Unit(routes, tuple(problems), inputs, (), digest, trees=trees)
    if made is None and keep_good and units:
        unit = msgspec.structs.replace(unit, routes=units[0].routes, trees=units[0].trees)
        return unit, _opened(name, unit, _later(unit, read), settings, context)
    return unit, _opened(name, unit, lambda: made, settings, context)


def _opened(
    name: Named, unit: Unit, later: Callable[[], Contract | None], settings: spec.Project, context: Context
) -> Opened:
    return Opened(name, tuple(file for file, _ in unit.inputs), later, settings.base_path, context.validate)


def _list(tree: Tree, files: Iterable[str]) -> None:
    """Takes files into the listing that lie outside of the folders that are listed."""
    for file in files:
        if file not in tree.files:
            stamp = tree.source.stamp(file)
            if stamp is not None:
                tree.files[file] = stamp  # type: ignore[index]  # a dict, while the tree is being loaded


def _later(unit: Unit, read: contract.Read) -> Callable[[], Contract | None]:
    known: list[Contract] = []

    def open_now() -> Contract | None:
        if not known:
            known.append(contract.reopened(unit.trees, read))
        return known[0]

    return open_now


def reader(tree: Tree) -> contract.Read:
    """Reads a file of the workspace for a document. Raises ValueError with a sentence."""

    def read(file: str) -> bytes:
        stamps = tree.files if file in tree.files else {}
        if not stamps:
            stamp = tree.source.stamp(file)
            stamps = {file: stamp} if stamp is not None else {}
        try:
            return content(tree.source, stamps, file, MAX_BODY)
        except BodyFault as fault:
            raise ValueError(fault.message) from None

    return read


class _Reading:
    """Reads files and notes which; those outside of the listed folders are listed from now on."""

    def __init__(self, read: contract.Read, tree: Tree) -> None:
        self._read = read
        self._tree = tree
        self.asked: list[str] = []

    def read(self, file: str) -> bytes:
        if file not in self.asked:
            self.asked.append(file)
            _list(self._tree, [file])
        return self._read(file)


def _lines(made: Contract, read: contract.Read) -> dict[tuple[str, tuple[str, ...]], int]:
    """The line of each operation, by file and place."""
    by_file: dict[str, list[tuple[str, ...]]] = {}
    for stub in made.outline.stubs:
        by_file.setdefault(stub.spot.file, []).append(stub.spot.pointer)
    found: dict[tuple[str, tuple[str, ...]], int] = {}
    for file, pointers in by_file.items():
        data = read(file)
        if len(data) <= LINES_UP_TO:
            lines = lines_of(data.decode("utf-8", "replace"), pointers)
            found.update({(file, pointer): line for pointer, line in lines.items()})
    return found


def _routes(
    made: Contract,
    name: Named,
    context: Context,
    settings: spec.Project,
    lines: Mapping[tuple[str, tuple[str, ...]], int],
) -> Iterator[Route]:
    bases = bases_of(made.outline.bases, settings.base_path)
    plain = msgspec.structs.replace(context, base_path="")
    model = _model(name, plain)
    for stub in made.outline.stubs:
        if stub.method in ("TRACE", "CONNECT"):
            continue
        if settings.contract_answers == "examples" and not _has_example(made, stub):
            continue
        status, _ = usual(made.operation(stub.key))
        yield msgspec.structs.replace(
            model,
            answers=(msgspec.structs.replace(model.answers[0], status=status),),
            id=f"{name.id}#{stub.id}",
            file=stub.spot.file,
            line=lines.get((stub.spot.file, stub.spot.pointer), 0),
            name=stub.summary,
            methods=(stub.method,),
            patterns=patterns(stub.path, bases),
            operation=stub.key,
            contract=name.id,
        )


def _model(name: Named, context: Context) -> Route:
    """What every operation of a contract has from the folders above it: headers, delay, guard, CORS."""
    item = Item(name.file, "mock", name.space, name.id)
    (route,) = compile_mock(spec.Mock(request=spec.RequestPattern(path="/")), item, context, Unfiled(), _tell)
    return route


def _tell(*said: object, **_: object) -> None:
    raise AssertionError(said)  # defaults that are broken were told where they stand, and are none


def _has_example(made: Contract, stub: Stub) -> bool:
    _, response = usual(made.operation(stub.key))
    return response is None or not response.content or any(media.examples for media in response.content)
