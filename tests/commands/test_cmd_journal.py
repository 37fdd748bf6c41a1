"""`keymock journal`: what a running server was asked."""

from __future__ import annotations

import json

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


def test_an_answer_that_broke_is_seen_to_have(served: Shell) -> None:
    served.put(
        "workspace/mocks/flat.toml", "[request]\npath = '/flat'\n[response]\nbody = 'ab'\nfault = 'wrong_length'\n"
    )
    served("sync")
    assert served.get("/flat") == (200, b"a")
    (line,) = served("journal").out.splitlines()
    assert "  200  workspace/mocks/flat  fault wrong_length  " in line


def test_one_exchange_in_every_form(served: Shell) -> None:
    served.get("/health?token=hunter2", **{"x-tenant": "a"})
    served.get("/helth")
    whole = served("journal", "1").out
    assert whole.startswith("GET /health?token=•••\n")
    assert "✓ path  /health" in whole
    assert "200  workspace/mocks/health" in whole
    missed = served("journal", "--unmatched").out
    assert "✗ path  /health  came: /helth" in missed
    lines = served("journal", "--format", "ndjson").out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [1, 2]
    assert len(served("journal", "--format", "har").json["log"]["entries"]) == 2
    assert served("journal", "1", "--format", "curl").out.startswith("curl -i ")
    assert "def test_get_helth(keymock)" in served("journal", "2", "--format", "pytest").out
    assert [entry["id"] for entry in served("journal", "--path", "/helth", "--json").json["entries"]] == [2]
    assert served("journal", "99").code == 2
    assert "hunter2" not in served("journal", "--json").out + whole


def test_a_mock_from_what_was_asked(served: Shell) -> None:
    served.get("/health")
    served.get("/orders/1042")
    again = served("new", "--from", "journal:1", "--json").json
    assert again["mock"] == "workspace/mocks/health/get"
    made = served("new", "--from", "journal:2", "--scope", "workspace", "--json").json
    assert served("show", made["mock"]).code == 0
    served("sync")
    assert served.get("/orders/1042")[0] == 200
    assert served("new", "--from", "journal:x").code == 2
    assert served("journal", "--clear").code == 0
    assert served("journal", "--json").json == {"entries": []}


def test_the_webhooks_that_followed(served: Shell) -> None:
    served.put(
        "workspace/mocks/pay.toml",
        "[request]\npath = '/pay'\n[response]\nbody = 'paid'\n[[webhooks]]\nurl = 'http://127.0.0.1:9/paid'\n",
    )
    served("sync")
    assert served.get("/pay")[0] == 200
    told = served("journal").out.splitlines()
    assert told[1].startswith("    → POST http://127.0.0.1:9/paid  refused  nobody has allowed 127.0.0.1:9")
    assert "webhook 1  → POST http://127.0.0.1:9/paid  refused" in served("journal", "1").out
    assert served("journal", "1", "--json").json["webhooks"][0]["state"] == "refused"
