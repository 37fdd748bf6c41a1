"""keymock/template/functions/random.py: draws that repeat, and stay within what they are asked for."""

from __future__ import annotations

import re

import pytest
from filling import filled, refusal

from keymock.chance import ALPHABETS

MANY = range(1, 41)
"""Seeds to draw with."""


def test_draws_follow_one_another_and_repeat() -> None:
    first, second = filled("{{ uuid() }} {{ uuid() }}").split()
    assert first != second
    assert filled("{{ uuid() }}") == first
    assert re.fullmatch("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", first)


@pytest.mark.parametrize(
    ("source", "possible"),
    [
        ("{{ random_int(1, 3) }}", {"1", "2", "3"}),
        ("{{ random_int(-1, -1) }}", {"-1"}),
        ("{{ random_bool() }}", {"true", "false"}),
        ("{{ random_bool(1) }}", {"true"}),
        ("{{ random_bool(0) }}", {"false"}),
        ("{{ random_float(1, 2, 0) }}", {"1.0", "2.0"}),
        ("{{ choice(['a', 'b']) }}", {"a", "b"}),
        ("{{ weighted({'a': 1, 'b': 2, 'never': 0}) }}", {"a", "b"}),
        ("{{ shuffle([1, 2]) }}", {"[1,2]", "[2,1]"}),
        ("{{ choice([1, 2], count=1) }}", {"[1]", "[2]"}),
        ("{{ choice([1, 2, 3], count=9) | sort }}", {"[1,2,3]"}),
        ("{{ random_string(0) }}", {""}),
    ],
)
def test_draws_are_all_that_is_possible_and_nothing_else(source: str, possible: set[str]) -> None:
    assert {filled(source, seed=seed) for seed in MANY} == possible


@pytest.mark.parametrize("alphabet", sorted(ALPHABETS))
def test_texts_are_of_their_alphabet(alphabet: str) -> None:
    drawn = filled("{{ random_string(300, '" + alphabet + "') }}")
    assert len(drawn) == 300
    assert set(drawn) <= set(ALPHABETS[alphabet])
    assert len(set(drawn)) > len(ALPHABETS[alphabet]) // 2


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ range(3) }}", "[0,1,2]"),
        ("{{ range(1, 4) }}", "[1,2,3]"),
        ("{{ range(5, 0, -2) }}", "[5,3,1]"),
        ("{{ range(3, 1) }}", "[]"),
    ],
)
def test_ranges_end_before_their_end(source: str, text: str) -> None:
    assert filled(source) == text


@pytest.mark.parametrize(
    ("source", "message", "code"),
    [
        ("{{ random_int(6, 1) }}", "`random_int`: nothing is from 6 to 1", "invalid-template"),
        ("{{ random_int(request.query.n | int, 1) }}", "`random_int`: nothing is from 5 to 1", "template-failed"),
        ("{{ random_string(4, 'emoji') }}", "`random_string`: `alphabet` cannot be `emoji`", "invalid-template"),
        ("{{ random_string(65537) }}", "`random_string`: `length` has to be from 0 to 65536, and is 65537",
         "invalid-template"),
        ("{{ choice([]) }}", "`choice`: there is nothing to choose from: the list is empty", "template-failed"),
        ("{{ choice('abc') }}", "`choice`: what to choose from has to be a list, and is a text", "template-failed"),
        ("{{ weighted({'a': 0}) }}", "`weighted`: every weight is 0", "template-failed"),
        ("{{ weighted({'a': -1}) }}", "`weighted`: the weight of `a` is below 0", "template-failed"),
        ("{{ weighted({'a': 'b'}) }}", "`weighted`: the weight of `a` has to be a number, and is a text",
         "template-failed"),
        ("{{ weighted({'a': 1e308, 'b': 1e308}) }}", "`weighted`: the result is no number", "template-failed"),
        ("{{ random_float(-1e308, 1e308) }}", "`random_float`: the result is no number", "template-failed"),
        ("{{ shuffle('abc') }}", "`shuffle`: it has to be a list, and is a text", "template-failed"),
        ("{{ range(1, 5, 0) }}", "`range`: a step of 0 leads nowhere", "template-failed"),
        ("{{ range(9999999) }}", "`range`: the template makes values of more than 16 MiB", "template-failed"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(source: str, message: str, code: str) -> None:
    fault = refusal(source)
    assert (fault.column, fault.message, fault.code) == (4, message, code)
