from __future__ import annotations

import msgspec
import pytest

from keymock.contract.rules import Rules
from keymock.spec import Project


@pytest.mark.parametrize(
    ("validate", "part", "mode"),
    [
        ("enforce", "query", "enforce"),
        ({}, "query", "warn"),
        ({"request": "enforce"}, "query", "enforce"),
        ({"request": "enforce"}, "response", "warn"),
        ({"request": "enforce", "query": "off"}, "query", "off"),
        ({"request": "enforce", "operations": {"a": "off"}}, "body", "off"),
        ({"request": "enforce", "operations": {"a": {"body": "off"}}}, "query", "enforce"),
        ({"operations": {"b": "off"}}, "query", "warn"),
    ],
)
def test_the_nearest_word_counts(validate: object, part: str, mode: str) -> None:
    project = msgspec.convert({"validate": validate}, Project)
    assert Rules(project.validate).mode(part, "a") == mode  # type: ignore[arg-type]


def test_all_parts_at_once() -> None:
    assert set(Rules("off").modes("a").values()) == {"off"}
