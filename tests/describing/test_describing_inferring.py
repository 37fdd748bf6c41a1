from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as some

from keymock.describing.inferring import Unknown, one_of, schema_of

JSON = some.recursive(
    some.none() | some.booleans() | some.integers(-(2**53), 2**53) | some.floats(allow_nan=False, allow_infinity=False)
    | some.text(max_size=8),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(some.lists(JSON, min_size=1, max_size=4))
def test_every_value_that_a_schema_is_made_of_fits_it(values: list[Any]) -> None:
    validator = jsonschema_rs.Draft202012Validator(schema_of(values), validate_formats=True)
    assert all(validator.is_valid(value) for value in values)


@pytest.mark.parametrize(
    ("values", "schema"),
    [
        ([], {}),
        ([1], {"type": "integer"}),
        ([1, 1.5], {"type": "number"}),
        ([True, 1], {"type": ["integer", "boolean"]}),
        (["a", None], {"type": ["string", "null"]}),
        (["2026-01-01", "2026-12-31"], {"type": "string", "format": "date"}),
        (["2026-01-01T00:00:00Z"], {"type": "string", "format": "date-time"}),
        (["2026-01-01", "soon"], {"type": "string"}),
        (["ada@example.com"], {"type": "string", "format": "email"}),
        (["https://example.com/a?b=c"], {"type": "string", "format": "uri"}),
        (["00000000-0000-4000-8000-000000000000"], {"type": "string", "format": "uuid"}),
        (["127.0.0.1"], {"type": "string", "format": "ipv4"}),
        ([[]], {"type": "array", "items": {}}),
        ([[1], ["a"]], {"type": "array", "items": {"type": ["string", "integer"]}}),
        ([{}], {"type": "object", "properties": {}}),
        (
            [{"a": 1, "b": "x"}, {"a": 2}],
            {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}, "required": ["a"]},
        ),
        ([{"1": 1, "2": 2, "3": 3}], {"type": "object", "additionalProperties": {"type": "integer"}}),
        ([Unknown({})], {}),
        ([Unknown({"type": "string"}), "2026-01-01"], {"type": "string"}),
        ([Unknown({"type": "integer"}), None], {"type": ["integer", "null"]}),
        ([{"a": Unknown({})}, {"a": 1}], {"type": "object", "properties": {"a": {}}, "required": ["a"]}),
    ],
)
def test_what_a_schema_says(values: list[Any], schema: dict[str, Any]) -> None:
    assert schema_of(values) == schema


def test_schemas_of_several_mocks_are_one() -> None:
    text, number = {"type": "string"}, {"type": "integer"}
    assert one_of([]) == {}
    assert one_of([text, text]) == text
    assert one_of([text, number]) == {"anyOf": [text, number]}
    assert one_of([text, {}]) == {}
    assert one_of([{"type": "string", "enum": ["a"]}, {"type": "string", "enum": ["b", "a"]}]) == {
        "type": "string", "enum": ["a", "b"],
    }  # fmt: skip
