"""keymock/template/json_text.py: JSON written as text, with templates in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from filling import NAMES, values
from hypothesis import given
from hypothesis import strategies as st

from keymock.template import TemplateError, compile_json_text, has_template


@pytest.mark.parametrize(
    ("source", "filled"),
    [
        ('{"n": {{ request.query.n | int }}}', {"n": 5}),
        ('{"n": "{{ request.query.n | int }}"}', {"n": 5}),
        ('{"n": "no. {{ request.query.n }}!"}', {"n": "no. 5!"}),
        ('{"{{ request.params.id }}": [{{ none }}, {{ true }}, {{ 1.5 }}]}', {"7": [None, True, 1.5]}),
        ('{"u": {{ request.json.user }} }', {"u": {"name": "Ada", "tags": ["b", "a"]}}),
        ('{"q": "{{ request.query["n"] }}"}', {"q": "5"}),
        ('{"s": "a\\n\\u00e9 {{ 1 }}"}', {"s": "a\né 1"}),
        ('{"s": {{ "say \\"hi\\" <&>" }}}', {"s": 'say "hi" <&>'}),
        ("{{ request.json.items }}", [{"sku": "x", "qty": 2}, {"sku": "y", "qty": 1}]),
        ('{# note #}{"a": 1}', {"a": 1}),
        ('{"a": "x{# note #}y {{ 1 }}"}', {"a": "xy 1"}),
        ('{"a": "{% raw %}{{ no }}{% endraw %}"}', {"a": "{{ no }}"}),
        ('{"note": null}', {"note": None}),
        (
            '[{% for item in request.json.items %}{"sku": "{{ item.sku }}", "qty": {{ item.qty }}}'
            "{% if not loop.last %},{% endif %}{% endfor %}]",
            [{"sku": "x", "qty": 2}, {"sku": "y", "qty": 1}],
        ),
        ('{"a": "{% if 1 %}say {{ \'"\' }}{% endif %}"}', {"a": 'say "'}),
    ],
)
def test_types_are_kept(source: str, filled: Any) -> None:
    assert json.dumps(compile_json_text(source, NAMES).render(values())) == json.dumps(filled)


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Co")))
TREES = st.recursive(st.none() | st.booleans() | st.integers() | TEXTS, st.lists, max_leaves=9)


@given(TREES)
def test_json_without_templates_is_itself(tree: Any) -> None:
    source = json.dumps(tree)
    if not has_template(source) and "{#" not in source:
        assert compile_json_text(source).render(values()) == tree


MISTAKES = [
    ('{"a": {{ 1 }} "b": 2}', 1, 15, "not JSON: expecting ',' delimiter"),
    ('{\n  "a": {{ foo }}\n}', 2, 11, "unknown name `foo`"),
    ('{\n  "a": "x {{ 1 | uper }}"\n}', 2, 18, "unknown filter `uper`"),
    ('{"a": NaN}', 1, 7, "`NaN` is not JSON"),
    ('{"a": 1,}', 1, None, None),
    ('{"a": "\\ue000{{ 1 }}"}', 1, 1, "the text holds characters for private use (U+E000, U+F0000 …)"),
    ('{"a": "\ue000{{ 1 }}"}', 1, 1, "the text holds characters for private use (U+E000, U+F0000 …)"),
    ("[" * 5000 + "]" * 5000, 1, 1, "the JSON is nested too deeply"),
    ("{% for x in [1] %}{{ foo }}{% endfor %}", 1, 22, "unknown name `foo`"),
]


@pytest.mark.parametrize(("source", "line", "column", "message"), MISTAKES, ids=[row[0][:40] for row in MISTAKES])
def test_mistakes_have_their_place_in_the_text(source: str, line: int, column: int | None, message: str | None) -> None:
    with pytest.raises(TemplateError) as caught:
        compile_json_text(source, NAMES)
    assert caught.value.line == line
    assert caught.value.column == column or column is None
    assert caught.value.message == message or message is None


def test_failures_have_their_place_in_the_text() -> None:
    template = compile_json_text('{\n  "a": "{{ request.query.n }}",\n  "b": "x {{ request.query.m }}"\n}')
    with pytest.raises(TemplateError) as caught:
        template.render(values())
    assert (caught.value.line, caught.value.column) == (3, 28)


def test_statements_that_make_no_json() -> None:
    template = compile_json_text("[{% for x in [1, 2] %}{{ x }}{% endfor %}")
    with pytest.raises(TemplateError, match="what it makes is not JSON"):
        template.render(values())
