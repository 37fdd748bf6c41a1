"""Whether two sets of conditions can hold for one request, and solving for values."""

from __future__ import annotations

from typing import Any

import pytest
from asking import read_table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_match_agreement import EXAMPLES, TREES, requests, spelled

from keymock import match
from keymock.exchange import Request


def bodies(**table: Any) -> dict[str, Any]:
    return {"body": table}


DISJOINT = [
    ({"query": {"a": "1"}}, {"query": {"a": "2"}}),
    ({"query": {"a": "1"}}, {"query": {"a": {"not": "1"}}}),
    ({"query": {"a": {"one_of": ["1", "2"]}}}, {"query": {"a": {"one_of": ["3", "4"]}}}),
    ({"query": {"a": {"gt": 5}}}, {"query": {"a": {"lte": 5}}}),
    ({"query": {"a": {"between": [1, 2]}}}, {"query": {"a": {"gt": 2}}}),
    ({"query": {"a": {"starts_with": "x"}}}, {"query": {"a": {"starts_with": "y"}}}),
    ({"query": {"a": {"present": False}}}, {"query": {"a": {"contains": "x"}}}),
    ({"query_only": True}, {"query": {"a": "1"}}),
    ({"headers": {"X": "1"}}, {"headers": {"x": "2"}}),
    ({"params": {"id": {"gte": 100}}}, {"params": {"id": "7"}}),
    ({"host": "a.localhost"}, {"host": "b.localhost"}),
    ({"auth": {"basic": {}}}, {"auth": {"bearer": "x"}}),
    ({"auth": {"jwt": {"sub": "a"}}}, {"auth": {"jwt": {"sub": "b"}}}),
    (bodies(json={"a": 1}), bodies(json={"a": 2})),
    (bodies(json={"a": 1}), bodies(json={"a": {"b": 1}})),
    (bodies(json={"a": 1}), bodies(jsonpath={"$.a": True})),
    (bodies(json={"a": 1}), bodies(pointer={"/a": {"type": "string"}})),
    (bodies(json={"a": {"$type": "string"}}), bodies(json={"a": {"$type": "array"}})),
    (bodies(json={"a": [1, 2]}), bodies(json={"a": [2, 1]})),
    (bodies(json_equals={"a": 1}), bodies(json={"b": {"$present": True}})),
    (bodies(text="x"), bodies(text={"contains": "y"})),
    (bodies(text="x"), bodies(json={})),
    (bodies(xml="<a/>"), bodies(xml="<b/>")),
    (bodies(xml="<a/>"), bodies(json={})),
    (bodies(sha256="0" * 64), bodies(sha256="1" * 64)),
    (bodies(graphql={"operation": "A"}), bodies(graphql={"operation": "B"})),
    (bodies(graphql={"query": "{ a }"}), bodies(graphql={"query": "{ b }"})),
    (bodies(jsonrpc={"method": "a"}), bodies(jsonrpc={"method": "b"})),
    ({"form": {"a": "1"}}, bodies(parts={"a": {}})),
]
COMPATIBLE = [
    ({}, {}),
    ({"query": {"a": "1"}}, {"query": {"b": "2"}}),
    ({"query": {"a": {"gt": 5}}}, {"query": {"a": {"lt": 7}}}),
    ({"query": {"a": {"starts_with": "x"}}}, {"query": {"a": {"ends_with": "y"}}}),
    ({"query": {"a": {"includes": ["x"]}}}, {"query": {"a": {"includes": ["y"]}}}),
    ({"query": {"a": "1"}}, {"query_only": True, "query": {"a": {"gte": 1}}}),
    ({"cookies": {"a": "1"}}, {"cookies": {"b": {"regex": "^[0-9a-f]{32}$"}}}),
    ({"headers": {"X": "1"}}, {"auth": {"bearer": "t"}}),
    ({"auth": {"jwt": {"sub": "a", "$.x.y": {"gt": 1}}}}, {"auth": {"bearer": {"present": True}}}),
    ({"auth": {"basic": {"user": "a"}}}, {"auth": {"basic": {"password": "b"}}}),
    ({"form": {"a": "1"}}, {"form": {"b": {"gt": 3}}}),
    (bodies(json={"a": 1}), bodies(json={"b": {"c": [1, {"$gt": 3}]}})),
    (bodies(json={"a": {"$gt": 0}}), bodies(json={"a": 5})),
    (bodies(json_equals={"a": 1, "b": {"c": None}}), bodies(pointer={"/a": {"lt": 5}})),
    (bodies(jsonpath={"$.items[0].sku": "a"}), bodies(jsonpath={"$.items[1].sku": "b"})),
    (bodies(schema={"type": "object"}), bodies(json={"a": 1})),
    (bodies(text={"contains": "a"}), bodies(text={"contains": "b"})),
    (bodies(xml="<a/>"), bodies(xpath={"name(/*)": "a"})),
    (bodies(graphql={"operation": "A"}), bodies(graphql={"variables": {"id": 1}})),
    (bodies(jsonrpc={"method": "m"}), bodies(jsonrpc={"params": [1]})),
    (bodies(parts={"f": {"filename": {"ends_with": ".png"}}}), bodies(parts={"g": {"json": {"a": 1}}})),
    ({"host": "a.localhost"}, {"scheme": "https", "client": "10.0.0.1"}),
]
UNKNOWN = [
    ({"query": {"a": {"regex": "^[0-9]{3}$"}}}, {"query": {"a": {"regex": "^[a-z]+q$"}}}),
    (bodies(sha256="0" * 64), {}),
]


@pytest.mark.parametrize(("left", "right"), DISJOINT)
def test_disjoint(left: dict[str, Any], right: dict[str, Any]) -> None:
    one, other = read_table(left), read_table(right)
    assert match.overlap(one, other) is False
    assert match.overlap(other, one) is False
    assert match.witness((*one, *other)) is None


@pytest.mark.parametrize(("left", "right"), COMPATIBLE)
def test_compatible_with_a_witness(left: dict[str, Any], right: dict[str, Any]) -> None:
    both = (*read_table(left), *read_table(right))
    assert match.overlap(read_table(left), read_table(right)) is True
    parts = match.witness(both)
    assert parts is not None
    request = match.request_of(parts)
    assert all(match.compile(condition)(request) for condition in both)


@pytest.mark.parametrize(("left", "right"), UNKNOWN)
def test_unknown(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert match.overlap(read_table(left), read_table(right)) is None


def test_impossible() -> None:
    assert match.impossible(read_table({"body": {"json": {"a": 1}, "pointer": {"/a": 2}}}))
    assert not match.impossible(read_table({"body": {"json": {"a": 1}, "pointer": {"/b": 2}}}))


def test_a_witness_is_what_can_be_printed() -> None:
    table = {"params": {"id": "7"}, "query": {"q": {"contains": "a"}}, "headers": {"X": {"present": True}}}
    assert match.witness(read_table(table)) == {"params": {"id": "7"}, "query": {"q": ["a"]}, "headers": {"x": ["x"]}}


def once_each(request: Request) -> bool:
    """Whether no name comes twice: overlap is about such requests."""
    return all(len(found) == 1 for table in (request.query, request.cookies) for found in table.values())


@pytest.mark.parametrize("where", TREES)
def test_a_proof_is_never_refuted(where: str) -> None:
    @settings(max_examples=EXAMPLES // 4, deadline=None, suppress_health_check=list(HealthCheck))
    @given(TREES[where], TREES[where], st.lists(requests, min_size=3, max_size=3))
    def never(left: Any, right: Any, tried: list[Request]) -> None:
        try:
            both = (*read_table(spelled(where, left)), *read_table(spelled(where, right)))
        except ValueError:
            return
        if match.impossible(both):
            for request in filter(once_each, tried):
                assert not all(match.compile(condition)(request) for condition in both)

    never()
