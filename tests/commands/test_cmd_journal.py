"""`keymock journal`: what a running server was asked."""

from __future__ import annotations

import pytest
from prompt import Shell

pytestmark = pytest.mark.live


def test_requests_and_what_answered(served: Shell) -> None:
    assert served("journal").err == "no request yet\n"
    assert served.get("/health?a=1", Authorization="Bearer hunter2")[0] == 200
    assert served.get("/nothing")[0] == 404
    first, second = (line.split() for line in served("journal").out.splitlines())
    assert first[1:5] == ["GET", "/health?a=1", "200", "workspace/mocks/health"]
    assert first[-1] == "workspace/mocks/health.toml:1"
    assert second[1:5] == ["GET", "/nothing", "404", "no-mock"]
    assert [line.split()[2] for line in served("journal", "--unmatched").out.splitlines()] == ["/nothing"]
    entries = served("journal", "--json").json["entries"]
    assert [entry["path"] for entry in entries] == ["/health", "/nothing"]
    assert "hunter2" not in served("journal", "--json").out
    assert len(served("journal", "--limit", "1").out.splitlines()) == 1
