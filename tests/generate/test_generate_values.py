from __future__ import annotations

from typing import Any

import pytest

from keymock.chance import Chance
from keymock.generate import values
from keymock.generate.facts import Dead, Facts


def _facts(schema: dict[str, Any]) -> Facts:
    facts = Facts()
    facts.add(schema)
    return facts


def _stream() -> Any:
    return Chance(4).stream("a")


@pytest.mark.parametrize(("least", "most"), [(0, 3), (7, 7), (40, 60), (0, 0), (3_000, 3_001)])
def test_text_has_the_length_that_was_asked_for(least: int, most: int) -> None:
    assert least <= len(values.text(_facts({"minLength": least, "maxLength": most}), "title", _stream(), 0)) <= most


@pytest.mark.parametrize(
    ("schema", "allowed"),
    [
        ({"minimum": 5, "maximum": 5}, [5]),
        ({"exclusiveMinimum": 1, "exclusiveMaximum": 3}, [2]),
        ({"minimum": 7, "multipleOf": 5, "maximum": 12}, [10]),
        ({"maximum": -3, "minimum": -3}, [-3]),
    ],
)
def test_whole_numbers_keep_their_bounds(schema: dict[str, Any], allowed: list[int]) -> None:
    for bold in range(3):
        assert values.number(_facts(schema), "age", _stream(), True, bold) in allowed


def test_fractions_keep_their_bounds() -> None:
    made = values.number(_facts({"exclusiveMinimum": 0.1, "exclusiveMaximum": 0.2}), "x", _stream(), False, 1)
    assert 0.1 < made < 0.2


def test_nothing_lies_between_crossed_bounds() -> None:
    with pytest.raises(Dead):
        values.number(_facts({"minimum": 3, "maximum": 2}), "x", _stream(), True, 0)
    with pytest.raises(Dead):
        values.text(_facts({"minLength": 3, "maxLength": 2}), "x", _stream(), 0)


def test_types_are_told_as_json_has_them() -> None:
    each: list[Any] = [None, True, 1, 1.5, "a", [], {}]
    kinds = [values.kind_of(value) for value in each]
    assert kinds == ["null", "boolean", "integer", "number", "string", "array", "object"]
    assert values.may_be(_facts({"type": "number"}), 3)
    assert not values.may_be(_facts({"type": "integer"}), 3.5)


def test_a_name_by_a_pattern() -> None:
    assert values.matching_or_empty("^x[0-9]$", _stream(), 0)[0] == "x"
    with pytest.raises(Dead):
        values.matching_or_empty("(", _stream(), 0)
