"""`json`, `json_text`, `json_equals`."""

from __future__ import annotations

from typing import Any

import pytest
from asking import ask, make_request, read_table, why, wrong

from keymock import match


def test_one_condition_for_each_leaf() -> None:
    found = read_table({"body": {"json": {"a": 1, "b": {"c": {"$gt": 2}, "d e": {}}, "t": ["x", {"y": 1}]}}})
    assert [(condition.name, condition.weight) for condition in found] == [
        ("$.a", 1),
        ("$.b.c", 1),
        ("$.b['d e']", 1),
        ("$.t", 2),
    ]
    assert match.count(found) == 5


@pytest.mark.parametrize(
    ("body", "holds"),
    [
        ('{"kind": "card", "n": 1}', True),
        ('{"kind": "card", "n": true}', False),
        ('{"kind": "cash", "n": 1}', False),
        ('{"n": 1}', False),
        ("[1]", False),
        ("null", False),
        ("", False),
        ("{", False),
        (b"\xff", False),
        (b'{"kind": "card", "n": 1, "x": "\xff"}', False),
    ],
)
def test_subset(body: str | bytes, holds: bool) -> None:
    assert ask({"body": {"json": {"kind": "card", "n": 1.0}}}, body=body) is holds


def test_the_whole_body_as_a_leaf() -> None:
    assert ask({"body": {"json": "x"}}, body='"x"')
    assert ask({"body": {"json": {"$type": "null"}}}, body="null")
    assert ask({"body": {"json": [1, 2]}}, body="[1, 2.0]")
    assert ask({"body": {"json": {}}}, body='{"a": 1}')


def test_json_text_has_null() -> None:
    assert ask({"body": {"json_text": '{"a": null, "b": {"$gt": 1}}'}}, body='{"a": null, "b": 2}')
    assert not ask({"body": {"json_text": '{"a": null}'}}, body="{}")
    assert wrong({"body": {"json_text": "{"}}).code == "invalid-json"


def test_equals_is_the_whole_of_it() -> None:
    assert ask({"body": {"json_equals": {"a": [1, {"b": 2}]}}}, body='{"a": [1, {"b": 2}]}')
    assert not ask({"body": {"json_equals": {"a": [1, {"b": 2}]}}}, body='{"a": [1, {"b": 2, "c": 3}]}')
    flags = {"json_equals": {"a": [2, 1]}, "json_ignore_order": True, "json_ignore_extra": True}
    assert ask({"body": flags}, body='{"b": 1, "a": [1, 2, 3]}')


@pytest.mark.parametrize(
    ("table", "body", "reason"),
    [
        ({"json": {"a": 1}}, "", "no body"),
        ({"json": {"a": 1}}, "hello", 'not JSON: "hello"'),
        ({"json": {"a": 1}}, "[]", "no object: []"),
        ({"json": {"a": {"b": 1}}}, "{}", "absent"),
        ({"json_equals": {"a": 1}}, '{"a": 1, "b": 2}', "$.b is 2, not absent"),
        ({"json": {"t": [1]}}, '{"t": [2]}', "$.t[0] is 2, not 1"),
    ],
)
def test_reasons(table: dict[str, Any], body: str, reason: str) -> None:
    assert why({"body": table}, body=body) == reason


def test_duplicate_keys_the_last_counts() -> None:
    assert ask({"body": {"json": {"a": 2}}}, body='{"a": 1, "a": 2}')


def test_a_body_as_deep_as_the_sea() -> None:
    for body in ("[" * 1_000_000, '{"a":' * 1_000_000 + "1" + "}" * 1_000_000):
        assert not ask({"body": {"json": {"a": 1}}}, body=body)


def test_one_lookup_tells_many_apart() -> None:
    (card,) = read_table({"body": {"json": {"pay": {"kind": "card"}}}})
    (yes,) = read_table({"body": {"json": {"pay": {"kind": True}}}})
    (one,) = read_table({"body": {"json": {"pay": {"kind": 1}}}})
    found = [match.discriminator(condition) for condition in (card, yes, one)]
    assert all(found)
    assert {item[0] for item in found if item} == {("body.json", ("pay", "kind"))}
    assert len({item[1]: None for item in found if item}) == 3
    request = make_request(body='{"pay": {"kind": 1.0}}')
    assert match.discriminator_values(("body.json", ("pay", "kind")), request) == (1.0,)
    assert match.discriminator_values(("body.json", ("pay", "kind")), make_request(body="[]")) == ()


def test_flags_without_json() -> None:
    assert wrong({"body": {"json_ignore_order": True}}).path == ("body",)


def test_faults_say_where() -> None:
    assert wrong({"body": {"json": {"a": {"$regex": "(", "$gt": 1}}}}).path == ("body", "json", "a", "$regex")
    assert wrong({"body": {"json_equals": {"a": {"$gt": 1, "b": 1}}}}).code == "mixed-matcher"
