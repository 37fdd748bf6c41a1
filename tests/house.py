"""What the house rules mean, as functions over a tree of modules: layers, cycles, purity, mirrors, names, state.

Each gives sentences, one a breach; none means that the rule holds. `test_house.py` asks them about `keymock/`, and
about small trees that break each rule.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

WORLDLY = frozenset({
    "aiohttp", "asyncio", "builtins", "ctypes", "fcntl", "getpass", "git", "glob", "granian", "http", "importlib",
    "io", "logging", "mmap", "multiprocessing", "os", "pathlib", "platform", "secrets", "select",
    "selectors", "shutil", "signal", "socket", "socketserver", "ssl", "subprocess", "sys", "tempfile", "threading",
    "time", "uuid", "watchdog", "webbrowser",
})  # fmt: skip
"""What a pure room does not import: the disk, the net, the clock, other processes, threads.

`random` is looked at more closely: `random.Random(seed)` is as pure as arithmetic, all else in it is chance.
"""

WORLDLY_CALLS = frozenset({"open", "input", "print", "eval", "exec", "__import__", "compile"})
CLOCK_CALLS = frozenset({"now", "today", "utcnow"})
"""Methods of datetime and date that look at the clock."""

EMPTY_WORDS = frozenset({"util", "utils", "helper", "helpers", "common", "manager", "managers", "misc"})
MUTABLE_MAKERS = frozenset({"dict", "list", "set", "bytearray", "defaultdict", "deque", "OrderedDict", "Counter"})
CONSTANT = re.compile(r"_{0,2}[A-Z][A-Z0-9_]*|__all__")
CHANGING_METHODS = frozenset({
    "add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "setdefault",
    "update",
})  # fmt: skip


HOME = re.compile(r"(?<![\w.~])/(?:home|Users)/(?!ada/|bob/)[a-z]\w*/|[A-Z]:\\\\?Users\\")
"""Somebody's home folder. Ada and Bob live in examples only."""


KEEPING = re.compile(r"[*+?}]\+|\(\?>")
NO_PATTERN = re.compile(r"\\.|\[\^?\]?[^\]]*\]|\(\)[*+]+|/\*\+(?:json|xml)", re.DOTALL)
"""Where the same characters mean nothing of the kind: escaped, in a class, among those of a URL, in a media type."""


class Module(NamedTuple):
    """One file of the package: its dotted name, its syntax tree, and where it lies."""

    name: str
    file: Path
    tree: ast.Module

    @property
    def room(self) -> str:
        """`keymock.match.regex` → `match`; the package itself is its own room."""
        return self.name.split(".")[1] if "." in self.name else self.name


Modules = Mapping[str, Module]


def modules(package: Path) -> dict[str, Module]:
    """All modules of a package by dotted name; a folder's `__init__` has the folder's name."""
    found = {}
    for file in sorted(package.rglob("*.py")):
        parts = file.relative_to(package.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = Module(name, file, ast.parse(file.read_text(encoding="utf-8"), str(file)))
    return found


def imports(module: Module, known: Modules) -> set[str]:
    """The modules of the package that a module imports, wherever in its text."""
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node)
            names = [f"{base}.{alias.name}" if f"{base}.{alias.name}" in known else base for alias in node.names]
        else:
            continue
        found.update(name for name in names if name in known)
    return found - {module.name}


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    """The dotted name that an import starts from, dots in front of it resolved."""
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    if module.file.name != "__init__.py":
        parts = parts[:-1]
    parts = parts[: len(parts) - node.level + 1]
    return ".".join([*parts, *([node.module] if node.module else [])])


def upward_imports(known: Modules, layers: Mapping[str, int]) -> Iterator[str]:
    """A room imports its own layer and lower ones."""
    for module in known.values():
        for name in sorted(imports(module, known)):
            here, there = module.room, known[name].room
            if here in layers and there in layers and layers[there] > layers[here]:
                yield f"{module.name} (layer {layers[here]}) imports {name} (layer {layers[there]})"


def cycles(known: Modules) -> Iterator[str]:
    """No module imports itself by way of others, and no room does. Of several cycles, one each is told."""
    by_module = {name: imports(module, known) for name, module in known.items()}
    by_room: dict[str, set[str]] = {}
    for name, found in by_module.items():
        room = known[name].room
        by_room.setdefault(room, set()).update(known[other].room for other in found if known[other].room != room)
    for graph in (by_module, by_room):
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as fault:
            yield " imports ".join(reversed(fault.args[1]))


def rooms_without_a_layer(known: Modules, layers: Mapping[str, int]) -> Iterator[str]:
    """The table of layers and the rooms are the same."""
    rooms = {module.room for module in known.values()}
    yield from (f"{room} stands in no layer" for room in sorted(rooms - layers.keys()))
    yield from (f"there is no room {room}" for room in sorted(layers.keys() - rooms))


def impurities(known: Modules, layers: Mapping[str, int], highest: int) -> Iterator[str]:
    """Rooms up to the layer `highest` touch nothing but their arguments."""
    for module in known.values():
        if layers.get(module.room, highest + 1) > highest:
            continue
        chance = any(isinstance(node, ast.Import) and "random" in _names(node) for node in ast.walk(module.tree))
        for node in ast.walk(module.tree):
            for deed in _worldly(node, chance=chance):
                yield f"{module.name}:{getattr(node, 'lineno', 0)} {deed}"


def _names(node: ast.Import) -> set[str]:
    return {alias.name for alias in node.names}


def _worldly(node: ast.AST, *, chance: bool) -> Iterator[str]:
    """What a node does that a pure room must not. `chance` says that `random` is Python's module here."""
    if isinstance(node, ast.Import):
        names = {alias.name.partition(".")[0] for alias in node.names}
        yield from (f"imports {name}" for name in sorted(names & WORLDLY))
    elif isinstance(node, ast.ImportFrom) and not node.level:
        top = (node.module or "").partition(".")[0]
        if top in WORLDLY:
            yield f"imports {top}"
        if top == "random" and {alias.name for alias in node.names} != {"Random"}:
            yield "imports chance"
    elif isinstance(node, ast.Attribute):
        if chance and isinstance(node.value, ast.Name) and node.value.id == "random" and node.attr != "Random":
            yield f"takes chances by random.{node.attr}"
    elif isinstance(node, ast.Call):
        if ast.unparse(node.func).split(".")[-1] == "Random" and not node.args:
            yield "takes chances by a Random without a seed"
        if isinstance(node.func, ast.Name) and node.func.id in WORLDLY_CALLS - {"compile"}:
            yield f"calls {node.func.id}()"
        elif isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK_CALLS:
            owner = node.func.value
            if isinstance(owner, ast.Name | ast.Attribute) and ast.unparse(owner).split(".")[-1] in (
                "datetime",
                "date",
            ):
                yield f"looks at the clock by {ast.unparse(node.func)}()"


def without_tests(known: Modules, tests: Path, excused: Collection[str]) -> Iterator[str]:
    """Every module has a test file of its own, but for what is excused; and nothing is excused in vain.

    `keymock/roles/globs.py` is tested in `tests/roles/`, in `test_globs.py` or with any word between, for no two test
    files may have one name: `test_roles_globs.py`. A flat room is tested in `tests/test_<room>.py`. A module without
    a single function does nothing: it needs none.
    """
    for name, module in known.items():
        wanted = mirror(module)
        shorter = wanted.with_name(f"test_{name.rpartition('.')[2]}.py")
        tested = (tests / shorter).exists() or any((tests / wanted.parent).glob(f"test_*_{shorter.name[5:]}"))
        owed = does_something(module.tree) and not tested
        if name in excused and not owed:
            yield f"{name} is excused in vain"
        elif owed and name not in excused:
            yield f"{name} has no test: write tests/{wanted}"
    yield from (f"{name} is excused and is no module" for name in sorted(set(excused) - known.keys()))


def mirror(module: Module) -> Path:
    """Where the tests of a module lie by their full name, below `tests/`."""
    parts = module.name.split(".")[1:] or [module.name]
    return Path(*parts[:-1], f"test_{'_'.join(parts)}.py")


def does_something(tree: ast.Module) -> bool:
    """Whether a module has any function, be it in a class."""
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) for node in ast.walk(tree))


def empty_names(known: Modules) -> Iterator[str]:
    """No module and no class is called after nothing in particular."""
    for module in known.values():
        if EMPTY_WORDS & set(re.split(r"[._]", module.name)):
            yield f"{module.name} says nothing by its name"
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and EMPTY_WORDS & set(_words(node.name)):
                yield f"{module.name}: the class {node.name} says nothing by its name"


def _words(camel: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", camel)]


def unlearned(known: Modules, layers: Mapping[str, int], face: int) -> Iterator[str]:
    """Below the faces, where threads may meet, nothing is read as a type that is not `learned` whole."""
    for module in known.values():
        if layers.get(module.room, face) >= face or module.name == "keymock.learned":
            continue
        for node in ast.walk(module.tree):
            kind = _read_as(node) if isinstance(node, ast.Call) else None
            if kind is not None and not ast.unparse(kind).startswith("learned("):
                yield f"{module.name}:{kind.lineno} reads as {ast.unparse(kind)}, which is not learned"


def _read_as(call: ast.Call) -> ast.expr | None:
    """The type that a call of msgspec is to read something as."""
    name = ast.unparse(call.func)
    if not name.startswith("msgspec."):
        return None
    place = {"convert": 1, "Decoder": 0, "decode": 2}.get(name.rpartition(".")[2], len(call.args))
    named = [given.value for given in call.keywords if given.arg == "type"]
    return named[0] if named else call.args[place] if place < len(call.args) else None


def shared_state(known: Modules) -> Iterator[str]:
    """Nothing mutable lives in a module: tables are constants, named so, and nobody changes them."""
    for module in known.values():
        tables: set[str] = set()
        for statement in module.tree.body:
            for name, value in _assigned(statement):
                if not _is_mutable(value):
                    continue
                tables.add(name)
                if not CONSTANT.fullmatch(name):
                    yield f"{module.name}:{statement.lineno} keeps something mutable in `{name}`"
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Global):
                yield f"{module.name}:{node.lineno} changes the global {', '.join(node.names)}"
        for function in ast.walk(module.tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for line, name in _changed(function, tables):
                    yield f"{module.name}:{line} changes the table {name}"


def _assigned(node: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                yield target.id, node.value
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        yield node.target.id, node.value


def _is_mutable(value: ast.expr) -> bool:
    if isinstance(value, ast.Dict | ast.List | ast.Set | ast.DictComp | ast.ListComp | ast.SetComp):
        return True
    if not isinstance(value, ast.Call):
        return False
    maker = value.func.value if isinstance(value.func, ast.Subscript) else value.func
    return ast.unparse(maker).split(".")[-1] in MUTABLE_MAKERS


def _changed(function: ast.AST, tables: set[str]) -> Iterator[tuple[int, str]]:
    for node in ast.walk(function):
        targets: Iterable[ast.expr] = ()
        if isinstance(node, ast.Assign | ast.Delete):
            targets = node.targets
        elif isinstance(node, ast.AugAssign):
            targets = [node.target]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if node.func.attr in CHANGING_METHODS and isinstance(owner, ast.Name) and owner.id in tables:
                yield node.lineno, owner.id
        for target in targets:
            if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name) and target.value.id in tables:
                yield target.lineno, target.value.id


def unreliable_patterns(known: Modules) -> Iterator[str]:
    """No pattern has a possessive quantifier or an atomic group.

    CPython came with both in 3.11, and before 3.11.5 (Debian 12 has 3.11.2) `(?:ab|c)*+` and its like match what they
    must not and miss what they must: a text that a mask should hide, say. Write the pattern so that each text can be
    read in one way only (`[^"\\]*(?:\\.[^"\\]*)*`): then giving something back leads nowhere, and takes no time.
    """
    for module in known.values():
        if not any(isinstance(node, ast.Import) and "re" in _names(node) for node in ast.walk(module.tree)):
            continue
        for line, text in _texts(module.tree):
            found = KEEPING.search(NO_PATTERN.sub("x", text))
            if found:
                yield f"{module.name}:{line} has {found[0]} in a pattern"


def _texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Each text as it is written, with its line; `x` stands for a value that is put into it."""
    parts: set[ast.expr] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts.update(node.values)
            told = (str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
            yield node.lineno, "".join(told)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and node not in parts:
            yield node.lineno, node.value if isinstance(node.value, str) else node.value.decode("latin-1")


def told_places(files: Iterable[Path], root: Path, places: Iterable[Path], hosts: Iterable[str]) -> Iterator[str]:
    """No file names a folder of the machine it was written on, or the host that its packages came from."""
    wanted = [f"{place}/" for place in places if len(place.parts) > 1 and place != Path("/tmp")]
    for file in files:
        try:
            text = (root / file).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue
        for found in (*(place for place in wanted if place in text), *(host for host in hosts if host in text)):
            yield f"{file} contains {found}"
        home = HOME.search(text)
        if home:
            yield f"{file} contains {home[0]}"
