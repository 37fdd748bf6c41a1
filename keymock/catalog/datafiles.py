"""Files of a space's `data/` folder as templates read them: `data/prices.json` is `data.prices`."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from keymock import document
from keymock.exchange import MAX_JSON_DEPTH, NOT_JSON, read_json
from keymock.layout import Item
from keymock.problems import Problem, error

MOST = 10 * 1024 * 1024
"""Bytes of one file."""

_NAMED = re.compile(r"data/([A-Za-z_][A-Za-z0-9_]*)\.(json|csv|toml)")


def name_of(item: Item) -> str:
    """What templates call a file; empty for one that they cannot."""
    if item.kind != "asset" or item.overlay:
        return ""
    found = _NAMED.fullmatch(item.id_path.removeprefix(f"{item.space}/"))
    return found[1] if found else ""


def read(data: bytes, file: str) -> tuple[Any, tuple[Problem, ...]]:
    """What a file holds: any JSON, the tables of TOML, or a list of CSV's rows; None with what is wrong with it."""
    from keymock.store.entries import SeedError, decode  # noqa: PLC0415  (10 ms, and most workspaces have no data)
    from keymock.store.table import rows  # noqa: PLC0415  (as above)

    kind = file.rpartition(".")[2]
    try:
        if kind == "toml":
            parsed = document.parse(data, file, dict[str, Any])
            return parsed.value, parsed.problems
        return (_json(decode(data)) if kind == "json" else rows(decode(data))), ()
    except SeedError as fault:
        return None, (error(file, "bad-data", fault.message, line=fault.line),)


def _json(decoded: str) -> Any:
    from keymock.store.entries import SeedError  # noqa: PLC0415  (as in read)

    value = read_json(decoded.encode())
    if value is not NOT_JSON:
        return value
    if not decoded.strip():
        raise SeedError("the file is empty")
    try:
        msgspec.json.decode(decoded)
    except msgspec.DecodeError as fault:
        at = re.search(r"\(byte (\d+)\)", str(fault))
        line = decoded.encode().count(b"\n", 0, int(at[1])) + 1 if at else 0
        raise SeedError(f"this is not JSON: {str(fault).removeprefix('JSON is malformed: ')}", line) from None
    except RecursionError:
        pass
    raise SeedError(f"this JSON goes more than {MAX_JSON_DEPTH} levels deep")
