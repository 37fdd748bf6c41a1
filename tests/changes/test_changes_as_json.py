from __future__ import annotations

import msgspec
from telling import compared

from keymock.changes.as_json import as_json

MOCK = "projects/shop/mocks/users/get.toml"


def test_the_promised_shape() -> None:
    before = {MOCK: '[request]\npath = "/users/:id"\n[response]\njson = { id = 1 }\n'}
    after = {MOCK: '[request]\npath = "/users/:id"\n[response]\njson = { id = "1" }\n'}
    written = msgspec.to_builtins(as_json(compared(before, after)))
    assert written["breaking"] is True
    (change,) = written["changes"]
    assert {key: change[key] for key in ("kind", "route", "mock", "breaking")} == {
        "kind": "changed",
        "route": "GET /users/:id",
        "mock": "projects/shop/mocks/users/get",
        "breaking": True,
    }
    (detail,) = change["details"]
    assert detail["data"] == {
        "path": "$.id",
        "before": {"type": "number", "value": 1},
        "after": {"type": "text", "value": "1"},
    }
    assert detail["after"] == {"file": MOCK, "line": 4}


def test_all_of_it_is_json() -> None:
    found = as_json(
        compared({"keymock.toml": "port = 8787\n"}, {"keymock.toml": "port = 8788\n[variables]\na = [1]\n"})
    )
    assert msgspec.json.decode(msgspec.json.encode(found))["changes"][0]["about"] == "keymock.toml"
