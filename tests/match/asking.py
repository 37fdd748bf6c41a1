"""Asking a table of conditions about a request: always in both ways, and always after a trip through msgpack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from keymock import match
from keymock.exchange import Request


def read_table(table: dict[str, Any]) -> tuple[match.Condition, ...]:
    """The conditions of a table without errors."""
    conditions, faults = match.read(msgspec.convert(table, match.Conditions))
    assert not [fault for fault in faults if fault.severity == "error"]
    packed = msgspec.msgpack.encode(conditions)
    assert msgspec.msgpack.decode(packed, type=tuple[match.Condition, ...]) == conditions
    return conditions


def make_request(
    query: str = "",
    *,
    headers: Mapping[str, str] | None = None,
    body: str | bytes = b"",
    params: Mapping[str, str] | None = None,
    now: float = 0.0,
    **more: str,
) -> Request:
    """A request by its parts."""
    lines = [(name.lower().encode(), text.encode()) for name, text in (headers or {}).items()]
    data = body if isinstance(body, bytes) else body.encode()
    request = Request("POST", b"/", query.encode(), lines, data, **more)  # type: ignore[arg-type]
    request.params = params or {}
    vars(request)["now"] = now
    return request


def agree(condition: match.Condition, request: Request) -> bool:
    """The compiled answer, once everything else that can be asked says the same."""
    fast = match.compile(condition)(request)
    assert isinstance(fast, bool)
    why_not = match.explain(condition, request)
    assert fast is (why_not is None), why_not
    seen = match.observe(condition, request)
    assert seen.ok is fast
    for text in (seen.expected, seen.actual):
        assert text
        assert len(text) <= 200
        assert text.isprintable()
    wanted = match.discriminator(condition)
    if wanted:
        key, value = wanted
        assert (value in match.discriminator_values(key, request)) is fast
    return fast


def ask(table: dict[str, Any], query: str = "", **parts: Any) -> bool:
    """Whether a table holds for a request given by its parts."""
    request = make_request(query, **parts)
    answers = [agree(condition, request) for condition in read_table(table)]
    return all(answers)


def why(table: dict[str, Any], query: str = "", **parts: Any) -> str:
    """What came instead, for the first condition of a table that does not hold."""
    request = make_request(query, **parts)
    found = [match.explain(condition, request) for condition in read_table(table)]
    return next(mismatch.actual for mismatch in found if mismatch)


def wrong(table: dict[str, Any], read_file: Any = None) -> match.Fault:
    """The one fault of a table."""
    _, faults = match.read(msgspec.convert(table, match.Conditions), read_file)
    assert len(faults) == 1, faults
    return faults[0]
