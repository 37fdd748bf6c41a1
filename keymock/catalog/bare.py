"""Mocks without TOML: the files of one method and path → a unit, as if somebody had written the TOML for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from keymock import bare, document, spec
from keymock.catalog.making import Tree, Unit, body
from keymock.exchange import BodyFile
from keymock.index import BodyFault, Context, Listed, Route, compile_mock
from keymock.layout import Item
from keymock.problems import Problem, Severity, error, warning

Files = tuple[Item, ...]
"""The answers of one mock without TOML; files of its overlay come after those that they lie over."""


def groups(items: Iterable[Item]) -> dict[str, Files]:
    """The files of each mock without TOML, by its id."""
    found: dict[str, list[Item]] = {}
    for item in items:
        if item.kind == "bare":
            found.setdefault(item.id, []).append(item)
    return {name: in_order(files) for name, files in found.items()}


def in_order(files: Iterable[Item]) -> Files:
    """By name, those of an overlay last."""
    return tuple(sorted(files, key=lambda item: (item.overlay, item.file)))


def same(unit: Unit, files: Files) -> bool:
    """Whether a unit was made of these files, whatever stands in them."""
    return [file for file, _ in unit.inputs] == [item.file for item in files]


def make(tree: Tree, files: Files, context: Context, digest: str) -> Unit:
    """Compiles one mock without TOML: the lowest 2xx answers (else the lowest of all), the others by `Prefer`."""
    making = _Making(tree)
    chosen = list(making.by_status(files).values())
    routes = making.routes(files[0], chosen, context) if not making.problems else ()
    inputs = tuple((item.file, tree.files.get(item.file)) for item in files)
    return Unit(routes, tuple(making.problems), inputs, (), digest)


def tables(files: Sequence[Item]) -> dict[str, Any]:
    """The TOML that would say the same as these files, the answer that is usually given first."""
    named = _named(files[0])
    return {
        "request": {"method": named.method, "path": _path(files[0])},
        "responses": [{"status": _named(item).status, "body_file": _last(item.file)} for item in _by_rank(files)],
    }


def in_place_of(mock: Item) -> bool:
    """Whether a TOML file has the name that a mock without TOML could have, and so takes over from it."""
    return bare.read(mock.id) is not None


def misnamed(items: Iterable[Item]) -> list[Problem]:
    """What is wrong with files in mocks folders that look like mocks without TOML and are none."""
    found = []
    for item in items:
        wrong = bare.misnamed(_last(item.file)) if item.kind == "asset" and "/mocks/" in item.id_path else None
        if wrong is not None:
            tell = error if wrong.severity == "error" else warning
            found.append(tell(item.file, "bad-mock-name", wrong.message, hint=wrong.hint))
    return found


class _Making:
    """One run of `make`; it is the `Bodies` that `compile_mock` asks for files."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.problems: list[Problem] = []

    def by_status(self, files: Files) -> dict[int, Item]:
        """One file for each status. An overlay's goes before the shared one; two side by side are a problem."""
        chosen: dict[int, Item] = {}
        for item in files:
            status = _named(item).status
            other = chosen.get(status)
            if other is not None and other.overlay == item.overlay:
                message = f"{_last(other.file)} and {_last(item.file)} are both the answer {status}"
                self.problems.append(error(item.file, "two-bodies", message, hint="keep one of them"))
            chosen[status] = item
        return chosen

    def routes(self, first: Item, chosen: Sequence[Item], context: Context) -> tuple[Route, ...]:
        ranked = _by_rank(chosen)
        mock = spec.Mock(
            request=spec.RequestPattern(method=_named(first).method, path=_path(first)),
            responses=[spec.Variant(status=_named(item).status, body_file=item.file) for item in ranked],
        )

        def report(
            where: document.KeyPath, code: str, message: str, hint: str = "", severity: Severity = "error", **_: Any
        ) -> None:
            at = where[1] if where[:1] == ("responses",) and len(where) > 1 else 0
            item = ranked[at] if isinstance(at, int) else first
            self.problems.append(Problem(item.file, 0, 0, code, severity, message, hint))

        made = compile_mock(mock, first, context, self, report)
        private = any(item.overlay for item in chosen)
        return tuple(
            msgspec.structs.replace(
                route, file=ranked[0].file, line=1, bare=True, scope="private" if private else route.scope
            )
            for route in made
        )

    # ---- index.Bodies ------------------------------------------------------------------------------------------

    def sibling(self, variant: str) -> list[str]:  # noqa: ARG002  (the file itself is the body)
        return []

    def load(self, file: str, *, whole: bool = False) -> bytes | BodyFile:  # noqa: ARG002  (never large)
        return body(self.tree, file)

    def folder(self, name: str, *, whole: bool = False) -> Listed:  # noqa: ARG002
        raise BodyFault("bad-folder", f"a mock without TOML has no folder, so not {name}")

    def named(self, name: str) -> bytes:
        raise ValueError(f"a mock without TOML asks for no file, so not for {name}")

    def beside(self, name: str) -> str:
        return name

    in_data = beside


def _named(item: Item) -> bare.BareName:
    named = bare.read(item.id_path)
    if named is None:
        raise AssertionError(f"{item.file} was taken for a mock without TOML")
    return named


def _path(item: Item) -> str:
    return bare.path_of(item.id.partition("/mocks/")[2])


def _by_rank(files: Iterable[Item]) -> list[Item]:
    """The answer that is usually given first: the lowest 2xx, then the others by status."""
    return sorted(files, key=lambda item: (not 200 <= _named(item).status < 300, _named(item).status))


def _last(file: str) -> str:
    return file.rpartition("/")[2]
