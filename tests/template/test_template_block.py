"""keymock/template/block.py: statements, and the text around them."""

from __future__ import annotations

import pytest
from filling import filled, refusal

from keymock.template.block import NESTED


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{% if 0 %}a{% elif 1 %}b{% else %}c{% endif %}", "b"),
        ("{% if 0 %}a{% elif 0 %}b{% elif 1 %}c{% elif 1 %}d{% endif %}", "c"),
        ("{% if 0 %}a{% else %}c{% endif %}", "c"),
        ("{% if 0 %}a{% endif %}", ""),
        ("{% if request.query.nope %}a{% else %}b{% endif %}", "b"),
        ("{% for x in [1, 2] %}{{ x }},{% endfor %}", "1,2,"),
        ("{% for x in [] %}{{ x }}{% else %}none{% endfor %}", "none"),
        ("{% for x in [1, 2, 3] if x is odd %}{{ loop.index }}:{{ x }} {% endfor %}", "1:1 2:3 "),
        ("{% for x in [1, 2] if x > 5 %}{{ x }}{% else %}none{% endfor %}", "none"),
        ("{% for k, v in {'a': 1} | items %}{{ k }}={{ v }}{% endfor %}", "a=1"),
        ("{% for k in {'a': 1} %}{{ k }}{% endfor %}", "a"),
        ("{% for c in 'ab' %}{{ c }}{% if not loop.last %}-{% endif %}{% endfor %}", "a-b"),
        ("{% for x in [7, 8, 9] %}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.length }}"
         "{{ ' first' if loop.first }} {% endfor %}", "0323 first 1213 2103 "),
        ("{% for x in [1, 2] %}{% for y in 'ab' %}{{ loop.index }}{{ y }}{% endfor %}{{ loop.index }} {% endfor %}",
         "1a2b1 1a2b2 "),
        ("{% set a = 1 %}{{ a }}{% set a = a + 1 %}{{ a }}", "12"),
        ("{% set a %}x{{ 1 }}{% endset %}{{ a | upper }}", "X1"),
        ("{% set a = 1 %}{% for x in [1, 2] %}{{ a }}{% set a = 9 %}{{ a }}{% endfor %}{{ a }}", "19191"),
        ("{% set a = 1 %}{% if 1 %}{% set a = 2 %}{% endif %}{{ a }}", "2"),
        ("{% for x in [1, 2] %}{% if x == 1 %}{% set a = x %}{% endif %}{{ a | default('-') }}{% endfor %}", "1-"),
        ("{% set a %}{% for x in [1, 2] %}{{ x }}{% endfor %}{% endset %}{{ a is string }} {{ a }}", "true 12"),
    ],
)  # fmt: skip
def test_statements(source: str, text: str) -> None:
    assert filled(source) == text


@pytest.mark.parametrize(
    ("source", "column", "message", "hint"),
    [
        ("a{% if 1 %}", 2, "`{% if %}` is never closed", "close it with `{% endif %}`"),
        ("{% if 1 %}{% else %}", 1, "`{% if %}` is never closed", "close it with `{% endif %}`"),
        ("{% for x in [1] %}", 1, "`{% for %}` is never closed", "close it with `{% endfor %}`"),
        ("{% set a %}", 1, "`{% set %}` is never closed", "close it with `{% endset %}`"),
        ("{% endif %}", 4, "`{% endif %}` closes nothing that is open", ""),
        ("{% else %}", 4, "`{% else %}` closes nothing that is open", ""),
        ("{% if 1 %}{% endfor %}{% endif %}", 14, "`{% endfor %}` closes nothing that is open", ""),
        ("{% if 1 %}{% else %}{% elif 1 %}{% endif %}", 24, "`{% elif %}` closes nothing that is open", ""),
        ("{% if 1 %}a{% else x %}{% endif %}", 20, "`x` is not expected here", None),
        ("{% if %}x{% endif %}", 7, "a value is missing before `%}`", ""),
        ("{% for in x %}", 8, "`in` stands where a name for the item should", ""),
        ("{% for x %}{% endfor %}", 10, "`in` is missing before `%}`", "write `{% for item in list %}`"),
        ("{% for x, in y %}{% endfor %}", 11, "`in` stands where a name for the value should", ""),
        ("{% set %}", 8, "a name is missing before `%}`", ""),
        ("{% set true = 1 %}", 8, "`true` stands where a name should", ""),
        ("{% %}", 4, "there is nothing between `{%` and `%}`", ""),
        ("{{ }}", 1, "there is nothing between `{{` and `}}`", ""),
        ("{% iff 1 %}", 4, "there is no statement `iff`", "did you mean `if`?"),
        ("{% zzzzzz %}", 4, "there is no statement `zzzzzz`", "there are `if`, `for`, `set` and `raw`"),
    ],
)
def test_statements_that_are_none(source: str, column: int, message: str, hint: str | None) -> None:
    fault = refusal(source)
    assert (fault.line, fault.column, fault.message, fault.code) == (1, column, message, "invalid-template")
    assert fault.hint == hint or hint is None


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("include 'a'", "a template cannot read files"),
        ("import 'a' as a", "a template cannot read files"),
        ("extends 'a'", "a template cannot read files"),
        ("macro x()", "use `{% set %}` or `{% for %}`"),
        ("elseif 1", "write `{% elif %}`"),
        ("each x", "write `{% for item in list %}`"),
        ("unless x", "write `{% if not … %}`"),
    ],
)
def test_statements_of_others_say_what_to_write(word: str, hint: str) -> None:
    fault = refusal("{% " + word + " %}")
    assert (fault.message, fault.hint) == (f"there is no statement `{word.split(maxsplit=1)[0]}`", hint)


@pytest.mark.parametrize(
    ("source", "line", "column", "message"),
    [
        ("{% for x in 5 %}{% endfor %}", 1, 1, "`for` goes through lists, objects and texts, and this is a number"),
        ("{% for a, b in [1] %}{% endfor %}", 1, 1, "`for a, b in …` needs a list of pairs"),
        ("{% if 0 %}{% set a = 1 %}{% endif %}{{ a }}", 1, 40, "`a` is not set yet"),
        ("{% set a = 'b' %}\n{{ a | b64decode }}", 2, 8, "`b64decode`: this is not Base64 of a UTF-8 text"),
        ("{% if 1 %}\n {% for x in [1] %}{{ x.y }}{% endfor %}{% endif %}", 2, 25,
         "`x` is a number, and has nothing inside"),
        ("ab{% for x in range(60000) %}{% endfor %}", 1, 3, "the template does more than 50,000 steps"),
    ],
)  # fmt: skip
def test_failures_know_their_place(source: str, line: int, column: int, message: str) -> None:
    fault = refusal(source)
    assert (fault.line, fault.column, fault.message, fault.code) == (line, column, message, "template-failed")


def test_blocks_inside_each_other() -> None:
    def nested(count: int) -> str:
        return "{% if 1 %}" * count + "x" + "{% endif %}" * count

    assert filled(nested(NESTED)) == "x"
    fault = refusal(nested(NESTED + 1))
    assert (fault.column, fault.message) == (10 * NESTED + 1, "more than 20 blocks inside each other")
