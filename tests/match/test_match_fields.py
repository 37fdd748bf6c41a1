"""Path parameters, query, headers, cookies, form."""

from __future__ import annotations

import pytest
from asking import ask, why, wrong

from keymock.match.fields import MAX_FIELDS

FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}


def test_params() -> None:
    assert ask({"params": {"id": {"gte": 100}}}, params={"id": "100"})
    assert not ask({"params": {"id": "0"}}, params={"id": "1"})
    assert not ask({"params": {"id": "0"}}, params={})


@pytest.mark.parametrize(
    ("query", "holds"),
    [("q=a+b", True), ("q=a%20b", True), ("Q=a+b", False), ("q=a&q=a+b", True), ("q=a%2Bb", False), ("q", False)],
)
def test_query(query: str, holds: bool) -> None:
    assert ask({"query": {"q": "a b"}}, query) is holds


def test_a_parameter_without_a_value_is_empty() -> None:
    assert ask({"query": {"q": ""}}, "q")
    assert ask({"query": {"q": ""}}, "q=")


def test_query_only() -> None:
    table = {"query": {"a": "1"}, "query_only": True}
    assert ask(table, "a=1")
    assert ask(table, "a=1&a=2")
    assert not ask(table, "a=1&b=2")
    assert why({"query_only": True}, "x=1&y=2") == "also `x`, `y`"
    assert ask({"query_only": True}, "")


def test_header_names_in_any_case_values_not() -> None:
    assert ask({"headers": {"X-TENANT": "t1"}}, headers={"x-tenant": "t1"})
    assert not ask({"headers": {"x-tenant": "T1"}}, headers={"x-tenant": "t1"})
    assert ask({"headers": {"x-name": "größe"}}, headers={"x-name": "größe"})


def test_two_names_of_one_header() -> None:
    fault = wrong({"headers": {"Accept": "a", "accept": "b"}})
    assert (fault.code, fault.path) == ("duplicate-header", ("headers", "accept"))
    assert "`accept` and `Accept` are one header" in fault.message


def test_a_name_that_no_header_has() -> None:
    assert wrong({"headers": {"X Tenant": "a"}}).code == "invalid-header"
    assert wrong({"headers": {"X:": "a"}}).code == "invalid-header"


def test_cookies() -> None:
    table = {"cookies": {"s": "1"}}
    assert ask(table, headers={"cookie": 'a=2; s="1"'})
    assert not ask(table, headers={"cookie": "S=1"})
    assert not ask(table, headers={"cookie": ";;=;s"})


def test_form() -> None:
    table = {"form": {"amount": {"gt": 10}}}
    assert ask(table, headers=FORM, body="amount=11&x=%ff")
    assert not ask(table, headers=FORM, body="amount=ten")
    assert not ask(table, headers=FORM, body="")


def test_a_form_of_a_million_fields() -> None:
    table = {"form": {"a": "1"}}
    assert ask(table, headers=FORM, body="a=1" + "&b=2" * (MAX_FIELDS - 1))
    assert why(table, headers=FORM, body="a=1" + "&b=%32" * 1_000_000) == "a form of more than 10000 fields"


def test_a_form_that_is_no_form() -> None:
    table = {"form": {"amount": {"not": "x"}}}
    assert not ask(table, headers={"content-type": "application/json"}, body="amount=11")
    assert why(table, headers={"content-type": "application/json"}, body="amount=11") == (
        'no form: its content type is "application/json"'
    )
