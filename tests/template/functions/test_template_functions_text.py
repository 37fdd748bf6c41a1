"""keymock/template/functions/text.py: texts changed, cut, searched and judged."""

from __future__ import annotations

import pytest
from filling import filled, refusal

from keymock.template import Missing


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ 'hELLO wORLD' | capitalize }} {{ 'hELLO wORLD' | title }} {{ 'aé' | upper }} {{ 'AÉ' | lower }}",
         "Hello world Hello World AÉ aé"),
        ("{{ 5 | upper }} {{ true | upper }} {{ [1, none] | string }}", "5 TRUE [1,null]"),
        ("{{ 'user-id of_order' | camel }} {{ 'Crème Brûlée!' | slug }} {{ 'a b' | slug('_') }}",
         "userIdOfOrder creme-brulee a_b"),
        ("{{ '  a ' | trim }} {{ 'xxaxx' | trim('x') }}", "a a"),
        ("{{ 'aaa' | replace('a', 'b', 2) }} {{ 'aaa' | replace('a', '') }}|{{ 'a' | replace('a', 5) }}", "bba |5"),
        ("{{ 'a  b' | split }} {{ 'a,b,c' | split(',', 1) }} {{ 'a\nb' | lines }} {{ '' | lines }}",
         '["a","b"] ["a","b,c"] ["a","b"] []'),
        ("{{ [1, true, none, 'a'] | join('/') }} {{ [] | join('/') }}|{{ ['a', 'b'] | join }}", "1/true/null/a |ab"),
        ("{{ 'abcdef' | truncate(4) }} {{ 'abcd' | truncate(4) }} {{ 'abcdef' | truncate(5, '...') }}",
         "abc… abcd ab..."),
        ("{{ 'a' | ljust(3, '.') }} {{ 'a' | rjust(3, '0') }} {{ 'a' | center(3, '-') }} {{ 'abc' | ljust(2) }}",
         "a.. 00a -a- abc"),
        ("{{ 'ab' | repeat(2) }}{{ 'ab' | repeat(0) }}", "abab"),
        ("{{ 'a1b22' | regex_find_all('[0-9]+') }} {{ 'a1b22' | regex_find_all('([a-z])[0-9]') }}",
         '["1","22"] ["a","b"]'),
        ("{{ 'k=v' | regex_find('(?P<key>\\\\w)=(?P<value>\\\\w)', 'value') }} {{ 'k=v' | regex_find('k=(v)') }} "
         "{{ 'k=v' | regex_find('k=(v)', 0) }} {{ 'k=v' | regex_find('.=') }}", "v v k=v k="),
        ("{{ 'aXbX' | regex_replace('X', '-') }} {{ 'aXbX' | regex_replace('X') }}", "a-b- ab"),
        ("{{ 'Ada Lovelace' | regex_replace('(?P<a>\\\\w+) (\\\\w+)', '\\\\2, \\\\g<a>') }}", "Lovelace, Ada"),
        ("{{ 'abc' is startingwith 'ab' }} {{ 'abc' is endingwith 'ab' }} {{ 'abc' is matching '^a.c$' }}",
         "true false true"),
        ("{{ 'ABC' is upper }} {{ 'aB' is lower }} {{ 5 is upper }}", "true false false"),
    ],
)  # fmt: skip
def test_texts(source: str, text: str) -> None:
    assert filled(source) == text


def test_a_pattern_that_is_not_found_is_missing() -> None:
    assert filled("{{ 'a' | regex_find('b') | default('-') }}") == "-"
    assert isinstance(refusal("{{ 'a' | regex_find('b') }}"), Missing)


@pytest.mark.parametrize(
    ("source", "column", "message"),
    [
        ("{{ 5 | trim }}", 8, "`trim`: it has to be a text, and is a number"),
        ("{{ 'a' | split('') }}", 10, "`split`: nothing separates nothing"),
        ("{{ 'a' | replace('', 'b') }}", 10, "`replace`: nothing cannot be replaced"),
        ("{{ 'a' | replace('b') }}", 10, "`replace`: the argument `new` is missing"),
        ("{{ 'abc' | join }}", 12, "`join`: only lists are joined"),
        ("{{ [1] | join(2) }}", 10, "`join`: `separator` has to be a text, and is a number"),
        ("{{ 'a' | ljust(3, 'xy') }}", 10, "`ljust`: `fill` has to be one character"),
        ("{{ 'a' | rjust(10001) }}", 10, "`rjust`: `width` has to be from 0 to 10000, and is 10001"),
        ("{{ 'a' | upper(1) }}", 10, "`upper`: too many arguments: it takes none"),
        ("{{ ('a' * 70000) | regex_find('a') }}", 20,
         "`regex_find`: patterns are looked for in texts of at most 65,536 characters"),
        ("{{ 'ab' | regex_replace('(a)', '\\\\7') }}", 11, "`regex_replace`: the pattern has no group `7`"),
        ("{{ 'a' | regex_find('a', 3) }}", 10, "`regex_find`: the pattern has no group `3`"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_to_a_text_is_refused(source: str, column: int, message: str) -> None:
    fault = refusal(source)
    assert (fault.column, fault.message) == (column, message)
    assert not isinstance(fault, Missing)


@pytest.mark.parametrize("filter_", ["regex_find", "regex_find_all", "regex_replace"])
def test_patterns_are_judged_at_load(filter_: str) -> None:
    fault = refusal("{% if false %}{{ 'a' | " + filter_ + "('(?=a)') }}{% endif %}")
    assert (fault.column, fault.hint) == (24, "patterns are RE2: no look-around, no back-references")
