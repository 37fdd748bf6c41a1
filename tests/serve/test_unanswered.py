"""What is said where the real API gives no answer that can be passed on."""

from __future__ import annotations

import json

import aiohttp
import pytest

from keymock.exchange import Onward
from keymock.serve.unanswered import failure, failure_of

PLAN = Onward("shop", "https://api.example.com", "projects/shop/project.toml:4", b"/a", 2.5)


@pytest.mark.parametrize(
    ("fault", "status", "code", "said"),
    [
        (TimeoutError(), 504, "upstream-timeout", "it has not answered within 2.5 seconds"),
        (aiohttp.ServerDisconnectedError(), 502, "upstream-broken", "it ended the connection without an answer"),
        (aiohttp.ClientPayloadError("cut\noff"), 502, "upstream-broken", "what it answers is not HTTP: cut"),
    ],
)
def test_each_fault_has_its_sentence(fault: Exception, status: int, code: str, said: str) -> None:
    made = failure_of(fault, PLAN)
    told = json.loads(made.body)
    assert (made.status, made.error, told["code"]) == (status, code, code)
    assert told["detail"] == f"https://api.example.com: {said}"
    assert (told["where"], told["title"]) == (PLAN.place, "The real API of shop did not answer")


def test_what_is_no_fault_of_the_real_api_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        failure_of(ZeroDivisionError(), PLAN)


def test_a_hint_stands_beside_the_reason() -> None:
    assert json.loads(failure(502, "host-not-allowed", "no", PLAN, "keymock allow x").body)["hint"] == "keymock allow x"
    assert "hint" not in json.loads(failure(502, "host-not-allowed", "no", PLAN).body)
