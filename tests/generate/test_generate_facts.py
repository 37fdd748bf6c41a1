from __future__ import annotations

from fractions import Fraction

import pytest

from keymock.generate.facts import Dead, Facts, among, equal, exact


def test_bounds_tighten_and_steps_meet() -> None:
    facts = Facts()
    for schema in ({"minimum": 1, "multipleOf": 0.2}, {"minimum": 3, "maximum": 9, "multipleOf": 0.3}):
        facts.add(schema)
    assert (facts.low, facts.high, facts.step) == (Fraction(3), Fraction(9), Fraction(3, 5))


def test_a_whole_number_is_a_number() -> None:
    facts = Facts()
    facts.add({"type": ["number", "string"]})
    facts.add({"type": "integer"})
    assert facts.kinds == ("integer",)


@pytest.mark.parametrize("pair", [({"type": "string"}, {"type": "null"}), ({"const": 1}, {"enum": [2]}), ({}, False)])
def test_what_cannot_be_together_is_dead(pair: tuple[object, object]) -> None:
    facts = Facts()
    facts.add(pair[0])  # type: ignore[arg-type]
    with pytest.raises(Dead):
        facts.add(pair[1])  # type: ignore[arg-type]


def test_keywords_hint_at_the_type() -> None:
    facts = Facts()
    facts.add({"minLength": 2})
    assert facts.kinds[0] == "string"


def test_json_is_equal_as_json_is() -> None:
    assert equal({"a": [1, True]}, {"a": [1.0, True]})
    assert not equal(1, True)
    assert among(0.0, [0])
    assert exact(0.1) == Fraction(1, 10)
