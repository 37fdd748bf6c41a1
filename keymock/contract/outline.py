"""A document's outline: which version it is, where it says it lives, which operations it has. Nothing in depth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from keymock.contract.library import Library, Spot, Unresolved
from keymock.contract.model import METHODS, Flaw, Stub

Version = Literal["2.0", "3.0", "3.1", "3.2"]

MOST_OPERATIONS = 20_000
MOST_BASES = 8

_DIALECTS = ("https://json-schema.org/draft/2020-12/", "https://spec.openapis.org/oas/3.")

_VARIABLE = re.compile(r"\{([^{}]+)\}")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


class Outline(msgspec.Struct, frozen=True):
    """`bases` are the paths of the servers, `servers` their absolute addresses, without a final slash."""

    version: Version
    root: Spot
    title: str
    stubs: tuple[Stub, ...]
    bases: tuple[str, ...]
    servers: tuple[str, ...]
    faults: tuple[Flaw, ...]


class NoContract(ValueError):
    """A document that is none of OpenAPI's."""

    def __init__(self, fault: Flaw) -> None:
        super().__init__(fault.message)
        self.fault = fault


def outline(library: Library, file: str) -> Outline:
    """The outline of a document. Raises NoContract, Unreadable, Unresolved."""
    root = library.root(file)
    version = _version(root)
    faults: list[Flaw] = []
    dialect = root.child("jsonSchemaDialect").value
    if isinstance(dialect, str) and not dialect.startswith(_DIALECTS):
        message = f"schemas are read as JSON Schema 2020-12, not as `{dialect[:100]}`"
        faults.append(Flaw(file, ("jsonSchemaDialect",), "contract-shape", message))
    stubs = _named(list(_stubs(library, root, version, faults)), faults)
    servers = _servers(root, version)
    info = root.child("info", "title").value
    return Outline(
        version=version,
        root=root,
        title=info if isinstance(info, str) else "",
        stubs=tuple(stubs),
        bases=tuple(dict.fromkeys(_path_of(server) for server in servers))[:MOST_BASES],
        servers=tuple(server.rstrip("/") for server in servers if "://" in server),
        faults=tuple(faults),
    )


def _version(root: Spot) -> Version:
    if not isinstance(root.value, dict):
        raise NoContract(Flaw(root.file, (), "contract-format", "this is no OpenAPI document: it is no table"))
    given = str(root.value.get("openapi") or root.value.get("swagger") or "")
    for version in ("2.0", "3.0", "3.1", "3.2"):
        if given == version or given.startswith(version + "."):
            return version
    if given == "2":
        return "2.0"
    if given.startswith("3."):
        return "3.2"
    said = f"`{given}` is no version that is read" if given else "it has neither `openapi` nor `swagger`"
    hint = 'the first key says it: openapi: "3.1.0"; read are 2.0, 3.0, 3.1 and 3.2'
    raise NoContract(Flaw(root.file, (), "contract-format", f"this is no OpenAPI document: {said}", hint))


def _stubs(library: Library, root: Spot, version: Version, faults: list[Flaw]) -> Iterator[Stub]:
    paths = root.child("paths")
    if paths.value is not None and not isinstance(paths.value, dict):
        faults.append(Flaw(root.file, ("paths",), "contract-shape", "`paths` is no table"))
    count = 0
    for path, entry in paths.items():
        if path.startswith("x-"):
            continue
        if not path.startswith("/"):
            message = f"the path `{path}` does not start with `/`"
            faults.append(Flaw(entry.file, entry.pointer, "contract-path", message, stops=True))
            continue
        try:
            item = library.follow(entry)
        except Unresolved as fault:
            faults.append(Flaw(entry.file, entry.pointer, fault.code, fault.message, stops=True))
            continue
        for method, spot in _methods(item):
            count += 1
            if count > MOST_OPERATIONS:
                faults.append(Flaw(root.file, ("paths",), "contract-shape", f"more than {MOST_OPERATIONS} operations"))
                return
            if not isinstance(spot.value, dict):
                message = f"the operation {method} {path} is no table"
                faults.append(Flaw(spot.file, spot.pointer, "contract-shape", message, stops=True))
                continue
            if version in ("2.0", "3.0") and not isinstance(spot.value.get("responses"), dict):
                message = f"{method} {path} declares no responses"
                hint = "it answers 200 with no body"
                faults.append(Flaw(spot.file, spot.pointer, "contract-shape", message, hint))
            given, summary = spot.value.get("operationId"), spot.value.get("summary")
            name = given if isinstance(given, str) and given else ""
            yield Stub(f"{method} {path}", name, method, path, summary if isinstance(summary, str) else "", item, spot)


def _methods(item: Spot) -> Iterator[tuple[str, Spot]]:
    for key, spot in item.items():
        if key in METHODS:
            yield key.upper(), spot
        elif key == "additionalOperations":  # 3.2: methods of any name
            yield from ((method, each) for method, each in spot.items() if _TOKEN.fullmatch(method))


def _named(stubs: list[Stub], faults: list[Flaw]) -> Iterator[Stub]:
    """The operations, each with an id of its own: its `operationId`, else its method and path."""
    taken: dict[str, str] = {}
    for stub in stubs:
        name = stub.id
        if name in taken:
            message = f"`{name}` is the operationId of {taken[name]} too"
            hint = f"it is called {stub.key} here"
            faults.append(Flaw(stub.spot.file, (*stub.spot.pointer, "operationId"), "contract-two-ids", message, hint))
            name = ""
        name = name or stub.key
        taken[name] = stub.key
        yield stub._replace(id=name)


def _servers(root: Spot, version: Version) -> list[str]:
    """The addresses of a document, with the defaults of their variables; `/` if it gives none."""
    if version == "2.0":
        base = root.value.get("basePath")
        path = base if isinstance(base, str) else "/"
        host, schemes = root.value.get("host"), root.value.get("schemes")
        if not isinstance(host, str) or not host:
            return [path]
        return [f"{each}://{host}{path}" for each in (schemes if isinstance(schemes, list) and schemes else ["https"])]
    found = [_expanded(server) for server in root.child("servers").each()]
    items = [item for _, item in root.child("paths").items()]
    for item in items:
        found += [_expanded(server) for server in item.child("servers").each()]
        for _, operation in _methods(item):
            found += [_expanded(server) for server in operation.child("servers").each()]
    return [server for server in dict.fromkeys(found) if server] or ["/"]


def _expanded(server: Spot) -> str:
    """The address of a server, each variable replaced by its default, else by the first of its values."""
    url = server.child("url").value
    if not isinstance(url, str):
        return ""

    def value(match: re.Match[str]) -> str:
        variable = server.child("variables", match[1])
        chosen = variable.child("default").value
        if chosen is None:
            chosen = variable.child("enum", "0").value
        return str(chosen) if chosen is not None else match[1]

    return _VARIABLE.sub(value, url)


def _path_of(server: str) -> str:
    try:
        path = urlsplit(server).path
    except ValueError:
        return ""
    path = path.rstrip("/")
    return path if not path or path.startswith("/") else f"/{path}"
