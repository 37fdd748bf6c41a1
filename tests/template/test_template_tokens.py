"""keymock/template/tokens.py: where text ends and expressions begin, and the words that those are made of."""

from __future__ import annotations

import pytest
from filling import filled, refusal

from keymock.template import TemplateError, has_template
from keymock.template.tokens import Part, parts, words


@pytest.mark.parametrize(
    ("text", "answer"), [("a {{ b }}", True), ("{% if x %}", True), ("a { b } %", False), ("", False)]
)
def test_what_is_a_template(text: str, answer: bool) -> None:
    assert has_template(text) is answer


def test_parts_know_where_they_are() -> None:
    first, value, statement, last = parts("a {{ b }}\n{%- if c %}d")
    assert first == Part("text", 0, "a ", 2, 0)
    assert value == Part("value", 2, " b ", 9, 4)
    assert (statement.kind, statement.offset, statement.end, statement.text) == ("statement", 10, 21, " if c ")
    assert [(token.kind, token.text, token.offset) for token in statement.tokens] == [
        ("name", "if", 14), ("name", "c", 17), ("end", "%}", 19),
    ]  # fmt: skip
    assert last == Part("text", 21, "d", 22, 21)


@pytest.mark.parametrize(
    ("value", "tokens"),
    [
        ("a.b[0]", ["name a", "sign .", "name b", "sign [", "int 0", "sign ]"]),
        ("1.5e3 2E2 7", ["float 1.5e3", "float 2E2", "int 7"]),
        ("1.a", ["int 1", "sign .", "name a"]),
        ("naïve _x1", ["name naïve", "name _x1"]),
        ("a<=b**c//d", ["name a", "sign <=", "name b", "sign **", "name c", "sign //", "name d"]),
        (r"""'it\'s' "\"" """, ["text it's", 'text "']),
        (r"'\n\t\u00e9\x41'", ["text \n\téA"]),
        (r"'\d+\.\w\q' '\\d \' \" \/ \{\}'", [r"text \d+\.\w\q", "text \\d ' \" / {}"]),
        (r"'\ud83d\ude00'", ["text 😀"]),
        (r"'\ud83d'", ["text \ufffd"]),
        ("{'a': {}}", ["sign {", "text a", "sign :", "sign {", "sign }", "sign }"]),
    ],
)
def test_words(value: str, tokens: list[str]) -> None:
    *found, end = words(value)
    assert [f"{token.kind} {token.text}" for token in found] == tokens
    assert (end.kind, end.text) == ("end", "}}")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a{# no #}b", "ab"),
        ("a {#- no -#} b", "ab"),
        ("a {#-#} b", "ab"),
        ("{# {{ nothing. }} #}", ""),
        ("a {{- 1 -}} b", "a1b"),
        ("a {{- 1 }} b", "a1 b"),
        ("a {%- set b = 1 -%} c", "ac"),
        ("{% raw %}{{ 1 }}{% endraw %}", "{{ 1 }}"),
        ("{% raw %}{% if %}{# {{{% endraw %}", "{% if %}{# {{"),
        ("{{ '}}' }}{{ {'a': {'b': 1}}}}", '}}{"a":{"b":1}}'),
        ("{ } % }} %} #}", "{ } % }} %} #}"),
    ],
)
def test_delimiters(source: str, text: str) -> None:
    assert filled(source) == text


@pytest.mark.parametrize(
    ("source", "column", "message", "hint"),
    [
        ("{{ a", 1, "`{{` is never closed", "close it with `}}`"),
        ("a {% if", 3, "`{%` is never closed", "close it with `%}`"),
        ("{# a", 1, "`{#` is never closed", "a comment ends with `#}`"),
        ("{% raw %}", 1, "`{% raw %}` is never closed", "close it with `{% endraw %}`"),
        ("{{ 'a }}", 4, "this text is never closed", "close it with '"),
        ("{{ (1 }}", 7, "this `}` closes nothing", ""),
        ("{{ [1) }}", 6, "this `)` closes nothing", ""),
        ("{{ (1", 4, "this `(` is never closed", ""),
        ("{{#if a}}", 3, "`#` means nothing here", "Handlebars blocks are `{% if … %}` and `{% for … %}` here"),
        ("{{ a && b }}", 6, "`&` means nothing here", "write `and`"),
        ("{{ !a }}", 4, "`!` means nothing here", "write `not`"),
        ("{{ a ? b }}", 6, "`?` means nothing here", "write `a if condition else b`"),
        ("{{ $a }}", 4, "`$` means nothing here",
         "names have no `$` here: write `request.query.q`, `vars.name`"),
        ("{{ @a }}", 4, "`@` means nothing here", "names have no `@` here"),
        (r"{{ \'a\' }}", 4, "`\\` means nothing here",
         "inside the quotes of a JSON text, write the texts of an expression with single quotes"),
        ("{{ ; }}", 4, "`;` means nothing here", ""),
    ],
)  # fmt: skip
def test_what_is_no_token(source: str, column: int, message: str, hint: str) -> None:
    fault = refusal(source)
    assert (fault.line, fault.column, fault.message, fault.hint) == (1, column, message, hint)


def test_a_place_is_counted_from_the_start_of_the_value() -> None:
    with pytest.raises(TemplateError) as caught:
        words(" a ? b")
    assert caught.value.offset == 3
