"""docs/templates.md: every template in its tables makes what stands beside it, and every migration compiles."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest
from filling import NAMES, values

from keymock.template import compile, compile_json_text
from keymock.template.functions.registry import FILTERS, FUNCTIONS, TESTS
from keymock.template.values import REQUEST, ROOTS

PAGE = (Path(__file__).parents[2] / "docs" / "templates.md").read_text(encoding="utf-8")
REFERENCE, MIGRATION = PAGE.split("## Coming from WireMock")


def cells(line: str) -> list[str]:
    """The cells of a row of a table."""
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def examples() -> list[tuple[str, str]]:
    """The last two cells of every row, where they are a template and what it makes."""
    rows = [cells(line)[-2:] for line in REFERENCE.splitlines() if line.startswith("|")]
    return [(one[1:-1], made[1:-1]) for one, made in rows if one.startswith("`") and "{" in one]


@pytest.mark.parametrize(("source", "made"), examples())
def test_example(source: str, made: str) -> None:
    if "fake." in source and not metadata.version("mimesis").startswith("22.2."):
        pytest.skip("another release of mimesis has other data")
    if source.startswith(('{"', "[{")):
        assert compile_json_text(source, NAMES).encode(values()).decode() == made
    else:
        assert compile(source, NAMES).render(values()).strip() == made.strip()


@pytest.mark.parametrize("line", [line for line in MIGRATION.splitlines() if line.startswith("| `")])
def test_migration(line: str) -> None:
    """The right side is a template that compiles and renders, or a sentence."""
    _, right = cells(line)
    assert right
    for source in re.findall(r"`([^`]*)`", right):
        assert compile(source, NAMES).render(values()) or "{% set" in source


def test_everything_has_a_row() -> None:
    named = set(re.findall(r"`([a-z_.0-9]+)", REFERENCE)) | set(re.findall(r"\b[a-z0-9]+\b", REFERENCE))
    members = {f"request.{member}" for member in REQUEST}
    assert named >= {*FILTERS, *FUNCTIONS, *TESTS, *members, *ROOTS}
