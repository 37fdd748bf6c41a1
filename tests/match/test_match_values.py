"""The table of matchers: how it is spelled, cleaned, and shown to editors."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from asking import ask, wrong

from keymock import match
from keymock.match import values
from keymock.match.member import Wrong
from keymock.match.values import KEYS, MEMBERS, MODIFIERS, Table


def test_the_struct_has_a_field_for_each_key() -> None:
    assert Table.__struct_fields__ == KEYS
    assert set(KEYS) == MEMBERS.keys() | MODIFIERS.keys()


def test_editors_are_told_every_key() -> None:
    table = msgspec.json.schema(match.Conditions)["$defs"]["Table"]
    assert list(table["properties"]) == list(KEYS)
    assert all(field.get("description") for field in table["properties"].values())
    assert table["additionalProperties"] is False


@pytest.mark.parametrize(
    ("spelled", "cleaned"),
    [
        ("a", {"equals": "a"}),
        (1, {"equals": "1"}),
        (1.5, {"equals": "1.5"}),
        (True, {"equals": "true"}),
        (["a", 1], {"exactly": [{"equals": "a"}, {"equals": "1"}]}),
        ({"one_of": [1, "b"]}, {"one_of": ["1", "b"]}),
        ({"not": {"contains": 1}}, {"not": {"contains": "1"}}),
        ({"gt": 1, "contains": "0"}, {"contains": "0", "gt": 1}),
    ],
)
def test_cleaned_as_text(spelled: Any, cleaned: Any) -> None:
    assert values.clean(msgspec.convert(spelled, values.Value)) == cleaned


def test_cleaned_as_json_keeps_types() -> None:
    assert values.clean(1, json=True) == {"equals": 1}
    assert values.clean(msgspec.convert({"one_of": [1, True]}, Table), json=True) == {"one_of": [1, True]}


def test_all_keys_hold_for_one_value() -> None:
    table = {"query": {"q": {"starts_with": "a", "ends_with": "z"}}}
    assert ask(table, "q=az")
    assert not ask(table, "q=a&q=z")


def test_a_misspelt_key_is_named() -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field `contain`"):
        msgspec.convert({"query": {"q": {"contain": "x"}}}, match.Conditions)


@pytest.mark.parametrize(
    ("table", "path"),
    [
        ({"q": {}}, ("query", "q")),
        ({"q": {"ignore_case": True}}, ("query", "q")),
        ({"q": {"contains": "x", "engine": "python"}}, ("query", "q", "engine")),
        ({"q": {"any_of": ["a", {"regex": "("}]}}, ("query", "q", "any_of", 1, "regex")),
        ({"q": {"equals": ["a"]}}, ("query", "q", "equals")),
    ],
)
def test_faults_say_where(table: dict[str, Any], path: tuple[str | int, ...]) -> None:
    assert wrong({"query": table}).path == path


def test_what_can_never_hold_is_a_warning() -> None:
    fault = wrong({"query": {"q": {"equals": "a", "contains": "b"}}})
    assert (fault.code, fault.severity, fault.path) == ("never-matches", "warning", ("query", "q"))


@pytest.mark.parametrize(
    ("table", "is_one"),
    [({"$gt": 1}, True), ({"$gt": 1, "$lt": 5}, True), ({"a": 1}, False), ({}, False), ({"$ref": 1, "a": 1}, False)],
)
def test_a_table_in_json_is_a_matcher_if_all_keys_are(table: dict[str, Any], is_one: bool) -> None:
    assert values.is_matcher(table) is is_one


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"$gt": 1, "a": 1}, "`$gt` and `a` stand in one table"),
        ({"$gtt": 1}, "`$gtt` is no matcher"),
        ({"$gt": "x"}, "expected `int | float`"),
        ({"$not": {"a": 1}}, "a table of JSON stands where a matcher is expected"),
    ],
)
def test_what_is_neither_matcher_nor_json(table: dict[str, Any], message: str) -> None:
    with pytest.raises(Wrong) as caught:
        values.is_matcher(table)
        values.clean_dollar(table)
    assert message in caught.value.message


def test_nested_matchers_in_json_carry_dollars_too() -> None:
    assert values.clean_dollar({"$any_of": ["a", {"$gt": 1}], "$length": {"$gte": 1}}) == {
        "any_of": [{"equals": "a"}, {"gt": 1}],
        "length": {"gte": 1},
    }


def test_words() -> None:
    cleaned = values.clean(msgspec.convert({"contains": "a", "not": "b", "ignore_case": True}, Table))
    assert values.words(cleaned) == 'contains "a" and not "b", in any case'
