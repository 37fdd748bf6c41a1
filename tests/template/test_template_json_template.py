"""keymock/template/json_template.py: trees of values, which keep their types."""

from __future__ import annotations

import json
from typing import Any

import pytest
from filling import NAMES, ask, values
from hypothesis import given
from hypothesis import strategies as st

from keymock.template import TemplateError, compile_json, has_template


@pytest.mark.parametrize(
    ("tree", "filled"),
    [
        ("{{ request.params.id | int }}", 7),
        ("{{ 1.5 }}", 1.5),
        ("{{ true }}", True),
        ("{{ none }}", None),
        ("{{ request.json.user }}", {"name": "Ada", "tags": ["b", "a"]}),
        ("{{ [1, 'a'] }}", [1, "a"]),
        (" {{ 1 }}", " 1"),
        ("{{ 1 }}{{ 2 }}", "12"),
        ("{% if true %}{{ 1 }}{% endif %}", "1"),
        ({"a": [1, {"b": "{{ request.query.n }}"}], "c": None}, {"a": [1, {"b": "5"}], "c": None}),
        ({"{{ request.params.id }}": 1, "k": "{{ 2 }}"}, {"7": 1, "k": 2}),
        ({"{{ 7 }}": 1}, {"7": 1}),
        ([True, 1.0, "<&>", {}], [True, 1.0, "<&>", {}]),
    ],
)
def test_types_are_kept(tree: Any, filled: Any) -> None:
    rendered = compile_json(tree, NAMES).render(values())
    assert json.dumps(rendered) == json.dumps(filled)


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(TREES)
def test_a_tree_without_templates_is_itself(tree: Any) -> None:
    if not has_template(json.dumps(tree, ensure_ascii=False)):
        assert compile_json(tree).render(values()) is tree


@given(TREES)
def test_a_value_from_the_request_is_not_looked_into(tree: Any) -> None:
    """Whatever a request holds, it arrives as it is: nothing in it is rendered."""
    template = compile_json({"echo": "{{ data.given }}"})
    assert template.render(values(data={"given": tree})) == {"echo": tree}


def test_what_stays_the_same_is_shared() -> None:
    still = {"terms": ["a", "b"]}
    template = compile_json({"id": "{{ uuid() }}", "still": still})
    assert template.render(values())["still"] is still
    assert template.render(values()) is not template.render(values())


def test_the_template_itself_never_changes() -> None:
    tree = {"id": "{{ call }}", "list": ["{{ call }}", 1]}
    template = compile_json(tree)
    assert template.render(values(call=1)) == {"id": 1, "list": [1, 1]}
    assert template.render(values(call=2)) == {"id": 2, "list": [2, 1]}
    assert tree == {"id": "{{ call }}", "list": ["{{ call }}", 1]}


def test_mistakes_lead_to_their_text() -> None:
    with pytest.raises(TemplateError) as caught:
        compile_json({"items": [1, {"id": "a {{ request.qury }}"}]})
    assert (caught.value.path, caught.value.offset) == (("items", 1, "id"), 13)
    with pytest.raises(TemplateError) as caught:
        compile_json({"items": [1, {"id": "a {{ request.json.x }}"}]}).render(values())
    assert (caught.value.path, caught.value.offset) == (("items", 1, "id"), 18)


def test_encode_is_compact_json() -> None:
    assert compile_json({"a": "{{ '<é>' }}", "b": 1}).encode(values()) == '{"a":"<é>","b":1}'.encode()


def test_json_of_more_than_a_mebibyte_is_refused() -> None:
    with pytest.raises(TemplateError, match="more than 1 MiB"):
        compile_json(["{{ request.body }}"] * 3).encode(values(ask(body="x" * 400_000)))


def test_what_it_reads_and_calls() -> None:
    template = compile_json({"a": "{{ request.json.x }}", "b": ["{{ uuid() }}", "{{ request.path | upper }}"]})
    assert template.reads == {"request.json", "request.path"}
    assert template.calls == {"uuid", "upper"}
    assert compile_json([]).reads == frozenset()


def test_a_tree_is_as_deep_as_json_may_be() -> None:
    deep: Any = "{{ 1 }}"
    for _ in range(200):
        deep = [deep]
    with pytest.raises(TemplateError, match="nested too deeply"):
        compile_json(deep)
