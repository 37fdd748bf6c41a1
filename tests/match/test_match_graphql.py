"""`graphql`."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import pytest
from asking import ask, read_table, why, wrong

from keymock import match
from keymock.match.graphql import MAX_QUERY, normalise

QUERY = "query GetUser($id: ID!, $n: Int = 5) { user(id: $id, first: $n) { name ...F } } fragment F on User { id }"
SAME = """
# who
fragment F on User { id }
query GetUser ($n: Int = 5 $id: ID!) {
  user(first: $n id: $id) { ...F, name }
}"""


def post(query: str, **more: Any) -> str:
    return json.dumps({"query": query, **more})


def test_normal_form() -> None:
    assert normalise(QUERY) == normalise(SAME)


@pytest.mark.parametrize(
    "other",
    [
        QUERY.replace("name", "nick: name"),
        QUERY.replace("= 5", "= 6"),
        QUERY.replace("GetUser", "GetPerson"),
        QUERY.replace("query", "mutation"),
        QUERY.replace("user(", "user @skip(if: true) (").replace("user @skip(if: true) (", "users("),
        "{ a(x: [1, 2]) }",
    ],
)
def test_other_queries(other: str) -> None:
    assert normalise(other) != normalise(QUERY)


def test_the_order_in_a_list_matters() -> None:
    assert normalise("{ a(x: [1, 2]) }") != normalise("{ a(x: [2, 1]) }")
    assert normalise("{ a(x: {b: 1, c: 2}) }") == normalise("{ a(x: {c: 2, b: 1}) }")


@pytest.mark.parametrize(
    ("graphql", "body", "holds"),
    [
        ({"query": QUERY}, post(SAME), True),
        ({"query": QUERY}, post("{ a }"), False),
        ({"operation": "GetUser"}, post(SAME), True),
        ({"operation": "B"}, post("query A { a } query B { b }", operationName="B"), True),
        ({"operation": "A"}, post("query A { a } query B { b }"), False),
        ({"operation": {"present": False}}, post("{ a }"), True),
        ({"variables": {"id": {"$regex": "^[0-9]+$"}}}, post("{ a }", variables={"id": "12", "x": 1}), True),
        ({"variables": {"id": "1"}}, post("{ a }"), False),
        ({"variables": {"id": {"$present": False}}}, post("{ a }", variables=None), True),
        ({}, post("{ a }"), True),
        ({}, post("{ a "), False),
        ({}, '{"query": 1}', False),
        ({}, '[{"query": "{ a }"}]', False),
        ({}, "{ a }", False),
    ],
)
def test_posts(graphql: dict[str, Any], body: str, holds: bool) -> None:
    assert ask({"body": {"graphql": graphql}}, body=body) is holds


def test_get_and_bare_bodies() -> None:
    table = {"body": {"graphql": {"query": "{ a }", "variables": {"x": 1}}}}
    assert ask(table, "query=%7B+a+%7D&variables=%7B%22x%22:1%7D")
    assert not ask(table, "query=%7B+a+%7D&variables=x")
    assert ask({"body": {"graphql": {"query": "{ a }"}}}, headers={"content-type": "application/graphql"}, body="{a}")


def test_hostile_queries_are_refused() -> None:
    for query in (
        "{a" * 5000,
        "{ a(x: " + "[" * 5000 + ") }",
        "{ a }" * 5000,
        "a" * (MAX_QUERY + 1),
        "\x00",
        "{ \ud800 }",
    ):
        body = json.dumps({"query": query})
        assert not ask({"body": {"graphql": {}}}, body=body)


def test_depth_costs_no_more_than_length() -> None:
    started = time.perf_counter()
    normalise("{a " * 180 + "b " * 3000 + "}" * 180)
    assert time.perf_counter() - started < 3


def test_each_key_counts_and_reasons() -> None:
    table = {"body": {"graphql": {"operation": "A", "query": "query A { a }", "variables": {"x": {"y": 1, "z": 2}}}}}
    assert match.count(read_table(table)) == 3
    assert why(table, body=post("query B { a }")) == 'operation is "B"'
    assert why(table, body=post("query A { b }")) == "query is query A { b }"
    assert why(table, body=post("query A { a }", variables={})) == "variables.x.y is absent, not 1"
    assert why(table, body="{}") == "no GraphQL: there is no `query`"


def test_faults() -> None:
    assert wrong({"body": {"graphql": {"query": "{"}}}).path == ("body", "graphql", "query")
    assert wrong({"body": {"graphql": {"variables": {"a": {"$gtt": 1}}}}}).path == (
        "body",
        "graphql",
        "variables",
        "a",
        "$gtt",
    )


@pytest.mark.parametrize(
    ("package", "table", "extra"),
    [
        ("graphql", {"body": {"graphql": {"operation": "A"}}}, "keymock[graphql]"),
        ("lxml", {"body": {"xml": "<a/>"}}, "keymock[xml]"),
        ("lxml", {"body": {"xpath": {"//a": "1"}}}, "keymock[xml]"),
    ],
)
def test_a_missing_package_is_a_fault_that_says_what_to_install(
    package: str, table: dict[str, Any], extra: str
) -> None:
    program = (
        f"import sys; sys.modules[{package!r}] = None; import msgspec; from keymock import match\n"
        f"_, faults = match.read(msgspec.convert({table!r}, match.Conditions))\n"
        "print(faults[0].code, faults[0].message)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("missing-extra ")
    assert extra in done.stdout
