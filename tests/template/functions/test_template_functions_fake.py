"""keymock/template/functions/fake.py: data that looks real, of any language, and repeats."""

from __future__ import annotations

import re

import pytest
from filling import NOON, filled, refusal

from keymock.template.functions.fake import LOCALES, MEMBERS
from keymock.template.functions.time import iso, shifted


@pytest.mark.parametrize("name", sorted(MEMBERS))
def test_every_member_makes_something_and_repeats(name: str) -> None:
    source = "{{ fake." + name + "() }}"
    assert filled(source).strip()
    assert filled(source) == filled(source)


def test_draws_differ_from_one_to_the_next_and_by_seed() -> None:
    first, second = filled("{{ fake.ipv6() }} {{ fake.ipv6() }}").split()
    assert len({first, second, filled("{{ fake.ipv6() }}", seed=2)}) == 3


def test_other_languages() -> None:
    from mimesis import Locale

    assert set(LOCALES) == {locale.value for locale in Locale}
    assert filled("{{ fake.city(locale='de') }}") != filled("{{ fake.city() }}")
    assert re.search("[а-я]", filled("{{ fake.name(locale='ru') }}"))


@pytest.mark.parametrize(
    ("source", "pattern"),
    [
        ("{{ fake.email() }}", r"\S+@example\.(com|org|net)"),
        ("{{ fake.words(3) }}", r'\["[^"]+","[^"]+","[^"]+"\]'),
        ("{{ fake.port() is integer }} {{ fake.latitude() is float }}", "true true"),
        ("{{ fake.paragraph(1) }}", r"[^.!?]+[.!?]"),
    ],
)
def test_shapes(source: str, pattern: str) -> None:
    assert re.fullmatch(pattern, filled(source))


@pytest.mark.parametrize("within", ["1h", "1d", "3 months"])
def test_moments_are_relative_to_now(within: str) -> None:
    past, future = filled("{{ fake.past('" + within + "') }} {{ fake.future('" + within + "') }}").split()
    assert iso(shifted(NOON, f"-{within}")) <= past < iso(NOON) < future <= iso(shifted(NOON, within))


@pytest.mark.parametrize(
    ("source", "message", "code"),
    [
        ("{{ fake.city(locale='xx') }}", "`fake.city`: `locale` cannot be `xx`", "invalid-template"),
        ("{{ fake.past('-1d') }}", "`fake.past`: `within` leads backwards", "invalid-template"),
        ("{{ fake.words(0) }}", "`fake.words`: `count` has to be from 1 to 1000, and is 0", "template-failed"),
        ("{{ fake.paragraph(101) }}", "`fake.paragraph`: `sentences` has to be from 1 to 100, and is 101",
         "template-failed"),
    ],
)  # fmt: skip
def test_what_nobody_can_fake_is_refused(source: str, message: str, code: str) -> None:
    fault = refusal(source)
    assert (fault.column, fault.message, fault.code) == (4, message, code)
