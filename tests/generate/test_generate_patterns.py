from __future__ import annotations

import re

import pytest

from keymock.chance import Chance
from keymock.generate.patterns import NoPattern, matching
from keymock.generate.validity import matches


@pytest.mark.parametrize(
    "pattern",
    [
        "^[a-z]{3}$", r"^\d{2}-\w+$", "^(a|b)c?$", "^[^a-z]$", r"^(\w)\1$", r"^\p{Lu}\p{L}+$", r"^[\p{N}x]{3}$", "abc",
        r"^(?<year>[0-9]{4})$", r"^\s\S\D$", "^.{5}$", "^é$", r"^\u0041$", r"^(?:ab)+?$", "",
    ],
)  # fmt: skip
def test_what_is_drawn_matches(pattern: str) -> None:
    assert matches(pattern, matching(pattern, Chance(5).stream("a")))


def test_it_grows_when_asked_to() -> None:
    assert len(matching("^a+$", Chance(1).stream("a"), grow=20)) > 20


@pytest.mark.parametrize("pattern", ["(", "a{5000}", "[z-a]"])
def test_what_cannot_be_drawn_is_refused(pattern: str) -> None:
    with pytest.raises(NoPattern):
        matching(pattern, Chance(1).stream("a"))


def test_the_same_draws_make_the_same_text() -> None:
    made = [matching("^[a-z]{8}$", Chance(1).stream("a")) for _ in range(2)]
    assert made[0] == made[1]
    assert re.fullmatch("[a-z]{8}", made[0])
