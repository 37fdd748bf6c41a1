"""The table of places, and what can be asked of any condition."""

from __future__ import annotations

import msgspec
import pytest
from asking import make_request, read_table

from keymock import match
from keymock.match.moment import ELSEWHERE
from keymock.match.places import PLACES

EVERYTHING = {
    "params": {"id": "1"},
    "query": {"a": "1", "b": {"gt": 1}},
    "query_only": True,
    "headers": {"X": "1"},
    "cookies": {"c": "1"},
    "form": {"f": "1"},
    "host": "h",
    "scheme": "http",
    "client": "c",
    "auth": {"basic": {"user": "u", "password": "p"}, "bearer": "t", "jwt": {"sub": "a", "aud": "b"}},
    "body": {
        "text": "t",
        "json": {"a": 1, "b": [1, 2]},
        "json_equals": {"a": 1, "b": 2},
        "jsonpath": {"$.a": 1},
        "pointer": {"/a": 1, "/b": 2},
        "schema": {},
        "xml": "<a/>",
        "xpath": {"//a": "1"},
        "graphql": {"operation": "A", "variables": {}},
        "jsonrpc": {"method": "m", "params": [1, 2]},
        "parts": {"p": {"text": "x", "filename": "y"}},
        "sha256": "0" * 64,
    },
}


def test_counting_rule() -> None:
    found = read_table(EVERYTHING)
    assert {condition.where for condition in found} == PLACES.keys() - ELSEWHERE
    by_place = {where: match.count(c for c in found if c.where == where) for where in PLACES.keys() - ELSEWHERE}
    more = {"query": 2, "body.json": 3, "body.pointer": 2, "body.graphql": 2, "body.jsonrpc": 2}
    assert by_place == dict.fromkeys(PLACES.keys() - ELSEWHERE, 1) | more


def test_cheap_before_dear() -> None:
    order = ["host", "params", "headers", "query", "cookies", "form", "body.text", "body.json", "body.jsonpath"]
    order += ["body.schema", "body.graphql", "body.xml", "body.xpath"]
    costs = {condition.where: match.cost(condition) for condition in read_table(EVERYTHING)}
    assert [costs[where] for where in order] == sorted(costs[where] for where in order)


def test_who_needs_the_body() -> None:
    for condition in read_table(EVERYTHING):
        assert match.needs_body(condition) is (condition.where == "form" or condition.where.startswith("body."))


def test_a_body_that_was_not_read_matches_nothing_and_breaks_nothing() -> None:
    for condition in read_table(EVERYTHING):
        request = make_request()
        request.body = None
        if match.needs_body(condition):
            assert match.compile(condition)(request) is False
            assert match.explain(condition, request) is not None


@pytest.mark.parametrize(
    ("table", "key", "value"),
    [
        ({"query": {"a": 1}}, ("query", "a"), "1"),
        ({"headers": {"A": "x"}}, ("headers", "a"), "x"),
        ({"cookies": {"a": "x"}}, ("cookies", "a"), "x"),
        ({"params": {"a": "x"}}, ("params", "a"), "x"),
        ({"body": {"json": {"a": {"b": "x"}}}}, ("body.json", ("a", "b")), "x"),
    ],
)
def test_discriminators(table: dict[str, object], key: object, value: str) -> None:
    (condition,) = read_table(table)
    assert match.discriminator(condition) == (key, value)


@pytest.mark.parametrize(
    "matcher", [{"equals": "a", "ignore_case": True}, {"contains": "a"}, ["a"], {"one_of": ["a"]}, {"not": "a"}]
)
def test_only_one_literal_discriminates(matcher: object) -> None:
    (condition,) = read_table({"query": {"a": matcher}})
    assert match.discriminator(condition) is None


def test_several_values_are_all_looked_up() -> None:
    request = make_request("a=1&a=2", headers={"x": "1"})
    assert match.discriminator_values(("query", "a"), request) == ("1", "2")
    assert match.discriminator_values(("headers", "x"), request) == ("1",)
    assert match.discriminator_values(("headers", "y"), request) == ()


def test_the_structs_round_trip() -> None:
    conditions = msgspec.convert(EVERYTHING, match.Conditions)
    assert msgspec.convert(msgspec.to_builtins(conditions), match.Conditions) == conditions


def test_explanations_are_short_and_printable() -> None:
    (condition,) = read_table({"query": {"a": "x" * 5000}})
    mismatch = match.explain(condition, make_request("a=%1b%5b31m" + "y" * 5000))
    assert mismatch is not None
    for text in (mismatch.expected, mismatch.actual):
        assert len(text) <= 200
        assert text.isprintable()
    assert (mismatch.where, mismatch.name) == ("query", "a")
