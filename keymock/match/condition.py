"""One thing that a mock demands of a request, as data: what it looks at, and what it wants to see there."""

from __future__ import annotations

import msgspec

from keymock.match.member import Matcher
from keymock.problems import Severity


class Condition(msgspec.Struct, frozen=True, array_like=True):
    """A cleaned condition: plain data, for msgpack; `keymock.match.compile` makes a function of it.

    `where` is the place (`query`, `headers`, `body.json` …), `name` the entry there, empty where a place has only
    one. `matcher` is what the place made of the TOML. `weight` is what it adds to the count of conditions: more
    than 1 for a JSON array, and where several keys are tried together.
    """

    where: str
    name: str
    matcher: Matcher
    weight: int = 1
    path: tuple[str, ...] = ()
    """Of a `body.json` leaf: the object keys that lead to it."""


class Fault(msgspec.Struct, frozen=True):
    """Something wrong with a matcher as it is written. `path` are the keys that lead to it, from `[request]` on."""

    path: tuple[str | int, ...]
    message: str
    hint: str = ""
    code: str = "invalid-matcher"
    severity: Severity = "error"


class Mismatch(msgspec.Struct, frozen=True):
    """Why a condition does not hold, in words."""

    where: str
    name: str
    expected: str
    actual: str


class Observation(msgspec.Struct, frozen=True):
    """A condition beside what came: one line of a tick list."""

    where: str
    name: str
    expected: str
    actual: str
    ok: bool
