from __future__ import annotations

import pytest

from keymock.chance import Chance
from keymock.generate.faker import METHODS, faked


@pytest.mark.parametrize("name", METHODS)
def test_every_method_makes_something_and_the_same_again(name: str) -> None:
    made = [faked(name, Chance(1).stream("a")) for _ in range(2)]
    assert made[0] == made[1]
    assert made[0] != ""


def test_the_spellings_of_users_are_read() -> None:
    assert "@" in faked("faker.internet.email", Chance(1).stream("a"))
    assert isinstance(faked({"name.firstName": []}, Chance(1).stream("a")), str)
    assert faked("no.such", Chance(1).stream("a")) is None
    assert faked(3, Chance(1).stream("a")) is None
