"""A file's bytes → its Struct, and all its problems at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from keymock.document import syntax, text
from keymock.document.place import Node, Part, Place, locate
from keymock.document.place import place as place_of
from keymock.document.scan import KeyPath, scan
from keymock.learned import learned
from keymock.problems import Problem, Severity

if TYPE_CHECKING:
    from keymock.document import shape

T = TypeVar("T")

DecHook = Callable[[type, Any], Any] | None
"""Reads what msgspec cannot by itself; see `msgspec.convert`."""

MOST = 50  # problems of one file: beyond that, another file was meant


class Parsed(msgspec.Struct, Generic[T], frozen=True, dict=True):
    """A file that was read. `value` is None exactly if `problems` holds an error.

    `tables` are the raw TOML tables, dates as text: {} where the syntax is broken. `text` has LF line ends.
    """

    path: str
    text: str
    tables: dict[str, Any]
    value: T | None
    problems: tuple[Problem, ...] = ()

    @property
    def lines(self) -> list[str]:
        """The source lines, without their ends."""
        return self.text.split("\n")

    @cached_property
    def places(self) -> dict[KeyPath, Node]:
        """Where each key path stands. Worked out when first asked for, that is when there is a problem."""
        return locate(scan(self.text))


def parse(
    data: bytes, path: str, kind: type[T], *, dec_hook: DecHook = None, reader: syntax.Read | None = None
) -> Parsed[T]:
    """Read one TOML file. `path` is for the problems; `reader` is the TOML parser, the fastest one by default.

    Never raises for what stands in the file: every fault of it is in `.problems`.
    """
    decoded = text.decode(data, path)
    if isinstance(decoded, Problem):
        return Parsed(path, "", {}, None, (decoded,))
    broken = text.conflict(decoded, path)
    if broken:
        return Parsed(path, decoded, {}, None, (broken,))
    tables = syntax.read(decoded, path, reader or syntax.fastest())
    if isinstance(tables, Problem):
        return Parsed(path, decoded, {}, None, (tables,))
    if syntax.holds_special_values(tables):
        return _parse_special(decoded, path, tables, kind, dec_hook)
    return _convert(decoded, path, tables, kind, dec_hook, ())


def convert(parsed: Parsed[Any], tables: dict[str, Any], kind: type[T], *, dec_hook: DecHook = None) -> Parsed[T]:
    """Reads other tables in the place of a file's own, say with another document's laid over them.

    Their faults are placed in this file as far as its keys are the same.
    """
    return _convert(parsed.text, parsed.path, tables, kind, dec_hook, ())


def _parse_special(decoded: str, path: str, tables: syntax.Tables, kind: type[T], dec_hook: DecHook) -> Parsed[T]:
    special: list[tuple[KeyPath, str, str]] = []
    tables = syntax.plain(tables, (), special)
    from keymock.document import shape  # noqa: PLC0415  (as in _convert)

    unfit = [shape.ShapeFault(where, "value", "bad-value", message, hint) for where, message, hint in special]
    return _convert(decoded, path, tables, kind, dec_hook, unfit)


def _convert(
    decoded: str,
    path: str,
    tables: syntax.Tables,
    kind: type[T],
    dec_hook: DecHook,
    unfit: Iterable[shape.ShapeFault],
) -> Parsed[T]:
    try:
        value = msgspec.convert(tables, learned(kind), dec_hook=dec_hook)
        found = list(unfit)
    except (msgspec.ValidationError, NotImplementedError):
        value = None
        from keymock.document import shape  # noqa: PLC0415  (good files never need it, and it costs 15 ms)

        found = [*unfit, *islice(shape.faults(tables, kind, dec_hook), MOST + 1)]
    if not found:
        return Parsed(path, decoded, tables, value)
    return Parsed(path, decoded, tables, None, _problems(Parsed(path, decoded, tables, None), found))


def _problems(parsed: Parsed[Any], found: list[shape.ShapeFault]) -> tuple[Problem, ...]:
    problems = [
        problem_at(parsed, fault.path, fault.code, fault.message, fault.hint, part=fault.part) for fault in found[:MOST]
    ]
    problems.sort(key=lambda problem: (problem.line, problem.column))
    if len(found) > MOST:
        message = f"more than {MOST} problems; the rest is not shown"
        problems.append(Problem(parsed.path, 0, 0, "too-many-problems", "error", message))
    return tuple(problems)


def place(parsed: Parsed[Any], keypath: KeyPath, *, part: Part = "key", character: int = 0) -> Place:
    """Line, column and source line of a key path such as `("responses", 0, "headers", "X")`.

    `part` is the key or its value; `character` counts into a text value from 0, escapes and folded lines understood,
    so that a fault inside a pattern or a template can be pointed at. A path that the file does not have is placed at
    the nearest table around it; zeros mean the whole file.
    """
    return place_of(parsed.text, parsed.places, keypath, part, character)


def problem_at(
    parsed: Parsed[Any],
    keypath: KeyPath,
    code: str,
    message: str,
    hint: str = "",
    severity: Severity = "error",
    *,
    part: Part = "key",
    character: int = 0,
) -> Problem:
    """A problem that later rooms find, at the key (or at a character of the value) that it is about."""
    where = place(parsed, keypath, part=part, character=character)
    return Problem(parsed.path, where.line, where.column, code, severity, message, hint, where.excerpt)
