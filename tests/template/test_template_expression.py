"""keymock/template/expression.py: the grammar of expressions, and what is said of what is none."""

from __future__ import annotations

import pytest
from filling import NAMES, filled, refusal

from keymock.template import compile
from keymock.template.expression import DEEPEST, LONGEST, NESTED


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ [1, 'a', none, true, 1.0, {'k': []}] }}", '[1,"a",null,true,1.0,{"k":[]}]'),
        ("{{ [1,] }} {{ {'a': 1,} }} {{ [] }} {{ {} }}", '[1] {"a":1} [] {}'),
        ("{{ True }} {{ False }} {{ None }} {{ null }}", "true false null null"),
        ("{{ {'a': {'b': 1}} }}", '{"a":{"b":1}}'),
        ("{{ 1 + 2 * 3 }} {{ (1 + 2) * 3 }} {{ 10 - 4 - 3 }} {{ 2 ** 3 ** 2 }} {{ 1 ~ 2 * 3 }}", "7 9 3 64 16"),
        ("{{ -3 }} {{ -3 | abs }} {{ - - 1 }} {{ -+1 }} {{ 2 * -3 }}", "-3 3 1 -1 -6"),
        ("{{ true and 0 or 'x' }} {{ not true }} {{ not not 1 }} {{ not 0 and 1 }}", "x false true 1"),
        ("{{ not 1 == 2 }} {{ 1 not in [2] and 1 in [1] }} {{ 3 > 2 > 1 }} {{ 3 > 2 > 2 }}", "true true true false"),
        ("{{ 'a' if 1 else 'b' }} {{ 'a' if 0 else 'b' if 0 else 'c' }} {{ 'a' if 0 }}|", "a c |"),
        ("{{ 'a' ~ 'b' | upper }} {{ ('a' ~ 'b') | upper }} {{ 'b a' | split | sort | join('-') }}", "aB AB a-b"),
        ("{{ 5 is odd }} {{ 5 is not odd }} {{ 6 is divisibleby 3 }} {{ 6 is divisibleby(4) }} {{ 'a' is string }}",
         "true false true false true"),
        ("{{ 4 is even and 1 }} {{ 'a' is startingwith 'a' or 0 }}", "1 true"),
        ("{{ now(format='date') }} {{ now('1d', 'UTC', format='date',) }}", "2026-06-01 2026-06-02"),
        ("{{ {'name': 1}.name }} {{ [[1, 2]][0][1] }} {{ 'abc'[0:2][1] }} {{ range(3)[1] }}", "1 2 b 1"),
    ],
)  # fmt: skip
def test_expressions(source: str, text: str) -> None:
    assert filled(source) == text


BRACES = 'an object is `{"key": value}`; around a value two braces are enough, nothing is escaped'
HANDLEBARS = "Handlebars parameters are written in brackets here: `name(a, b=c)`; texts are joined by `~`"


@pytest.mark.parametrize(
    ("source", "column", "message", "hint"),
    [
        ("{{ 1 2 }}", 6, "`2` is not expected here", HANDLEBARS),
        ("{{ 1 + }}", 8, "a value is missing before `}}`", ""),
        ("{{ 1 if }}", 9, "a value is missing before `}}`", ""),
        ("{{ 'a' == | upper }}", 11, "`|` stands where a value should", "a filter follows a value: `value | upper`"),
        ("{{ 1 = 1 }}", 6, "`=` compares nothing", "write `==`"),
        ("{{ [1 2] }}", 7, "`2` stands where `]` should", ""),
        ("{{ {'a' 1} }}", 9, "`1` stands where `:` should", BRACES),
        ("{{{ request.body }}}", 18, "`}` stands where `:` should", BRACES),
        (
            "{{ request.segments.[0] }}",
            21,
            "`[` stands where a name should",
            "an index stands without the dot before it: `request.segments[0]`",
        ),
        ("{{ 'a' | }}", 10, "the name of a filter is missing before `}}`", ""),
        ("{{ 1 is }}", 9, "the name of a test is missing before `}}`", "as in `is defined`, `is number`, `is even`"),
        ("{{ request.json. }}", 18, "a name is missing before `}}`", ""),
        ("{{ 'a'[] }}", 8, "`]` stands where a value should", ""),
        ("{{ (1)(2) }}", 7, "only functions can be called", "filters are written `value | name`"),
        ("{% set a = 1 %}{{ a() }}", 19, "`a` is a value, not a function", ""),
        ("{{ 'a'.upper() }}", 8, "values have no function `upper`", "write `| upper`"),
        ("{{ request.json.items() }}", 17, "values have no function `items`", "write `| items`"),
        ("{{ 'a'.zzz() }}", 8, "values have no function `zzz`", "filters are written `value | name`"),
        ("{{ now(zon='UTC') }}", 4, "`now`: there is no argument `zon`", "did you mean `zone`?"),
        ("{{ now(zone='UTC', 'x') }}", 20, "an argument without a name stands behind one with a name", ""),
        ("{{ now(zone='UTC', zone='UTC') }}", 20, "`zone` is given twice", ""),
        ("{{ 'a' | default(x=1) }}", 10, "`default` has no argument `x`", ""),
        ("{{ 'a' | default(1, 2, 3) }}", 10, "`default` takes a value, and `true` to replace empty ones as well", ""),
        ("{{ 99999999999999999999 }}", 4, "this number is too large", ""),
        ("{{ 1e999 }}", 4, "this number is too large", ""),
        ("{{ " + "1" * 41 + " }}", 4, "this number is too long", ""),
    ],
)
def test_what_is_no_expression(source: str, column: int, message: str, hint: str) -> None:
    fault = refusal(source)
    assert (fault.line, fault.column, fault.message, fault.hint) == (1, column, message, hint)
    assert fault.code == "invalid-template"


@pytest.mark.parametrize(
    ("source", "column", "message", "hint"),
    [
        ("{{ uid() }}", 4, "unknown function `uid`", "did you mean `uuid`?"),
        ("{{ fake.nam() }}", 4, "unknown function `fake.nam`", "did you mean `fake.name`?"),
        ("{{ upper('a') }}", 4, "unknown function `upper`", "`upper` is a filter: write `value | upper`"),
        ("{{ 'a' | uper }}", 10, "unknown filter `uper`", "did you mean `upper`?"),
        ("{{ 'a' | uuid }}", 10, "unknown filter `uuid`", "`uuid` is a function: write `uuid(…)`"),
        ("{{ 'a' | zzzzzzzz }}", 10, "unknown filter `zzzzzzzz`", "docs/templates.md lists every filter"),
        ("{{ 1 is evn }}", 9, "unknown test `evn`", "did you mean `even`?"),
        ("{{ 1 is defind }}", 9, "unknown test `defind`", "did you mean `defined`?"),
    ],
)
def test_functions_filters_and_tests_that_there_are_not(source: str, column: int, message: str, hint: str) -> None:
    fault = refusal(source)
    assert (fault.line, fault.column, fault.message, fault.hint) == (1, column, message, hint)
    assert fault.code == "unknown-name"


@pytest.mark.parametrize(
    ("start", "more", "end", "most", "message"),
    [
        ("1", " + 1", "", DEEPEST - 1, "more than 100 operations hang on each other"),
        ("'a'", " | upper", "", DEEPEST - 1, "more than 100 operations hang on each other"),
        ("state", ".a", "", LONGEST - 1, "a path of more than 50 words"),
        ("", "[", "]", NESTED, "more than 30 brackets inside each other"),
    ],
)
def test_expressions_are_only_so_long(start: str, more: str, end: str, most: int, message: str) -> None:
    def repeated(count: int) -> str:
        return "{{ " + start + more * count + end * count + " }}"

    assert compile(repeated(most), NAMES).source == repeated(most)
    assert refusal(repeated(most + 1)).message == message
