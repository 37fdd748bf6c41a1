"""Values → TOML text as keymock writes it: the layout of a new file, and the spelling of one value."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
import tomli_w

from keymock.document.scan import KeyPath
from keymock.document.shape import fields_of

EncHook = Callable[[Any], Any] | None

WIDTH = 100  # a value that makes a longer line gets a table, or lines, of its own

# Tables of free names are written `headers.Accept = …`, one line an entry, so that a change is one line of a diff.
_DOTTED = frozenset({
    "capture", "cookies", "expect", "form", "headers", "jsonpath", "params", "parts", "pointer", "query", "set", "urls",
    "when", "xpath",
})  # fmt: skip

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN = (str, bool, int, float)


def write(value: msgspec.Struct | Mapping[str, Any], *, enc_hook: EncHook = None) -> str:
    """The text of a new file: keys of the whole file first, then its tables, keys in the order given.

    Of a Struct, the fields in their order, without those that hold their default. `enc_hook` spells values that are
    no TOML (a duration). Raises ValueError, with a sentence, for null, nan and infinity.
    """
    tables = plain(value, enc_hook)
    lines: list[str] = []
    _write_table(lines, (), tables)
    return "\n".join(lines).strip("\n") + "\n" if lines else ""


def plain(value: Any, enc_hook: EncHook, path: KeyPath = ()) -> Any:
    """`value` in what TOML has: tables, lists, text, numbers, true and false."""
    if isinstance(value, msgspec.Struct):
        return {
            name: plain(inner, enc_hook, (*path, name))
            for name, field in fields_of(type(value)).items()
            if (inner := getattr(value, field.name)) is not msgspec.UNSET and not _is_default(field, inner)
        }
    if isinstance(value, Mapping):
        return {str(key): plain(inner, enc_hook, (*path, str(key))) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner, enc_hook, (*path, number)) for number, inner in enumerate(value)]
    name = ".".join(map(str, path)) or "the value"
    if value is None:
        raise ValueError(f"`{name}` is null, which TOML does not have; json_text can hold it")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"`{name}` is {value}, which JSON cannot carry")
    if type(value) in _PLAIN:
        return value
    if enc_hook is None:
        raise TypeError(f"`{name}` is a {type(value).__name__}, which needs an enc_hook")
    return plain(enc_hook(value), enc_hook, path)


def _is_default(field: msgspec.structs.FieldInfo, value: Any) -> bool:
    if field.default is not msgspec.NODEFAULT:
        return bool(value == field.default)
    return field.default_factory is not msgspec.NODEFAULT and bool(value == field.default_factory())


def _write_table(lines: list[str], path: tuple[str, ...], table: Mapping[str, Any]) -> None:
    """The pairs of a table, then the tables in it that are too large for a line."""
    tables: list[tuple[tuple[str, ...], Any]] = []
    for name, value in table.items():
        pairs = _pairs(name, value, top=not path)
        if pairs is None:
            tables.append(((*path, name), value))
        else:
            lines.extend(pairs)
    for inner, value in tables:
        header = ".".join(map(key, inner))
        for item in value if isinstance(value, list) else [value]:
            lines += ["", f"[[{header}]]" if isinstance(value, list) else f"[{header}]"]
            _write_table(lines, inner, item)


def _pairs(name: str, value: Any, *, top: bool) -> list[str] | None:
    """The lines `name = value`; None for what should be a table of its own, or several."""
    tables = isinstance(value, dict) or is_list_of_tables(value)
    if top and tables:
        return None
    if name in _DOTTED and isinstance(value, dict) and value:
        return [f"{key(name)}.{key(inner)} = {inline(one)}" for inner, one in value.items()]
    line = f"{key(name)} = {inline(value) if tables else literal(value)}"
    return None if tables and len(line) > WIDTH else [line]


def is_list_of_tables(value: Any) -> bool:
    """Whether a value may be written as `[[…]]`."""
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def key(name: str) -> str:
    """A name as one segment of a key."""
    return name if _BARE.fullmatch(name) else inline(name)


def literal(value: Any) -> str:
    """A value behind `key = `: text with several lines as a multi-line text, a long list one item a line."""
    if isinstance(value, str) and "\n" in value and "\r" not in value:
        if "'''" not in value and not value.endswith("'") and ('"' in value or "\\" in value) and _is_clean(value):
            return f"'''\n{value}'''"
        return _by_tomli_w(value)
    short = inline(value)
    if isinstance(value, list) and len(short) > WIDTH - 20:
        return "[\n" + "".join(f"    {inline(item)},\n" for item in value) + "]"
    return short


def inline(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        pairs = ", ".join(f"{key(name)} = {inline(inner)}" for name, inner in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(inline, value))}]"
    if (
        isinstance(value, str)
        and ('"' in value or "\\" in value)
        and not re.search(r"['\n]", value)
        and _is_clean(value)
    ):
        return f"'{value}'"  # patterns and JSON are readable without escapes
    return _by_tomli_w(value, multiline=False)


def _is_clean(text: str) -> bool:
    return not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text)


def _by_tomli_w(value: Any, *, multiline: bool = True) -> str:
    return tomli_w.dumps({"k": value}, multiline_strings=multiline).removeprefix("k = ").removesuffix("\n")


def lines_of(name: str, value: Any) -> Iterator[str]:
    """The lines that set one key in a table that stands already."""
    yield from (_pairs(name, value, top=False) or [f"{key(name)} = {inline(value)}"])
