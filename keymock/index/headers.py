"""The headers that a file may have sent: what is refused in them, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

FRAMING = frozenset({
    "connection", "content-length", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip
"""Headers that say how a message is framed: the server's own business, and a way to break it."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class HeaderFault(NamedTuple):
    """What is wrong with one header. `name` is as the file spells it."""

    name: str
    code: str
    message: str
    hint: str = ""


def faults(headers: Mapping[str, str | list[str]]) -> Iterator[HeaderFault]:
    """Everything wrong with a table of headers."""
    seen: dict[str, str] = {}
    for name, value in headers.items():
        lower = name.lower()
        if lower in seen:
            yield HeaderFault(name, "header-twice", f"`{name}` and `{seen[lower]}` are the same header")
        seen[lower] = name
        if not (_is_usual(name) and isinstance(value, str) and value.isprintable()):
            yield from _faults(name, lower, value)


@lru_cache(1024)
def _is_usual(name: str) -> bool:
    """Whether a header of this name can be sent; thousands of mocks have the same few."""
    return next(_faults(name, name.lower(), ""), None) is None


def _faults(name: str, lower: str, value: str | list[str]) -> Iterator[HeaderFault]:
    if not _TOKEN.fullmatch(name):
        yield HeaderFault(name, "bad-header", f"`{lower}` is not a header name", "letters, digits and - only")
    elif lower in FRAMING:
        message = f"`{lower}` frames the message and is set by the server"
        yield HeaderFault(name, "framing-header", message, "leave it out")
    elif lower.startswith("x-keymock-"):
        yield HeaderFault(name, "own-header", f"`{lower}` is keymock's own", "choose a name without x-keymock-")
    for one in value if isinstance(value, list) else [value]:
        if one.isprintable():
            continue
        bad = next((char for char in one if (ord(char) < 0x20 and char != "\t") or ord(char) == 0x7F), None)
        if bad is not None:
            message = f"the value of `{lower}` contains the control character {bad!r}"
            yield HeaderFault(name, "bad-header", message)
