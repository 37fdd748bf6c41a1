"""`type`."""

from __future__ import annotations

import pytest
from asking import ask, wrong

BODIES = {
    "string": ['"x"', '""'],
    "number": ["1", "1.5", "1.0"],
    "integer": ["1", "1.0", "9" * 50],
    "boolean": ["true", "false"],
    "null": ["null"],
    "array": ["[]", "[1]"],
    "object": ["{}"],
}


@pytest.mark.parametrize("kind", BODIES)
def test_json(kind: str) -> None:
    for other, bodies in BODIES.items():
        for body in bodies:
            expected = other == kind or (kind == "number" and other == "integer")
            if kind == "integer" and other == "number":
                expected = "5" not in body
            assert ask({"body": {"jsonpath": {"$": {"type": kind}}}}, body=body) is expected, (kind, body)


@pytest.mark.parametrize(
    ("kind", "text", "holds"),
    [
        ("integer", "12", True),
        ("integer", "-12", True),
        ("integer", "1.0", False),
        ("integer", "--1", False),
        ("number", "1.5", True),
        ("number", "1,5", False),
        ("boolean", "true", True),
        ("boolean", "1", False),
        ("string", "1", True),
        ("string", "", True),
    ],
)
def test_text(kind: str, text: str, holds: bool) -> None:
    assert ask({"query": {"q": {"type": kind}}}, f"q={text}") is holds


def test_a_text_is_never_an_array() -> None:
    assert wrong({"query": {"q": {"type": "array"}}}).path == ("query", "q", "type")
