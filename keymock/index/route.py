"""A mock made ready to serve: what it matches, what it sends, and how it ranks. Plain data, in and out of msgpack."""

from __future__ import annotations

import msgspec

from keymock.exchange import BodyFile
from keymock.layout import Scope
from keymock.match import Condition
from keymock.pattern import Pattern

ANY = "*"

SCOPE_RANK: dict[Scope, int] = {"private": 0, "project": 1, "workspace": 2}


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """One response of a mock, static: its bytes are ready to send.

    `conditions` are the variant's own `when`; the answer without any is the mock's default. `line` is where the
    file says so. `delay` is in seconds.
    """

    name: str
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = b""
    file: BodyFile | None = None
    conditions: tuple[Condition, ...] = ()
    delay: float = 0.0
    line: int = 0


class Cors(msgspec.Struct, frozen=True, array_like=True):
    """Who may call from a page of another origin. `origins` of None: loopback origins; empty: nobody; `*`: all."""

    origins: tuple[str, ...] | None = None
    credentials: bool = False


class Route(msgspec.Struct, frozen=True, array_like=True):
    """One mock, compiled. `count` is the number of conditions in the sense of the order of precedence, step 6."""

    id: str
    file: str
    line: int
    name: str
    space: str
    scope: Scope
    methods: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    priority: int
    conditions: tuple[Condition, ...]
    count: int
    answers: tuple[Answer, ...]
    cors: Cors
    enabled: bool = True
    tags: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """How many methods it takes; `*` is wider than any list."""
        return 1000 if ANY in self.methods else len(self.methods)

    @property
    def rank(self) -> tuple[int, int, int, str]:
        """Steps 5 to 7 of the order of precedence: scope, conditions and methods, id."""
        return SCOPE_RANK[self.scope], -self.count, self.width, self.id
