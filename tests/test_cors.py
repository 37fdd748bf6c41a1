from __future__ import annotations

import pytest

from keymock.cors import allows, headers, is_loopback, is_preflight, preflight
from keymock.exchange import Request
from keymock.index import Cors

LOOPBACK, NOBODY, ALL = Cors(), Cors(()), Cors(("*",))
NAMED = Cors(("https://a.test",), credentials=True)


@pytest.mark.parametrize(
    ("origin", "loopback"),
    [
        ("http://localhost:3000", True),
        ("https://localhost", True),
        ("http://127.0.0.1:5173", True),
        ("http://[::1]:1", True),
        ("http://shop.localhost:8787", True),
        ("http://LOCALHOST", True),
        ("http://localhost.evil.com", False),
        ("http://evil.com/localhost", False),
        ("http://localhost@evil.com", False),
        ("http://evillocalhost", False),
        ("file://localhost", False),
        ("http://[::1", False),
        ("null", False),
        ("", False),
    ],
)
def test_what_is_a_page_of_this_machine(origin: str, loopback: bool) -> None:
    assert is_loopback(origin) is loopback


@pytest.mark.parametrize(
    ("policy", "origin", "allowed"),
    [
        (LOOPBACK, "http://localhost:3000", True),
        (LOOPBACK, "https://a.test", False),
        (NOBODY, "http://localhost:3000", False),
        (ALL, "https://a.test", True),
        (NAMED, "https://a.test", True),
        (NAMED, "https://a.test.evil.com", False),
        (NAMED, "http://localhost:3000", False),
    ],
)
def test_who_may_call(policy: Cors, origin: str, allowed: bool) -> None:
    assert allows(policy, origin) is allowed
    assert bool(headers(policy, origin)) is allowed


def test_what_a_page_is_told() -> None:
    assert dict(headers(ALL, "https://a.test"))[b"access-control-allow-origin"] == b"*"
    assert b"access-control-allow-credentials" not in dict(headers(ALL, "https://a.test"))
    named = dict(headers(NAMED, "https://a.test"))
    assert named[b"access-control-allow-origin"] == b"https://a.test"
    assert (named[b"vary"], named[b"access-control-allow-credentials"]) == (b"origin", b"true")


def asked(**more: str) -> Request:
    given = {"origin": "http://localhost:3000", "access-control-request-method": "PUT"} | more
    return Request.of("OPTIONS", "/a", {name.replace("_", "-"): value for name, value in given.items()})


def test_a_preflight_asks_if_it_may_ask() -> None:
    assert is_preflight(asked())
    assert not is_preflight(Request.of("OPTIONS", "/a", {"origin": "http://localhost"}))
    assert not is_preflight(Request.of("GET", "/a", {"origin": "o", "access-control-request-method": "PUT"}))


def test_the_answer_to_a_preflight() -> None:
    told = dict(preflight(asked(access_control_request_headers="x-a, x-b"), LOOPBACK, ["GET", "PUT"]).headers)
    assert told[b"access-control-allow-methods"] == b"GET, PUT"
    assert told[b"access-control-allow-headers"] == b"x-a, x-b"
    assert dict(preflight(asked(), LOOPBACK, []).headers)[b"access-control-allow-methods"] == b"PUT"
    refused = preflight(asked(), NOBODY, ["PUT"])
    assert (refused.status, refused.headers) == (204, [])
