"""TOML 1.0 text → tables, or the problem that prevents it. The only place that calls a TOML parser.

toml-rs is eight times as fast as tomllib, and tomllib is the reference: a differential test holds them equal, and it
takes over where toml-rs is not installed. Neither meets hostile input unguarded: toml-rs overflows its stack at a few
thousand levels and takes the process along; tomllib needs 12 s for a dotted key of 40 KB.
"""

from __future__ import annotations

import datetime
import math
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from keymock.document.place import place_at, repeated
from keymock.document.scan import MAX_DEPTH, Fault, KeyPath, Tree, Value, nested_too_deep, scan
from keymock.problems import Problem

_LONG_NUMBER = "as text, in quotes, it may be as long as you like"

Tables = dict[str, Any]
Read = Callable[[str], Tables]


AT_HAND: Read = tomllib.loads
"""The reader that is there without being loaded: for the few settings files that nearly every command reads."""


def read_with_toml_rs(text: str) -> Tables:
    """As TOML 1.0 (its default is 1.1); ValueError at a fault."""
    import toml_rs  # noqa: PLC0415  (13 ms, in which tomllib reads a hundred small files)

    tables: Tables = toml_rs.loads(text, toml_version="1.0.0")
    return tables


@cache
def fastest() -> Read:
    """The reader for many files."""
    try:
        import toml_rs  # noqa: F401, PLC0415
    except ImportError:  # a young library with compiled wheels: not to be had everywhere
        return AT_HAND
    return read_with_toml_rs


def read(text: str, path: str, reader: Read) -> Tables | Problem:
    """The tables of `text`, dates and times as RFC 3339 text; or what is wrong with its syntax."""
    deep = nested_too_deep(text)
    if deep is not None and deep >= 0:
        message = f"tables and lists go more than {MAX_DEPTH} levels deep"
        return _problem(text, path, Fault(deep, message, "keep such a value in a body file", "too-deep"))
    try:
        # A quotation that is never closed hides the depth of what follows: tomllib stops at it, toml-rs reads on.
        return (reader if deep is None else tomllib.loads)(text)
    except (ValueError, RecursionError) as bad:
        return _problem(text, path, _diagnose(text, bad))


def _diagnose(text: str, bad: Exception) -> Fault:
    """The parser says that there is a fault; our own scanner says in words which one."""
    tree = scan(text)
    return tree.fault or senseless(tree) or repeated(tree) or Fault(-1, _sentence(bad))


def senseless(tree: Tree) -> Fault | None:
    """The first value that is spelt rightly and means nothing: a 30th of February, a number of 5 000 digits."""
    for line in tree.lines:
        for value in _scalars(line.pair.value) if line.pair else ():
            word = tree.text[value.start : value.end]
            if re.match(r"\d{4}-|\d\d:", word):
                try:
                    (datetime.time if word[2] == ":" else datetime.datetime).fromisoformat(word)
                except ValueError as bad:
                    return Fault(value.start, f"`{word}` is no date or time: {bad}")
            elif len(word) > 4_000:
                return Fault(value.start, "this is a number of more than 64 bits", _LONG_NUMBER, "bad-value")
    return None


def _scalars(value: Value) -> Iterator[Value]:
    if value.kind == "scalar":
        yield value
    for inner in (*value.items, *(pair.value for pair in value.pairs)):
        yield from _scalars(inner)


def _sentence(bad: Exception) -> str:
    last = str(bad).rsplit("\n", 1)[-1].split(" (at ")[0]
    return last[:1].lower() + last[1:].split(";")[0]


def _problem(text: str, path: str, fault: Fault) -> Problem:
    line, column, excerpt = place_at(text, fault.offset) if fault.offset >= 0 else (0, 0, "")
    return Problem(path, line, column, fault.code, "error", fault.message, fault.hint, excerpt)


def holds_special_values(tables: Tables) -> bool:
    """Whether `plain` has anything to do: a date or time, nan, inf, or a number of 64 bits and up."""
    waiting: list[Any] = [tables]
    for one in waiting:
        for value in one.values() if type(one) is dict else one:
            kind: type = type(value)
            if kind is str or kind is bool:
                continue
            if kind is dict or kind is list:
                waiting.append(value)
            elif kind is int:
                if not -(2**63) <= value < 2**63:
                    return True
            elif kind is not float or not math.isfinite(value):
                return True
    return False


def plain(value: Any, path: KeyPath, faults: list[tuple[KeyPath, str, str]]) -> Any:
    """`value` with dates as RFC 3339 text; adds to `faults` what neither JSON nor HTTP can carry."""
    if isinstance(value, dict):
        return {key: plain(inner, (*path, key), faults) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner, (*path, number), faults) for number, inner in enumerate(value)]
    if isinstance(value, float) and not math.isfinite(value):
        faults.append((path, f"`{path[-1]}` is {value}, which JSON cannot carry", ""))
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        faults.append((path, f"`{path[-1]}` is a number of more than 64 bits", _LONG_NUMBER))
    elif isinstance(value, datetime.date | datetime.time):
        return value.isoformat().replace("+00:00", "Z")
    return value
