"""keymock/template/text_template.py: a text compiled once, filled in often, and what is known of it before."""

from __future__ import annotations

import pytest
from filling import NAMES, ask, filled, refusal, values

from keymock.template import Missing, Template, TemplateError, compile, needs_body
from keymock.template.run import OUTPUT, Run


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("last line\n", "last line\n"),
        ("a {{ 1 }} b", "a 1 b"),
        ("{{ 'a' if false }}", ""),
        ("{{ '<&>\"' }}", '<&>"'),
        ("{{ request.params.id }}/{% for x in [1, 2] %}{{ x }}{% endfor %}\n", "7/12\n"),
    ],
)
def test_text(source: str, text: str) -> None:
    assert filled(source) == text


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("{{ 1 }}", 1),
        ("{{ none }}", None),
        ("{{ request.json.user.tags }}", ["b", "a"]),
        ("{{ {'a': 1.5} }}", {"a": 1.5}),
        (" {{ 1 }}", " 1"),
        ("{{ 1 }}{{ true }}", "1true"),
        ("{% if 1 %}{{ 1 }}{% endif %}", "1"),
    ],
)
def test_a_text_that_is_one_expression_keeps_its_type(source: str, value: object) -> None:
    found = compile(source).value(Run(values()))
    assert (found, type(found)) == (value, type(value))


def test_what_is_missing_is_an_error_where_it_is_used() -> None:
    fault = refusal("user\nid: {{ request.query.m }}")
    assert isinstance(fault, Missing)
    assert (fault.line, fault.column, fault.message) == (2, 22, "`request.query` has no `m`")


def test_the_same_expression_elsewhere_is_an_error_elsewhere() -> None:
    """Expressions are read once for all templates that have them; their places are not."""
    first, second = (compile(before + "{{ request.query.m }}", NAMES) for before in ("", "four"))
    for template, column in ((first, 18), (second, 22), (first, 18)):
        with pytest.raises(Missing) as caught:
            template.render(values())
        assert caught.value.column == column


def test_what_is_substituted_is_never_rendered() -> None:
    assert filled("{{ request.query.n }}", request=ask(url="/users/7?n={{ 1 %2B 1 }}")) == "{{ 1 + 1 }}"


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("{{ request.params.id }} {{ request.headers.body }}", False),
        ("{{ request.json.a }}", True),
        ("{% if 0 %}{{ request.body }}{% endif %}", True),
        ("{{ request['form']['a'] }}", True),
        ("{% set body = 1 %}{{ body }}", False),
        ("{% for x in request.form_all %}{% endfor %}", True),
    ],
)
def test_the_body_is_wanted_only_where_it_is_named(source: str, answer: bool) -> None:
    assert needs_body(compile(source)) is answer


def test_only_what_is_named_is_read() -> None:
    """A template over the path looks at no header, no query and no body."""
    request = ask()
    assert compile("{{ request.params.id }}").render(values(request)) == "7"
    assert {"header_map", "query", "json", "text", "form", "cookies"}.isdisjoint(vars(request))


def test_what_a_template_reads_and_calls() -> None:
    template: Template = compile("{{ request.query.q | upper }} {{ uuid() }} {{ state.n }}")
    assert template.reads == {"request.query", "state.n"}
    assert template.calls == {"upper", "uuid"}


def test_a_text_of_more_than_a_mebibyte_is_refused() -> None:
    assert len(filled("{{ 'a' * " + str(OUTPUT) + " }}")) == OUTPUT
    assert refusal("{{ 'ab' * 600000 }}").message == "the text grows to more than 1 MiB"
    with pytest.raises(TemplateError, match="a template of more than 1 MiB"):
        compile("a" * (OUTPUT + 1))
