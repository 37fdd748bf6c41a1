"""Types that msgspec has learned whole, before anything is read as one of them.

msgspec learns a Struct when it is first asked for: it looks through its fields, and those of the Structs within, in
Python. Another thread that comes by meanwhile is given what there is so far, and a field that is not there yet is read
through a null pointer: the process is gone. So one thread learns at a time, and nobody reads before it is done.
"""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_ALONE = Lock()


def learned(kind: T) -> T:
    """The type itself, for `msgspec.convert`, `decode` and decoders, wherever several threads may come to be."""
    _learn(kind)
    return kind


@cache
def _learn(kind: Any) -> None:
    with _ALONE:
        msgspec.msgpack.Decoder(kind)
