"""`sha256`: the digest of the body's bytes, for bodies that are no text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from msgspec import UNSET

from keymock.exchange import Request
from keymock.match.condition import Condition
from keymock.match.place import Holds, Place, ReadFile, once
from keymock.match.spelling import Conditions


def _read(conditions: Conditions, _read_file: ReadFile | None) -> Iterator[Condition]:
    if conditions.body is not UNSET and conditions.body.sha256 is not UNSET:
        yield Condition("body.sha256", "", {"sha256": conditions.body.sha256.lower()})


def sha256(data: bytes) -> str:
    """The hexadecimal digest."""
    return hashlib.sha256(data).hexdigest()


def _of_body(request: Request) -> str:
    return once(request, "sha256", lambda read: sha256(read.body or b""))


def _compile(condition: Condition) -> Holds:
    wanted = condition.matcher["sha256"]
    return lambda request: _of_body(request) == wanted


def _observe(condition: Condition, request: Request) -> tuple[bool, str]:
    digest = _of_body(request)
    return digest == condition.matcher["sha256"], f"{digest} of {len(request.body or b'')} bytes"


SHA256 = Place(
    where="body.sha256",
    cost=48,
    read=_read,
    compile=_compile,
    observe=_observe,
    expected=lambda condition: str(condition.matcher["sha256"]),
    body=True,
)
