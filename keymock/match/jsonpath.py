"""`jsonpath`: RFC 9535. Plain selectors such as `$.a.b[0]` are walked here, all others by python-jsonpath, strictly.

python-jsonpath takes 150 ms to import, so it is imported at the first selector that needs it. Its functions `match`
and `search` run on RE2 here: their patterns may come out of the request itself.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import UNSET

from keymock.exchange import NOT_JSON, Request
from keymock.match.condition import Condition, Fault
from keymock.match.json_body import not_json
from keymock.match.member import Wrong, show
from keymock.match.place import Find, Found, ReadFile, entries, of_values
from keymock.match.regex import SUBJECT, linear
from keymock.match.spelling import Conditions

Query = Callable[[Any], list[Any]]
"""`query(value)` gives the values of the nodes that a selector finds, in order."""

MAX_SEARCHED = 1024 * 1024
"""Bytes of the largest body on which a selector is tried that is not plain: python-jsonpath takes 1 s for each MB."""

_SEGMENT = re.compile(
    r"""\.([^\W\d]\w*)"""
    r"""|\[(0|-?[1-9][0-9]{0,14})\]"""
    r"""|\['([^'\\\u0000-\u001f]*)'\]"""
    r"""|\["([^"\\\u0000-\u001f]*)"\]"""
)


def compile(selector: str) -> Query:
    """The query of a selector. Raises Wrong for what RFC 9535 does not allow."""
    steps = plain(selector)
    return _compile_any(selector) if steps is None else walk(steps)


def plain(selector: str) -> tuple[str | int, ...] | None:
    """The keys and positions of a selector that names one place, else None (which says nothing about its validity)."""
    if not selector.startswith("$"):
        return None
    steps: list[str | int] = []
    position = 1
    while position < len(selector):
        segment = _SEGMENT.match(selector, position)
        if segment is None:
            return None
        name, index, single, double = segment.groups()
        steps.append(int(index) if index is not None else name or (single if single is not None else double or ""))
        position = segment.end()
    return tuple(steps)


def walk(steps: tuple[str | int, ...]) -> Query:
    """The query of a plain selector."""

    def query(value: Any) -> list[Any]:
        for step in steps:
            if step.__class__ is str:
                if value.__class__ is not dict or step not in value:
                    return []
            elif value.__class__ is not list or not -len(value) <= step < len(value):  # type: ignore[operator]
                return []
            value = value[step]
        return [value]

    return query


def _compile_any(selector: str) -> Query:
    from jsonpath.exceptions import JSONPathError  # noqa: PLC0415  (heavy: see the top of this file)

    try:
        path = _environment().compile(selector)
    except (JSONPathError, ValueError, RecursionError, OverflowError) as reason:
        text = str(reason).partition("\n")[0]
        raise Wrong(
            f"the JSONPath {show(selector)} cannot be used: {text}",
            "selectors are those of RFC 9535, such as `$.items[?@.qty > 1].sku`",
            code="invalid-jsonpath",
        ) from None

    def query(value: Any) -> list[Any]:
        try:
            return list(path.findall(value))
        except (JSONPathError, ValueError, RecursionError, OverflowError):
            return []

    return query


@functools.cache
def _environment() -> Any:
    from jsonpath import JSONPathEnvironment  # noqa: PLC0415  (heavy: see the top of this file)
    from jsonpath.function_extensions import ExpressionType, FilterFunction  # noqa: PLC0415

    class Linear(FilterFunction):
        """`match` or `search` on RE2."""

        arg_types = [ExpressionType.VALUE, ExpressionType.VALUE]  # noqa: RUF012  (as its base class has it)
        return_type = ExpressionType.LOGICAL

        def __init__(self, form: str) -> None:
            self.form = form

        def __call__(self, value: object, pattern: object) -> bool:
            if not isinstance(value, str) or not isinstance(pattern, str) or len(value) > SUBJECT:
                return False
            find = _iregexp(self.form, pattern)
            return find is not None and find(value.encode("utf-8", "replace")) is not None

    environment = JSONPathEnvironment(strict=True)
    environment.max_recursion_depth = 1_000  # JSON is never that deep here: MAX_JSON_DEPTH
    environment.function_extensions["match"] = Linear(r"\A(?:{})\z")
    environment.function_extensions["search"] = Linear("(?:{})")
    return environment


@functools.lru_cache(maxsize=256)
def _iregexp(form: str, pattern: str) -> Callable[[bytes], object] | None:
    """The search of an I-Regexp (RFC 9485), whose `.` stops at `\\r` too; None for what is none."""
    try:
        found: Callable[[bytes], object] = linear(form.format(_dots(pattern))).search
    except Wrong:
        return None
    return found


def _dots(pattern: str) -> str:
    return re.sub(
        r"\\.|\[(?:\\.|[^\]\\])*\]|\.", lambda m: r"[^\n\r]" if m[0] == "." else m[0], pattern, flags=re.DOTALL
    )


def _read(conditions: Conditions, _read_file: ReadFile | None) -> Iterator[Condition | Fault]:
    if conditions.body is UNSET:
        return
    yield from entries("body.jsonpath", conditions.body.jsonpath, ("body", "jsonpath"), json=True, check=compile)


def _find(condition: Condition) -> Find:
    query = compile(condition.name)
    limit = MAX_SEARCHED if plain(condition.name) is None else None

    def find(request: Request) -> Found:
        value = request.json
        if value is NOT_JSON or (limit is not None and len(request.body or b"") > limit):
            return None
        return query(value)

    return find


def _nothing(request: Request) -> str:
    if request.json is not NOT_JSON:
        return f"more JSON than the {MAX_SEARCHED // 1024} KiB that a selector is tried on"
    return not_json(request)


JSONPATH = of_values(
    where="body.jsonpath",
    cost=60,
    read=_read,
    find=_find,
    nothing=_nothing,
    json=True,
    body=True,
)
