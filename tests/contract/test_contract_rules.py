from __future__ import annotations

import msgspec
import pytest
from msgspec import UnsetType

from keymock.contract.rules import Rules, levels
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
    assert not isinstance(project.validate, UnsetType)
    assert Rules((project.validate,)).mode(part, "a") == mode  # type: ignore[arg-type]


def test_what_is_nearer_goes_first() -> None:
    rules = Rules(("off",)).beneath('[{"body":"enforce","operations":{"a":{"query":"off"}}},"warn","off"]')
    assert [rules.mode(part, "a") for part in ("body", "query", "response")] == ["enforce", "off", "warn"]
    assert rules.mode("query", "b") == "warn"
    assert Rules(("off",)).beneath("") == Rules(("off",))
    assert levels("") == ()


def test_all_parts_at_once() -> None:
    assert set(Rules(("off",)).modes("a").values()) == {"off"}
