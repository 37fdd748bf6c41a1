"""The table of routes says all there is; `test_control.py` walks it, guarded and unguarded."""

from __future__ import annotations

from collections import Counter

from keymock.serve.routes import ROUTES

PROMISED = """
GET /status · GET /routes · POST /explain · GET /journal · DELETE /journal · POST /verify · GET /coverage
GET /sessions/{name} · PUT /sessions/{name} · DELETE /sessions/{name} · PUT /sessions/{name}/overrides
GET /state/{space}/{scenario} · PUT /state/{space}/{scenario} · DELETE /state/{space}/{scenario}
GET /toggles · PUT /toggles · POST /reset · GET /wait · POST /sync · GET /events · GET /openapi.json · GET /metrics
"""


def test_every_route_that_is_promised_is_there_once() -> None:
    there = Counter(f"{route.method} {route.path}" for route in ROUTES)
    promised = {entry.strip() for line in PROMISED.strip().splitlines() for entry in line.split("·")}
    assert promised <= set(there)
    assert set(there.values()) == {1}


def test_every_route_says_what_it_does_in_a_sentence() -> None:
    for route in ROUTES:
        assert route.doc.endswith("."), route.path
