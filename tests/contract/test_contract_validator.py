from __future__ import annotations

from keymock.contract.validator import LONGEST, MOST, Validator


def test_objections_say_where() -> None:
    validator = Validator({"properties": {"a": {"items": {"type": "integer"}}}, "required": ["b"]})
    assert validator.objections({"a": [1, "x"], "b": 1}) == [("/a/1", '"x" is not of type "integer"')]
    assert validator.objections({"b": 1}) == []


def test_they_are_few_and_short() -> None:
    validator = Validator({"items": {"type": "integer"}})
    found = validator.objections(["x" * 5_000] * 100)
    assert len(found) == MOST
    assert all(len(message) <= LONGEST for _, message in found)


def test_a_schema_that_cannot_be_compiled_objects_to_nothing() -> None:
    validator = Validator({"$ref": "https://example.com/a.json"})
    assert validator.objections(1) == []
    assert validator.unusable


def test_numbers_beyond_all_bounds_end_in_words() -> None:
    assert Validator({"type": "integer", "maximum": 5}).objections(10**400)
