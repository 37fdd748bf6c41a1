"""What every kind of seed file gives: entries, each a record as it is written, and where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class SeedError(ValueError):
    """A seed file that cannot be served. `line` counts from 1; 0 means the whole file."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


class Entry(NamedTuple):
    """One record as the file has it: where it stands, and the id that its key says, if it has a key."""

    value: Any
    line: Callable[[], int]
    named: str | None = None


def decode(data: bytes) -> str:
    """The text of a seed file: UTF-8, without a byte order mark, lines ending in LF. Raises SeedError."""
    try:
        decoded = data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as bad:
        line = data.count(b"\n", 0, bad.start) + 1
        raise SeedError(f"the byte 0x{data[bad.start]:02X} is not UTF-8; save the file as UTF-8", line) from None
    return decoded.replace("\r\n", "\n")
