"""The nouns of what keymock sends: a request to another server, and what came back. No socket here: `client` has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A request to send. `timeout` is in seconds and for everything together; `redirects` how many are followed."""

    method: str = "GET"
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    timeout: float = 30.0
    verify: bool = True
    """Whether a TLS certificate must be one that this machine trusts."""
    redirects: int = 0
    proxy: str = ""


class Hop(NamedTuple):
    """A redirect that was followed: where it came from, and how."""

    status: int
    url: str


class Incoming(msgspec.Struct, frozen=True):
    """What came back: header names as they were sent, the body decompressed. `seconds` is how long it all took."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    url: str
    """Where the answer came from, after redirects."""
    hops: tuple[Hop, ...] = ()
    seconds: float = 0.0

    def header(self, name: str) -> str:
        """The first value of a header, in any case; empty if it was not sent."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


class Unsent(Exception):
    """A request that got no answer: refused here, no such host, nobody there, not in time, a broken answer."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


Send = Callable[[Outgoing], Incoming]
"""Whoever sends: the client, or the mocks in process. Raises Unsent."""
