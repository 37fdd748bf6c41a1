from __future__ import annotations

import jsonschema_rs
import pytest

from keymock.chance import Chance
from keymock.generate import words


@pytest.mark.parametrize("name", words.FORMATS)
def test_every_format_is_kept(name: str) -> None:
    for seed in range(5):
        made = words.by_format(name, Chance(seed).stream("a"))
        assert jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True).is_valid(made), made


def test_what_is_no_format_of_text_says_so() -> None:
    assert words.by_format("int64", Chance(1).stream("a")) is None


@pytest.mark.parametrize(
    ("field", "expected"),
    [("customerEmail", "@example.com"), ("website_url", "https://"), ("updatedAt", "T"), ("phone", "+41")],
)
def test_a_field_gets_what_its_name_says(field: str, expected: str) -> None:
    assert expected in words.text(field, Chance(1).stream("a"))


@pytest.mark.parametrize(("field", "low", "high"), [("age", 18, 90), ("year", 2015, 2026), ("statusCode", 200, 200)])
def test_numbers_too(field: str, low: int, high: int) -> None:
    assert low <= words.number(field, Chance(1).stream("a"), whole=True) <= high
