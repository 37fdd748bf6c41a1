"""“A compiled matcher is a plain bool function; `explain(request)` lists mismatches; one is empty exactly when the
other is true.” For every matcher and every place, on requests that nearly fit and on garbage."""

from __future__ import annotations

import os
from typing import Any

import msgspec
import pytest
from asking import agree, make_request, read_table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keymock import match
from keymock.exchange import Request
from keymock.match import values
from keymock.match.moment import ELSEWHERE
from keymock.match.places import PLACES

EXAMPLES = 5_000 if os.environ.get("KEYMOCK_LONG") else 100
bounded = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))

words = st.sampled_from(["", "a", "A", "ab", "b", "1", "1.0", "-5", "true", "ß", "ss", "2026-03-01", "x" * 5, "[", "*"])
numbers = st.one_of(st.integers(-3, 12), st.sampled_from([0.5, 1.0, 1e300]))
scalars = st.one_of(words, numbers, st.booleans())
json_values = st.recursive(
    st.one_of(scalars, st.none()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3),
    max_leaves=6,
)
dates = st.sampled_from(["2026-03-01", "2026-03-01T12:00:00Z", "now", "now-1d", "now+2h"])
counts = st.integers(0, 4)


def arguments(inner: st.SearchStrategy[Any]) -> dict[str, st.SearchStrategy[Any]]:
    """An argument for each member of the family: a new one without a line here fails the test."""
    return {
        "equals": scalars,
        "one_of": st.lists(scalars, min_size=1, max_size=3),
        "contains": scalars,
        "starts_with": words,
        "ends_with": words,
        "regex": st.sampled_from(["a", "^a", "b$", "^[0-9.]+$", "(?i)A", ""]),
        "glob": st.sampled_from(["*", "a*", "?", "[a-b]*", "[!a]", "a[", "\\*"]),
        "present": st.booleans(),
        "not": inner,
        "all_of": st.lists(inner, min_size=1, max_size=2),
        "any_of": st.lists(inner, min_size=1, max_size=2),
        "gt": numbers,
        "gte": numbers,
        "lt": numbers,
        "lte": numbers,
        "before": dates,
        "after": dates,
        "between": st.sampled_from([[0, 5], ["now-1d", "now"], ["2026-01-01", "2026-12-31"]]),
        "length": counts | st.dictionaries(st.sampled_from(["gte", "lte"]), st.just(2), min_size=1),
        "type": st.sampled_from(["string", "number", "integer", "boolean"]),
        "includes": st.lists(inner, max_size=2),
        "exactly": st.lists(inner, max_size=2),
    }


def tables(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    pairs = [st.tuples(st.just(key), argument) for key, argument in arguments(inner).items()]
    table = st.lists(st.one_of(*pairs), min_size=1, max_size=3).map(dict)
    return st.tuples(table, st.booleans()).map(lambda both: both[0] | {"ignore_case": True} if both[1] else both[0])


matchers: st.SearchStrategy[Any] = st.recursive(scalars, tables, max_leaves=5)


def with_dollar(matcher: Any) -> Any:
    if isinstance(matcher, dict):
        return {f"${key}": with_dollar(argument) for key, argument in matcher.items()}
    return [with_dollar(item) for item in matcher] if isinstance(matcher, list) else matcher


dollars: st.SearchStrategy[Any] = matchers.map(with_dollar)


def test_every_member_is_tried() -> None:
    assert arguments(words).keys() == values.MEMBERS.keys()


@bounded
@given(matchers, st.lists(words, max_size=3), st.sampled_from([0.0, 1772366400.0]))
def test_text(matcher: Any, found: list[str], now: float) -> None:
    cleaned = values.clean(msgspec.convert(matcher, values.Value))
    assert values.compile(cleaned)(found, now) is values.holds(cleaned, found, now)
    assert values.words(cleaned)


@bounded
@given(matchers, st.lists(json_values, max_size=2), st.sampled_from([0.0, 1772366400.0]))
def test_json(matcher: Any, found: list[Any], now: float) -> None:
    cleaned = values.clean(msgspec.convert(matcher, values.Value), json=True)
    assert values.compile(cleaned, json=True)(found, now) is values.holds(cleaned, found, now, json=True)
    assert values.words(cleaned, json=True)


shapes = st.recursive(
    st.one_of(scalars, dollars),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3),
    max_leaves=6,
)
named = st.dictionaries(st.sampled_from(["a", "b"]), matchers, max_size=2)
TREES = {
    "params": named,
    "query": named,
    "query_only": st.booleans(),
    "headers": named,
    "cookies": named,
    "form": named,
    "host": matchers,
    "scheme": matchers,
    "client": matchers,
    "auth.basic": st.dictionaries(st.sampled_from(["user", "password"]), matchers),
    "auth.bearer": matchers,
    "auth.jwt": st.dictionaries(st.sampled_from(["a", "$.b[0]"]), matchers),
    "body.text": matchers,
    "body.json": shapes,
    "body.json_equals": shapes,
    "body.jsonpath": st.dictionaries(st.sampled_from(["$.a", "$..a", "$[0]", "$[?@.a]"]), matchers, max_size=2),
    "body.pointer": st.dictionaries(st.sampled_from(["", "/a", "/0", "/a/b"]), matchers, max_size=2),
    "body.schema": st.sampled_from([{"type": "object"}, {"required": ["a"]}, {"items": {"type": "integer"}}, {}]),
    "body.xml": st.sampled_from(["<a/>", "<a b='1'>x<c/></a>"]),
    "body.xpath": st.dictionaries(
        st.sampled_from(["//c", "/a/@b", "count(//c)", "//x:y", "'a'"]), matchers, max_size=2
    ),
    "body.graphql": st.fixed_dictionaries(
        {}, optional={"operation": matchers, "query": st.just("{ a }"), "variables": st.just({"a": {"$gt": 1}})}
    ),
    "body.jsonrpc": st.fixed_dictionaries({}, optional={"method": matchers, "params": shapes}),
    "body.parts": st.dictionaries(
        st.sampled_from(["a", "b"]),
        st.fixed_dictionaries(
            {},
            optional={"filename": matchers, "text": matchers, "json": shapes, "headers": named, "content_type": words},
        ),
        max_size=2,
    ),
    "body.sha256": st.just("0" * 64),
}
BODIES = [
    "",
    "a",
    "a=1&b=ab&a=b",
    '{"a": 1, "b": [true, null, {"a": "ab"}]}',
    '{"a": {"b": "a"}}',
    "[1, 2]",
    '{"query": "{ a }", "variables": {"a": 5}, "operationName": "a"}',
    '{"jsonrpc": "2.0", "method": "a", "params": [1]}',
    '[{"method": "a"}, {"method": "b", "params": {"a": 1}}, 5]',
    "<a b='1'>x<c/></a>",
    '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE a><a xmlns:x="urn:x" b="1">x<x:c/></a>',
    '--x\r\nContent-Disposition: form-data; name="a"; filename="ab"\r\nB: 1\r\n\r\n{"a":1}\r\n--x--',
    '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1',
]
TYPES = ["", "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
TOKENS = ["", "Basic YTox", "Basic %", "Bearer a", "Bearer x.eyJhIjoiYSIsImIiOlsxXX0.y", "Bearer a.b.c"]


def test_every_place_is_tried() -> None:
    assert TREES.keys() == PLACES.keys() - ELSEWHERE


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """A body that was good once."""
    body = draw(st.sampled_from(BODIES)).encode()
    for _ in range(draw(st.integers(1, 3))):
        position = draw(st.integers(0, len(body)))
        taken = draw(st.integers(0, 3))
        body = body[:position] + draw(st.binary(max_size=2)) + body[position + taken :]
    return body


requests = st.builds(
    lambda query, value, kind, token, cookie, body, now, param: make_request(
        query,
        headers={"a": value, "content-type": kind, "authorization": token, "cookie": cookie},
        body=body,
        params={"a": param},
        now=now,
    ),
    st.sampled_from(["", "a=1", "a=ab&a=b&c", "b=%ff&a", "a=1&b=true"]),
    words,
    st.sampled_from(TYPES),
    st.sampled_from(TOKENS),
    st.sampled_from(["", "a=1; b=ab", ";;=;a"]),
    st.sampled_from(BODIES) | mangled() | st.binary(max_size=20),
    st.sampled_from([0.0, 1772366400.0]),
    words,
)


def spelled(where: str, tree: Any) -> dict[str, Any]:
    outer, _, inner = where.partition(".")
    return {outer: {inner: tree} if inner else tree}


@pytest.mark.parametrize("where", TREES)
def test_place(where: str) -> None:
    @settings(max_examples=EXAMPLES // 4, deadline=None, suppress_health_check=list(HealthCheck))
    @given(TREES[where], requests)
    def holds(tree: Any, request: Request) -> None:
        try:
            conditions = read_table(spelled(where, tree))
        except msgspec.ValidationError:
            return  # a list of lists, and such: the spelling says no
        assert match.count(conditions) >= len(conditions)
        for condition in conditions:
            assert condition.where == where
            agree(condition, request)

    holds()
