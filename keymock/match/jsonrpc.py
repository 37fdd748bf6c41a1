"""`jsonrpc`: method and params of a JSON-RPC 2.0 call. Of a batch, both hold for one and the same call in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import UNSET

from keymock.exchange import NOT_JSON, Request
from keymock.match import shape, values
from keymock.match.condition import Condition, Fault
from keymock.match.json_body import not_json, said
from keymock.match.member import Matcher, Test, Wrong, show, show_all, within
from keymock.match.place import Holds, Place, ReadFile, fault, now_of
from keymock.match.shape import Rules
from keymock.match.spelling import Conditions

MAX_BATCH = 1_000

_SUBSET = Rules()


def _read(conditions: Conditions, _read_file: ReadFile | None) -> Iterator[Condition | Fault]:
    if conditions.body is UNSET or conditions.body.jsonrpc is UNSET:
        return
    given = conditions.body.jsonrpc
    matcher: Matcher = {}
    try:
        if given.method is not UNSET:
            with within("method"):
                matcher["method"] = values.clean(given.method, json=True)
        if given.params is not UNSET:
            with within("params"):
                matcher["params"] = shape.clean(given.params)
    except Wrong as wrong:
        yield fault(wrong, ("body", "jsonrpc"))
    else:
        yield Condition("body.jsonrpc", "", matcher, max(1, len(matcher)))


def calls(request: Request) -> list[dict[str, Any]]:
    """The calls of a request: one, or the first thousand of a batch. Anything else in it is none."""
    value = request.json
    found = value[:MAX_BATCH] if isinstance(value, list) else [value]
    return [item for item in found if isinstance(item, dict) and isinstance(item.get("method"), str)]


def _compile(condition: Condition) -> Holds:
    matcher = condition.matcher
    method: Test = values.compile(matcher["method"], json=True) if "method" in matcher else _anything
    params: Test = shape.compile(matcher["params"], _SUBSET) if "params" in matcher else _anything

    def holds(request: Request) -> bool:
        now = now_of(request)
        for call in calls(request):
            if method((call["method"],), now) and params((call["params"],) if "params" in call else (), now):
                return True
        return False

    return holds


def _anything(_values: object, _now: float) -> bool:
    return True


def _observe(condition: Condition, request: Request) -> tuple[bool, str]:
    if request.json is NOT_JSON:
        return False, not_json(request)
    found = calls(request)
    if not found:
        return False, "no JSON-RPC call: there is no `method`"
    reasons = [_why(condition.matcher, call, now_of(request)) for call in found]
    if not all(reasons):
        return True, show(found[reasons.index("")])
    return False, reasons[0] if len(found) == 1 else f"{len(found)} calls, the first: {reasons[0]}"


def _why(matcher: Matcher, call: dict[str, Any], now: float) -> str:
    if "method" in matcher and not values.holds(matcher["method"], (call["method"],), now, json=True):
        return f"method is {show(call['method'])}"
    if "params" not in matcher:
        return ""
    params = (call["params"],) if "params" in call else ()
    differs = shape.difference(matcher["params"], _SUBSET, params, now, "params")
    return "" if differs is None else said(differs) if params else f"params is {show_all(params)}"


def _expected(condition: Condition) -> str:
    matcher = condition.matcher
    method = f"method {values.words(matcher['method'], json=True)}" if "method" in matcher else ""
    params = f"params {shape.words(matcher['params'])}" if "params" in matcher else ""
    return ", ".join(part for part in (method, params) if part) or "a JSON-RPC call"


JSONRPC = Place(
    where="body.jsonrpc",
    cost=54,
    read=_read,
    compile=_compile,
    observe=_observe,
    expected=_expected,
    body=True,
)
