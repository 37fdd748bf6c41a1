"""The rows of a data file: a flow runs once for each, with its columns as variables."""

from __future__ import annotations

import csv
from typing import Any

from keymock.exchange import NOT_JSON, read_json

MOST = 10_000


class NoRows(ValueError):
    """The file holds no rows, in a sentence."""


def rows(name: str, data: bytes) -> list[dict[str, Any]]:
    """A CSV file with a head, or a JSON list of objects. Values of a CSV file are text. Raises NoRows."""
    found = _of_json(data) if name.lower().endswith(".json") else _of_csv(name, data)
    if not found:
        raise NoRows(f"{name} has no rows")
    if len(found) > MOST:
        raise NoRows(f"{name} has {len(found)} rows; {MOST} are run at most")
    for row in found:
        bad = next((key for key in row if not key.isidentifier()), None)
        if bad is not None:
            raise NoRows(f"the column `{bad}` of {name} cannot be the name of a variable")
    return found


def _of_json(data: bytes) -> list[dict[str, Any]]:
    value = read_json(data)
    if value is NOT_JSON or not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise NoRows("a JSON data file is a list of objects")
    return value


def _of_csv(name: str, data: bytes) -> list[dict[str, Any]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NoRows(f"{name} is not UTF-8") from None
    reader = csv.DictReader(text.splitlines(keepends=True))
    found = list(reader)
    if any(None in row or None in row.values() for row in found):
        raise NoRows(f"{name} has rows with more or fewer fields than its head")
    return found
