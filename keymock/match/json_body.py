"""`json`, `json_text`, `json_equals`: the body as JSON.

`json` becomes one condition for each of its leaves, so that the cheapest decides, a literal one can be looked up,
and the answer says which one it was. An array is one condition that weighs as much as its leaves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import UNSET

from keymock.exchange import NOT_JSON, Request, read_json
from keymock.match import shape, values
from keymock.match.condition import Condition, Fault
from keymock.match.equality import EQUALS
from keymock.match.member import Wrong, show, show_all
from keymock.match.place import (
    NO_LITERAL,
    Find,
    Found,
    Holds,
    Path,
    Place,
    ReadFile,
    bind,
    fault,
    literal,
    now_of,
)
from keymock.match.shape import Node, Rules
from keymock.match.spelling import Body, Conditions


def not_json(request: Request) -> str:
    """What came in place of JSON."""
    return f"not JSON: {show(request.text[:80])}" if request.body else "no body"


def whole_json(request: Request) -> Found:
    """The body as one JSON value; None if it is none."""
    return None if request.json is NOT_JSON else (request.json,)


def _rules(matcher: dict[str, Any], *, whole: bool = False) -> Rules:
    return Rules(whole, matcher.get("any_order", False), matcher.get("extra", False))


def _flags(body: Body) -> dict[str, bool]:
    flags = {"any_order": body.json_ignore_order, "extra": body.json_ignore_extra}
    return {name: True for name, given in flags.items() if given}


def _read(conditions: Conditions, _read_file: ReadFile | None) -> Iterator[Condition | Fault]:
    body = conditions.body
    if body is UNSET:
        return
    if body.json is not UNSET:
        yield from _subset(body.json, ("body", "json"), _flags(body))
    if body.json_text is not UNSET:
        value = read_json(body.json_text.encode())
        if value is NOT_JSON:
            yield Fault(("body", "json_text"), _broken(body.json_text), "", "invalid-json")
        else:
            yield from _subset(value, ("body", "json_text"), _flags(body))
    if _flags(body) and body.json is UNSET and body.json_text is UNSET and body.json_equals is UNSET:
        yield Fault(
            ("body",),
            "`json_ignore_order` and `json_ignore_extra` say how JSON is compared, and there is none here",
            "they stand beside `json`, `json_text` or `json_equals`",
        )


def _broken(text: str) -> str:
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as reason:
        return f"this is not JSON: {reason}"
    return "this JSON is nested too deeply"


def _subset(value: Any, path: Path, flags: dict[str, bool]) -> Iterator[Condition | Fault]:
    try:
        node = shape.clean(value)
    except Wrong as wrong:
        yield fault(wrong, path)
        return
    yield from _leaves(node, (), flags)


def _leaves(node: Node, path: tuple[str, ...], flags: dict[str, bool]) -> Iterator[Condition]:
    if node.get("object"):
        for key, field in node["object"].items():
            yield from _leaves(field, (*path, key), flags)
        return
    name = "$" + "".join(shape.step(key) for key in path)
    if "object" in node or "array" in node:
        yield Condition("body.json", name, {"shape": node, **flags}, shape.leaves(node), path)
    else:
        yield Condition("body.json", name, node, 1, path)


def _find(path: tuple[str, ...]) -> Find:
    def find(request: Request) -> Found:
        value: Any = request.json
        if value is NOT_JSON:
            return None
        for key in path:
            if value.__class__ is not dict:
                return None
            if key not in value:
                return ()
            value = value[key]
        return (value,)

    return find


def _test(condition: Condition) -> values.Test:
    if "shape" in condition.matcher:
        return shape.compile(condition.matcher["shape"], _rules(condition.matcher))
    return values.compile(condition.matcher, json=True)


def _compile(condition: Condition) -> Holds:
    if literal(condition) is not NO_LITERAL:
        return _literal(condition)
    return bind(_find(condition.path), _test(condition), condition)


def _literal(condition: Condition) -> Holds:
    path = condition.path
    equals = values.one(EQUALS, literal(condition), json=True)

    def holds(request: Request) -> bool:
        value: Any = request.json
        for key in path:
            if value.__class__ is not dict or key not in value:
                return False
            value = value[key]
        return equals(value, 0.0)

    return holds


def _observe(condition: Condition, request: Request) -> tuple[bool, str]:
    found = _find(condition.path)(request)
    if found is None:
        return False, not_json(request) if request.json is NOT_JSON else f"no object: {show(request.json)}"
    if "shape" not in condition.matcher:
        return values.holds(condition.matcher, found, now_of(request), json=True), show_all(found)
    matcher = condition.matcher
    differs = shape.difference(matcher["shape"], _rules(matcher), found, now_of(request), condition.name)
    return differs is None, show_all(found) if differs is None else said(differs)


def said(differs: shape.Difference) -> str:
    """A difference in one line."""
    return f"{differs.path} is {differs.actual}, not {differs.expected}"


def _expected(condition: Condition) -> str:
    matcher = condition.matcher
    if "shape" not in matcher:
        return values.words(matcher, json=True)
    return (
        shape.words(matcher["shape"])
        + (" in any order" if matcher.get("any_order") else "")
        + (", and more" if matcher.get("extra") else "")
    )


def _read_equals(conditions: Conditions, _read_file: ReadFile | None) -> Iterator[Condition | Fault]:
    if conditions.body is UNSET or conditions.body.json_equals is UNSET:
        return
    try:
        node = shape.clean(conditions.body.json_equals)
    except Wrong as wrong:
        yield fault(wrong, ("body", "json_equals"))
    else:
        yield Condition("body.json_equals", "", {"shape": node, **_flags(conditions.body)})


def _compile_equals(condition: Condition) -> Holds:
    return bind(whole_json, shape.compile(condition.matcher["shape"], _rules(condition.matcher, whole=True)), condition)


def _observe_equals(condition: Condition, request: Request) -> tuple[bool, str]:
    found = whole_json(request)
    if found is None:
        return False, not_json(request)
    rules = _rules(condition.matcher, whole=True)
    differs = shape.difference(condition.matcher["shape"], rules, found, now_of(request))
    return differs is None, show_all(found) if differs is None else said(differs)


JSON = Place(
    where="body.json",
    cost=50,
    read=_read,
    compile=_compile,
    observe=_observe,
    expected=_expected,
    body=True,
)
JSON_EQUALS = Place(
    where="body.json_equals",
    cost=55,
    read=_read_equals,
    compile=_compile_equals,
    observe=_observe_equals,
    expected=_expected,
    body=True,
)
