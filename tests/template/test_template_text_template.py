"""keymock/template: texts filled in, statement by statement and operator by operator."""

from __future__ import annotations

from typing import Any

import pytest
from filling import NAMES, ask, values

from keymock.template import Missing, Names, Template, TemplateError, compile, has_template, needs_body


def render(source: str, **given: Any) -> str:
    return compile(source, NAMES).render(values(**given))


@pytest.mark.parametrize(
    ("text", "answer"), [("a {{ b }}", True), ("{% if x %}", True), ("a { b } %", False), ("", False)]
)
def test_what_is_a_template(text: str, answer: bool) -> None:
    assert has_template(text) is answer


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("plain", "plain"),
        ("last line\n", "last line\n"),
        ("a {{ 1 }} b", "a 1 b"),
        ("{{ 'a' if false }}", ""),
        ("a{# no #}b", "ab"),
        ("a {#- no -#} b", "ab"),
        ("a {{- 1 -}} b", "a1b"),
        ("{% raw %}{{ 1 }}{% endraw %}", "{{ 1 }}"),
        ("{% if 0 %}a{% elif 1 %}b{% else %}c{% endif %}", "b"),
        ("{% if 0 %}a{% else %}c{% endif %}", "c"),
        ("{% for x in [1, 2] %}{{ x }},{% endfor %}", "1,2,"),
        ("{% for x in [] %}{{ x }}{% else %}none{% endfor %}", "none"),
        ("{% for x in [1, 2, 3] if x is odd %}{{ loop.index }}:{{ x }} {% endfor %}", "1:1 2:3 "),
        ("{% for k, v in {'a': 1} | items %}{{ k }}={{ v }}{% endfor %}", "a=1"),
        ("{% for k in {'a': 1} %}{{ k }}{% endfor %}", "a"),
        ("{% for c in 'ab' %}{{ c }}{% if not loop.last %}-{% endif %}{% endfor %}", "a-b"),
        ("{% set a = 1 %}{{ a }}{% set a = a + 1 %}{{ a }}", "12"),
        ("{% set a %}x{{ 1 }}{% endset %}{{ a | upper }}", "X1"),
        ("{% set a = 1 %}{% for x in [1, 2] %}{{ a }}{% set a = 9 %}{{ a }}{% endfor %}{{ a }}", "19191"),
        ("{% set a = 1 %}{% if 1 %}{% set a = 2 %}{% endif %}{{ a }}", "2"),
        ("{{ 1 + 2 * 3 - 4 / 2 }}", "5.0"),
        ("{{ 7 // 2 }} {{ 7 % 4 }} {{ 2 ** 10 }} {{ -3 }} {{ -3 | abs }} {{ 1.5 }}", "3 3 1024 -3 3 1.5"),
        ("{{ 'a' ~ 1 ~ none }}", "a1null"),
        ("{{ 1 < 2 <= 2 != 3 }} {{ 'b' > 'a' }} {{ 2 in [1, 2] }} {{ 'x' not in 'abc' }}", "true true true true"),
        ("{{ true and 0 or 'x' }} {{ not true }}", "x false"),
        ("{{ [1, 'a', none, true, 1.0, {'k': []}] }}", '[1,"a",null,true,1.0,{"k":[]}]'),
        ("{{ {'a': {'b': 1}} }}", '{"a":{"b":1}}'),
        ("{{ 'ab'[0] }} {{ [1, 2][-1] }} {{ 'abcd'[1:3] }} {{ [1, 2, 3][1:] }}", "a 2 bc [2,3]"),
        ("{{ {'a b': 1}['a b'] }}", "1"),
        (r"{{ 'a\nb\u00e9\'' }}", "a\nbé'"),
        ("{{ '<&>\"' }}", '<&>"'),
        ("{{ 5 is odd }} {{ 5 is not odd }} {{ 6 is divisibleby 3 }} {{ 'a' is string }}", "true false true true"),
        ("{{ request.params.id }}", "7"),
        ("{{ request.query.n }} {{ request.query.tag }} {{ request.query_all.tag }}", '5 a ["a","b"]'),
        ("{{ request.headers['X-REQUEST-id'] }} {{ request.headers.x_request_id }}", "r-1 r-1"),
        ("{{ request.cookies.theme }} {{ request.method }} {{ request.path }}", "dark POST /users/7"),
        ("{{ request.url }}", "http://localhost:8787/users/7?n=5&tag=a&tag=b"),
        ("{{ request.json.user.tags[0] }} {{ request.json.items.1.sku }}", "b y"),
        ("{{ state.cart['items'][0] }} {{ vars.currency }} {{ env.REGION }}", "x CHF eu"),
        ("{{ session }} {{ call }} {{ seed }}", "alice 1 1"),
        ("{{ data.prices[request.json.items[0].sku] }}", "4.5"),
    ],
)  # fmt: skip
def test_text(source: str, text: str) -> None:
    assert render(source) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ request.query.nope | default('-') }}", "-"),
        ("{{ request.json.a.b.c | default('-') }}", "-"),
        ("{{ request.query.nope is defined }}{{ request.query.n is defined }}", "falsetrue"),
        ("{% if request.query.nope %}a{% else %}b{% endif %}", "b"),
        ("{{ request.query.nope or request.query.n }}", "5"),
        ("{{ 'yes' if not request.query.nope }}", "yes"),
        ("{{ '' | default('-') }}{{ '' | default('-', true) }}", "-"),
    ],
)
def test_what_is_missing_can_be_asked_for(source: str, text: str) -> None:
    assert render(source) == text


def test_what_is_missing_is_an_error_where_it_is_used() -> None:
    with pytest.raises(Missing) as caught:
        render("id: {{ request.query.m }}")
    assert caught.value.message == "`request.query` has no `m`"
    assert (caught.value.line, caught.value.column) == (1, 22)


def test_what_is_substituted_is_never_rendered() -> None:
    request = ask(url="/users/7?n={{ 1 %2B 1 }}")
    assert compile("{{ request.query.n }}").render(values(request)) == "{{ 1 + 1 }}"


MISTAKES = [
    ("{{ request.qury.n }}", 1, 12, "`request` has no `qury`", "did you mean `query`?"),
    ("{{ request.params.idd }}", 1, 19, "the path has no parameter `idd`", "did you mean `id`?"),
    ("{{ vars.curency }}", 1, 9, "`vars` has no `curency`", "did you mean `currency`?"),
    ("{{ env.HOME }}", 1, 8, "templates may not read the process variable `HOME`", None),
    ("a\n  {{ sesion }}", 2, 6, "unknown name `sesion`", "did you mean `session`?"),
    ("{{ path }}", 1, 4, "unknown name `path`", "write `request.path`"),
    ("{{ request }}", 1, 4, "`request` alone has no value", None),
    ("{{ uuid }}", 1, 4, "`uuid` is a function", "write `uuid()`"),
    ("{{ uid() }}", 1, 4, "unknown function `uid`", "did you mean `uuid`?"),
    ("{{ fake.nam() }}", 1, 4, "unknown function `fake.nam`", "did you mean `fake.name`?"),
    ("{{ 'a' | uper }}", 1, 10, "unknown filter `uper`", "did you mean `upper`?"),
    ("{{ 'a' | uuid }}", 1, 10, "unknown filter `uuid`", "`uuid` is a function: write `uuid(…)`"),
    ("{{ 1 is evn }}", 1, 9, "unknown test `evn`", "did you mean `even`?"),
    ("{{ 'a'.upper() }}", 1, 8, "values have no function `upper`", "write `| upper`"),
    ("{{ request.json.items() }}", 1, 17, "values have no function `items`", "write `| items`"),
    ("{{ now(zon='UTC') }}", 1, 4, "`now`: there is no argument `zon`", "did you mean `zone`?"),
    ("{{ now(zone='Mars/Base') }}", 1, 4, "`now`: there is no time zone `Mars/Base`", None),
    ("{{ now(zone='../../etc/passwd') }}", 1, 4, "`now`: there is no time zone `../../etc/passwd`", None),
    ("{{ now(format='yyyy-MM-dd') }}", 1, 4, "`now`: `yyyy-MM-dd` is a format of Java", None),
    ("{{ 'a' | regex_find('(?=a)') }}", 1, 10, None, "patterns are RE2: no look-around, no back-references"),
    ("{{ 'a' | replace('b') }}", 1, 10, "`replace`: the argument `new` is missing", "in this order: old, new, count"),
    ("{{ 'a' | upper(1) }}", 1, 10, "`upper`: too many arguments: it takes none", None),
    ("{{ random_int(6, 1) }}", 1, 4, "`random_int`: nothing is from 6 to 1", None),
    ("{{ a", 1, 1, "`{{` is never closed", "close it with `}}`"),
    ("{{ 'a }}", 1, 4, "this text is never closed", None),
    ("{{ (1 }}", 1, 7, "this `}` closes nothing", None),
    ("{{ }}", 1, 1, "there is nothing between `{{` and `}}`", None),
    ("{{ 1 2 }}", 1, 6, "`2` is not expected here", None),
    ("{{ 1 + }}", 1, 8, "a value is missing before `}}`", None),
    ("{{ 1 = 1 }}", 1, 6, "`=` compares nothing", "write `==`"),
    ("{{#if a}}", 1, 3, "`#` means nothing here", None),
    ("{{ a && b }}", 1, 6, "`&` means nothing here", "write `and`"),
    ("{% if 1 %}", 1, 1, "`{% if %}` is never closed", "close it with `{% endif %}`"),
    ("{% endif %}", 1, 4, "`{% endif %}` closes nothing that is open", None),
    ("{% include 'a' %}", 1, 4, "there is no statement `include`", "a template cannot read files"),
    ("{% iff 1 %}", 1, 4, "there is no statement `iff`", "did you mean `if`?"),
    ("{% for in x %}", 1, 8, "`in` stands where a name for the item should", None),
    ("{# a", 1, 1, "`{#` is never closed", None),
    ("{% raw %}", 1, 1, "`{% raw %}` is never closed", None),
    ("{{ 99999999999999999999 }}", 1, 4, "this number is too large", None),
]  # fmt: skip


@pytest.mark.parametrize(("source", "line", "column", "message", "hint"), MISTAKES, ids=[row[0] for row in MISTAKES])
def test_mistakes_are_found_at_load(source: str, line: int, column: int, message: str | None, hint: str | None) -> None:
    with pytest.raises(TemplateError) as caught:
        compile(source, NAMES)
    fault = caught.value
    assert (fault.line, fault.column) == (line, column)
    assert fault.message == message or message is None
    assert fault.hint == hint or hint is None


FAILURES = [
    ("a\n{{ 'b' + 1 }}", 2, 8, "`+` does not add a number to a text"),
    ("{{ 1 / 0 }}", 1, 6, "a number cannot be divided by 0"),
    ("{{ 'a' < 1 }}", 1, 8, "`<` does not compare a text with a number"),
    ("{{ 'x' | int }}", 1, 10, "`int`: `x` is no whole number"),
    ("{% set a = 'b' %}\n{{ a | b64decode }}", 2, 8, "`b64decode`: this is not Base64 of a UTF-8 text"),
    ("{{ request.body | fromjson }}", 1, 19, "`fromjson`: the text is not JSON"),
    ("{{ request.json }}", 1, 12, "the body is not JSON"),
    ("{% for x in 5 %}{% endfor %}", 1, 1, "`for` goes through lists, objects and texts, and this is a number"),
    ("{{ state.cart['items'][3] }}", 1, 24, "`state.cart.items` has no position 3: it has 1"),
    ("{% if 0 %}{% set a = 1 %}{% endif %}{{ a }}", 1, 40, "`a` is not set yet"),
    ("{{ request.params.id.name }}", 1, 22, "`request.params.id` is a text, which has no `name`"),
    ("{{ 2 ** 100 }}", 1, 6, "the result is too large a number"),
]


@pytest.mark.parametrize(("source", "line", "column", "message"), FAILURES, ids=[row[0] for row in FAILURES])
def test_failures_know_their_place(source: str, line: int, column: int, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        render(source, request=ask(body="no JSON"))
    assert (caught.value.line, caught.value.column, caught.value.message) == (line, column, message)


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


def test_names_beyond_the_usual() -> None:
    names = Names(more=frozenset({"n", "login"}), request=False)
    assert compile("tick {{ n }} {{ login.status }}", names).render(
        values(more={"n": 3, "login": {"status": 200}})
    ) == ("tick 3 200")
    with pytest.raises(Missing, match="there is no `n` yet"):
        compile("{{ n }}", names).render(values())
    with pytest.raises(TemplateError, match="there is no request here"):
        compile("{{ request.path }}", names)


def test_a_text_of_more_than_a_mebibyte_is_refused() -> None:
    with pytest.raises(TemplateError, match="more than 1 MiB"):
        render("{{ 'ab' * 600000 }}")
