"""`gt`, `gte`, `lt`, `lte`."""

from __future__ import annotations

import pytest
from asking import ask

from keymock.match.numbers import number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("-5", -5),
        ("+5", 5),
        ("1.50", 1.5),
        ("1e3", 1000.0),
        ("007", 7),
        ("1" * 300, int("1" * 300)),
        ("", None),
        (" 5", None),
        ("5 ", None),
        ("5\n", None),
        ("1_000", None),
        ("0x10", None),
        (".5", None),
        ("5.", None),
        ("nan", None),
        ("inf", None),
        ("٣", None),
        ("five", None),
    ],
)
def test_a_text_as_a_number(text: str, value: float | None) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    ("key", "holds"),
    [
        ("gt", (False, False, True)),
        ("gte", (False, True, True)),
        ("lt", (True, False, False)),
        ("lte", (True, True, False)),
    ],
)
def test_bounds(key: str, holds: tuple[bool, bool, bool]) -> None:
    assert tuple(ask({"query": {"n": {key: 5}}}, f"n={text}") for text in ("4.9", "5.0", "5.1")) == holds
    assert tuple(ask({"body": {"json": {"n": {f"${key}": 5}}}}, body=f'{{"n": {n}}}') for n in (4, 5.0, 6)) == holds


def test_huge_numbers() -> None:
    assert ask({"query": {"n": {"gt": 5}}}, "n=" + "9" * 5000)
    assert ask({"query": {"n": {"gt": 5}}}, "n=1e999")
    assert ask({"body": {"json": {"n": {"$gt": 5}}}}, body='{"n": ' + "9" * 400 + "}")
    assert not ask({"body": {"json": {"n": {"$gt": 5}}}}, body='{"n": 1e999}')


def test_what_is_no_number_does_not_match() -> None:
    assert not ask({"query": {"n": {"lt": 5}}}, "n=abc")
    assert not ask({"query": {"n": {"lt": 5}}}, "")
    for other in ('"4"', "true", "null", "[4]"):
        assert not ask({"body": {"json": {"n": {"$lt": 5}}}}, body=f'{{"n": {other}}}')
