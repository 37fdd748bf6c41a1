"""A template means what Jinja makes of it: minijinja is asked, wherever both can answer."""

from __future__ import annotations

import pytest
from filling import values
from hypothesis import given, settings
from hypothesis import strategies as st

from keymock.template import Names, TemplateError, compile

minijinja = pytest.importorskip("minijinja", reason="the oracle is not installed")

NAMES = Names(more=frozenset({"x", "y"}))
LITERALS = st.sampled_from(["1", "2", "7", "0", "'a'", "'b c'", "''", "true", "false", "x", "y", "[1, 2]", "['a']"])


def _is_there(expression: str) -> bool:
    """Whether it surely has a value: a list with something missing is missing to us, and to Jinja a list of one."""
    return "| first" not in expression and "| last" not in expression


def _both(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    infix = st.tuples(inner, st.sampled_from(["+", "-", "*", "~", "==", "!=", "<", "and", "or", "in"]), inner).map(
        " ".join
    )
    return st.one_of(
        infix,
        inner.map(lambda one: f"({one})"),
        inner.map(lambda one: f"not {one}"),
        st.tuples(inner, st.sampled_from(["upper", "length", "string", "first", "last", "default('z')"])).map(
            " | ".join
        ),
        st.tuples(inner, st.sampled_from(["defined", "string", "mapping", "not none"])).map(" is ".join),
        st.tuples(inner, inner, inner).map(lambda three: f"({three[0]} if {three[1]} else {three[2]})"),
        st.lists(inner.filter(_is_there), max_size=2).map(lambda items: f"[{', '.join(items)}]"),
    )


EXPRESSIONS = st.recursive(LITERALS, _both, max_leaves=8)


def ours(source: str) -> str | None:
    try:
        return compile(source, NAMES).render(values(more={"x": 3, "y": "text"}))
    except TemplateError:
        return None


def theirs(source: str) -> str | None:
    environment = minijinja.Environment(
        fuel=50_000, undefined_behavior="strict", auto_escape_callback=lambda _name: False, keep_trailing_newline=True
    )
    try:
        return str(environment.render_str(source, x=3, y="text"))
    except minijinja.TemplateError:
        return None


@settings(max_examples=400, deadline=None)
@given(EXPRESSIONS)
def test_expressions_mean_the_same(expression: str) -> None:
    """Compared by whether they are true: lists and booleans are written as JSON here, and true is no number."""
    source = f"{{% if {expression} %}}yes{{% else %}}no{{% endif %}}"
    mine, other = ours(source), theirs(source)
    assert mine is None or other is None or mine == other


def test_a_list_with_something_missing_is_missing() -> None:
    """As any other use of it: an error, and no in a condition."""
    assert ours("{{ ['' | first] }}") is None
    assert ours("{% if ['' | first] %}yes{% else %}no{% endif %}") == "no"


BLOCKS = [
    "{% for i in [1, 2, 3] %}{{ loop.index }}/{{ loop.length }}{{ ',' if not loop.last }}{% endfor %}",
    "{% for i in [] %}{% else %}none{% endfor %}",
    "{% set a = 1 %}{% for i in [1, 2] %}{% set a = a + i %}{{ a }} {% endfor %}{{ a }}",
    "{% set a = 1 %}{% if true %}{% set a = 2 %}{% endif %}{{ a }}",
    "{% for i in [3, 1, 2] if i > 1 %}{{ i }}{{ loop.revindex }}{{ loop.index }}{% endfor %}",
    "  {%- if x == 3 -%}  a  {%- endif -%}  b",
    "{% set b %}<{{ x }}>{% endset %}{{ b }}{{ b }}",
    "a {# b #} c {#- d -#} e",
    "{% raw %}{{ x }}{% endraw %}",
    "{% for i in [1, 2] %}{% for j in [1, 2] %}{{ i }}{{ loop.index0 }} {% endfor %}{{ loop.index0 }}{% endfor %}",
    "{% if x > 5 %}a{% elif x > 2 %}b{% elif x > 1 %}c{% else %}d{% endif %}",
    "{{ 2 + 3 * 4 - 1 }} {{ 2 ** 3 }} {{ -x }} {{ 7 // 2 }} {{ 7 % 3 }} {{ 1 ~ 2 * 3 }}",
    "{{ -3 | abs }}",
    "{{ y[0] }} {{ y[1:3] }} {{ [1, 2, 3][1:] | length }} {{ {'a': {'b': 5}}.a.b }}",
    "{{ 'a,b' | split(',') | join('-') }} {{ y | replace('t', 'T') }} {{ ' a ' | trim }} {{ 'ab' | title }}",
    "{{ [3, 1, 2] | sort | join }} {{ [1, 5, 2] | max }} {{ [1, 2] | sum }} {{ 'abc' | reverse }} {{ '5' | int + 1 }}",
]


@pytest.mark.parametrize("source", BLOCKS)
def test_statements_mean_the_same(source: str) -> None:
    assert ours(source) == theirs(source)
    assert ours(source) is not None
