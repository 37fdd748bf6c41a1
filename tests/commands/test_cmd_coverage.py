"""`keymock coverage`: what a running server gave, kept, laid together, strict."""

from __future__ import annotations

import pytest
from prompt import Shell

pytestmark = pytest.mark.live


def test_coverage_is_kept_laid_together_and_strict(served: Shell) -> None:
    served.get("/health")
    served.get("/nowhere")
    first = served("coverage", "--save", "used.json")
    assert first.out.startswith("1 of 3 mocks used, 1 of 3 answers\n")
    assert "✗ GET /nowhere  1×" in first.out
    assert served("coverage", "--strict-unmatched").code == served("coverage", "--strict-unused").code == 1
    both = served("coverage", "--from", "used.json", "--from", "used.json", "--json").json
    assert (both["runs"], both["unmatched"]) == (2, 2)
    assert served("coverage", "--from", "used.json", "--format", "junit").out.startswith("<?xml")
    assert served("coverage", "--from", "used.json", "--format", "html").out.startswith("<!doctype html>")
    assert served("coverage", "--from", "used.json", "--unused-for", "5", "--json").json == {"unused": []}
    assert served("coverage", "--from", "override.json").code == 2


def test_what_is_no_report_says_who_writes_one(shell: Shell) -> None:
    shell.put("keymock.toml", "")
    shell.put("e.json", "{}")
    for file in ("e.json", "none.json"):
        ended = shell("coverage", "--from", file)
        assert (ended.code, "keymock run --coverage FILE" in ended.err) == (2, True)
