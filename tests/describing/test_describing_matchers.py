from __future__ import annotations

import re
from typing import Any

import pytest

from keymock.describing.matchers import sample_of, takes


@pytest.mark.parametrize(
    ("matcher", "schema"),
    [
        ({"equals": "a"}, {"type": "string", "enum": ["a"]}),
        ({"one_of": ["a", "b"]}, {"type": "string", "enum": ["a", "b"]}),
        ({"regex": "^a+$"}, {"type": "string", "pattern": "^a+$"}),
        ({"starts_with": "a.b"}, {"type": "string", "pattern": r"^a\.b"}),
        ({"ends_with": "$"}, {"type": "string", "pattern": r"\$$"}),
        ({"contains": "-x"}, {"type": "string", "pattern": "-x"}),
        ({"gte": 1, "lt": 5}, {"type": "number", "minimum": 1, "exclusiveMaximum": 5}),
        ({"type": "integer"}, {"type": "integer"}),
        ({"length": {"gte": 2}}, {"type": "string", "minLength": 2}),
        ({"any_of": [{"equals": "a"}, {"equals": "b"}]}, {"type": "string", "enum": ["a", "b"]}),
        (
            {"all_of": [{"starts_with": "a"}, {"length": {"lte": 3}}]},
            {"type": "string", "pattern": "^a", "maxLength": 3},
        ),
        ({"equals": "a", "ignore_case": True}, {"type": "string"}),
        ({"regex": "(?=a)", "engine": "python"}, {"type": "string"}),
        ({"present": True}, {}),
        ({"not": {"equals": "a"}}, {}),
        ({"before": "2026-01-01"}, {}),
    ],
)
def test_what_a_matcher_takes(matcher: dict[str, Any], schema: dict[str, Any]) -> None:
    assert takes(matcher) == schema


def test_a_text_is_taken_literally() -> None:
    text = "a.b*c[d](e){f}|g^h$i\\j/k?l+m"
    assert re.search(takes({"contains": text})["pattern"].replace("\\/", "/"), text)


def test_the_value_that_a_matcher_names() -> None:
    assert [sample_of(each) for each in ({"equals": 1}, {"one_of": ["a"]}, {"regex": "x"})] == [1, "a", None]
