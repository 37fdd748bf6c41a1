"""keymock/template/functions/numbers.py: numbers read, rounded, written and gathered."""

from __future__ import annotations

import pytest
from filling import filled, refusal


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ '  7 ' | int }} {{ '7.9' | int }} {{ 7.9 | int }} {{ '1e3' | float }} {{ true | int }}", "7 7 7 1000.0 1"),
        ("{{ 'ff' | int(base=16) }} {{ 'x' | int(0) }} {{ [] | int(0) }} {{ 'x' | float(1.5) }} {{ 2 | float }}",
         "255 0 0 1.5 2.0"),
        ("{{ 'Yes' | bool }} {{ ' OFF ' | bool }} {{ '' | bool }} {{ [] | bool }} {{ 1 | bool }}",
         "true false false false true"),
        ("{{ -2.5 | round }} {{ 2.5 | round }} {{ 2.675 | round(2) }} {{ 5 | round(2) }}", "-3 3 2.68 5"),
        ("{{ 2.1 | ceil }} {{ -2.1 | ceil }} {{ 2.9 | floor }} {{ -2.1 | floor }} {{ 2.39 | round(1, 'floor') }}",
         "3 -2 2 -3 2.3"),
        ("{{ '1e400' | int(0) }} {{ '1e400' | float(1) }} {{ 1e300 | round(15) }}", "0 1 1e300"),
        ("{{ -2 | abs }} {{ 1.5 | abs }}", "2 1.5"),
        ("{{ 1.5 | fixed }} {{ 1234567.891 | fixed(1, thousands=\"'\") }} {{ 1234.5 | fixed(2, '.', ',') }}",
         "1.50 1'234'567.9 1.234,50"),
        ("{{ [1, 2.5] | sum }} {{ [] | sum }} {{ [2, 1] | min }} {{ ['b', 'a'] | max }}", "3.5 0 1 b"),
        ("{{ 4 is even }} {{ 4 is odd }} {{ -3 is odd }} {{ 9 is divisibleby 3 }} {{ 9 is divisibleby 2 }}",
         "true false true true false"),
    ],
)  # fmt: skip
def test_numbers(source: str, text: str) -> None:
    assert filled(source) == text


@pytest.mark.parametrize(
    ("source", "column", "message"),
    [
        ("{{ 'x' | int }}", 10, "`int`: `x` is no whole number"),
        ("{{ [] | int }}", 9, "`int`: a list is no whole number"),
        ("{{ '1_0' | int(base=2) }}", 12, "`int`: `1_0` is no whole number"),
        ("{{ '7' | int(base=37) }}", 10, "`int`: `base` has to be from 2 to 36, and is 37"),
        ("{{ '1e400' | int }}", 14, "`int`: `1e400` is no whole number"),
        ("{{ 'NaN' | float }}", 12, "`float`: `NaN` is no number"),
        ("{{ 'maybe' | bool }}", 14, "`bool`: `maybe` says neither true nor false"),
        ("{{ 'a' | round }}", 10, "`round`: it has to be a number, and is a text"),
        ("{{ 2.5 | round(method='up') }}", 10, "`round`: `method` cannot be `up`"),
        ("{{ 1e300 | ceil }}", 12, "`ceil`: the result is too large a number"),
        ("{{ 1 | fixed(thousands='too long') }}", 8, "`fixed`: `thousands` and `point` are signs of a character or so"),
        ("{{ [] | max }}", 9, "`max`: an empty list has neither"),
        ("{{ [1, 'a'] | max }}", 15, "`max`: all have to be numbers, or all texts"),
        ("{{ [1, 'a'] | sum }}", 15, "`sum`: each of them has to be a number, and is a text"),
        ("{{ [18446744073709551615, 1] | sum }}", 32, "`sum`: the result is too large a number"),
        ("{{ [1] | sum('a') }}", 10, "`sum`: too many arguments: it takes none"),
        ("{{ -5 is divisibleby 0 }}", 10, "`divisibleby`: a number cannot be divided by 0"),
        ("{{ 1.5 is even }}", 11, "`even`: it has to be a whole number, and is a number"),
    ],
)
def test_what_is_no_number_is_refused(source: str, column: int, message: str) -> None:
    fault = refusal(source)
    assert (fault.column, fault.message) == (column, message)
