"""`not`, `all_of`, `any_of`."""

from __future__ import annotations

from asking import ask


def test_not_needs_all_values() -> None:
    table = {"query": {"q": {"not": "a"}}}
    assert ask(table, "q=b&q=c")
    assert not ask(table, "q=b&q=a")
    assert ask(table, "")
    assert not ask({"query": {"q": {"present": True, "not": "a"}}}, "")


def test_not_of_a_list_and_of_not() -> None:
    assert ask({"query": {"q": {"not": ["a", "b"]}}}, "q=b&q=a")
    assert not ask({"query": {"q": {"not": {"not": "a"}}}}, "q=b")


def test_all_of_may_be_met_by_different_values() -> None:
    table = {"query": {"q": {"all_of": [{"starts_with": "a"}, {"starts_with": "b"}]}}}
    assert ask(table, "q=ax&q=bx")
    assert not ask(table, "q=ax")


def test_any_of() -> None:
    table = {"query": {"q": {"any_of": ["a", {"gt": 5}]}}}
    assert ask(table, "q=a")
    assert ask(table, "q=6")
    assert not ask(table, "q=5")


def test_ignore_case_is_for_its_own_table() -> None:
    assert not ask({"query": {"q": {"any_of": ["A"], "ignore_case": True}}}, "q=a")
    assert ask({"query": {"q": {"any_of": [{"equals": "A", "ignore_case": True}]}}}, "q=a")
