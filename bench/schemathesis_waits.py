"""Loaded by Schemathesis itself (SCHEMATHESIS_HOOKS): no request waits longer than a moment for something to happen."""

from __future__ import annotations

from typing import Any

import schemathesis

MOMENT = 0.5


def _shorter(given: Any) -> Any:
    """The same, but for a `timeout` that is a number of seconds."""
    wanted = given.get("timeout") if isinstance(given, dict) else None
    if isinstance(wanted, int | float) and wanted > MOMENT:
        given["timeout"] = MOMENT
    return given


@schemathesis.hook
def map_query(context: Any, query: Any) -> Any:
    waits = context.operation is not None and context.operation.path == "/wait"
    if waits and isinstance(query, dict):
        query.setdefault("timeout", MOMENT)
    return _shorter(query)


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:  # noqa: ARG001  (hooks have their names by what they take)
    return _shorter(body)
