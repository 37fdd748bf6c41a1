"""`keymock verify`: whether a running server was asked what it should have been."""

from __future__ import annotations

import pytest
from prompt import Shell

pytestmark = pytest.mark.live


def test_verdicts_and_exit_codes(served: Shell) -> None:
    served.get("/health?a=1")
    served.get("/health")
    assert served("verify", "GET /health").out == "✓ GET /health: 2 times\n"
    assert served("verify", "GET /health?a=1", "--times", "1").code == 0
    failed = served("verify", "GET /health", "--at-most", "1")
    assert (failed.code, failed.out.splitlines()[0]) == (1, "✗ GET /health: 2 times, expected at most 1 time")
    assert served("verify", "POST /health", "--times", "0").code == 0
    assert served("verify", "GET", "/health").out == "✓ GET /health: 2 times\n"
    assert served("verify", "get", "/health?a=1", "/health").out == "✓ 2 in this order\n"
    assert served("verify", "GET /health", "GET /health").out == "✓ 2 in this order\n"
    assert served("verify", "GET /health", "--nothing-else").code == 0
    assert served("verify", "--mock", "mocks/health", "--at-least", "2").code == 0
    assert served("verify", "GET /health", "-H", "Accept: a/b").code == 1
    assert served("verify", "GET /health", "--session", "nobody").code == 1
    assert served("verify", "GET /never", "--json").json["ok"] is False


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "what was asked is missing"),
        (("orders",), "`orders` is no METHOD and PATH"),
        (("orders", "/a"), "`orders` is no METHOD and PATH"),
        (("GET",), "`GET` is no METHOD and PATH"),
        (("GET", "orders"), "`GET` is no METHOD and PATH"),
        (("GET /a", "POST"), "`POST` is no METHOD and PATH"),
        (("GET /a", "--times", "1", "--at-least", "1"), "--times says it all"),
        (("GET /a", "GET /b", "--times", "1"), "several patterns are asked for in order"),
        (("GET /a", "--json-body", "{"), "`{` is not JSON"),
        (("GET /a", "-H", "x"), "`x` is no header"),
    ],
)
def test_what_makes_no_sense_is_told_before_any_server_is_asked(shop: Shell, words: tuple[str, ...], said: str) -> None:
    ended = shop("verify", *words)
    assert (ended.code, said in ended.err) == (2, True)
