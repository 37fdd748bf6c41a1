from __future__ import annotations

import pytest

from keymock.generate.validity import Validity, matches


def test_objections_say_where_and_what() -> None:
    validity = Validity({"properties": {"a": {"type": "integer"}}}, {})
    assert validity.objections({"a": 1}) == []
    assert validity.objections({"a": "x"}) == [(("a",), '"x" is not of type "integer"')]


def test_a_part_sees_the_whole() -> None:
    validity = Validity({"$defs": {"n": {"minimum": 3}}}, {})
    fits = validity.part([{"type": "integer"}, {"$ref": "#/$defs/n"}])
    assert fits(4)
    assert not fits(2)


@pytest.mark.parametrize("schema", [{"$ref": "file:///etc/passwd"}, {"$ref": "https://example.com/a"}, {"type": 3}])
def test_nothing_is_fetched_and_nonsense_is_refused(schema: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Validity(schema, {})


def test_patterns_are_searched_and_bounded() -> None:
    assert matches("b", "abc")
    assert not matches("^b", "abc")
    assert not matches("(", "abc")
    assert matches("^(a+)+$", "a" * 60)
