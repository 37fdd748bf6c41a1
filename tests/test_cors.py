from __future__ import annotations

import pytest

from keymock.cors import allows, is_loopback, is_preflight, preflight, tells_origins_apart, told
from keymock.exchange import Headers, Request
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
    assert (b"access-control-allow-origin" in dict(told(policy, origin, []))) is allowed


def test_what_a_page_is_told() -> None:
    for_all = dict(told(ALL, "https://a.test", []))
    assert for_all[b"access-control-allow-origin"] == b"*"
    assert {b"access-control-allow-credentials", b"vary"}.isdisjoint(for_all)
    named = dict(told(NAMED, "https://a.test", []))
    assert named[b"access-control-allow-origin"] == b"https://a.test"
    assert (named[b"vary"], named[b"access-control-allow-credentials"]) == (b"origin", b"true")


@pytest.mark.parametrize(
    ("policy", "apart"),
    [
        (LOOPBACK, True),
        (NAMED, True),
        (Cors(("*",), credentials=True), True),
        (ALL, False),
        (NOBODY, False),
    ],
)
def test_a_cache_is_told_when_origins_get_different_headers(policy: Cors, apart: bool) -> None:
    assert tells_origins_apart(policy) is apart
    for origin in ("https://a.test", "https://foreign.test", "http://localhost:3000"):
        assert ((b"vary", b"origin") in told(policy, origin, [])) is apart


@pytest.mark.parametrize("name", [b"cache-control", b"etag", b"expires", b"last-modified"])
def test_what_no_page_asked_for_is_kept_by_a_cache_too(name: bytes) -> None:
    kept: Headers = [(b"a", b"1"), (name, b"x")]
    assert told(LOOPBACK, "", kept) == [*kept, (b"vary", b"origin")]
    assert told(LOOPBACK, "", kept[:1]) == kept[:1]
    assert told(NAMED, "", []) == [(b"vary", b"origin")]
    for policy in (ALL, NOBODY):
        assert told(policy, "", kept) == kept


def test_vary_says_it_once() -> None:
    for own in (b"Origin", b"accept, origin", b"*"):
        headers = told(LOOPBACK, "http://localhost", [(b"vary", own)])
        assert [value for name, value in headers if name == b"vary"] == [own]


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
    assert preflight(asked(origin="https://foreign.test"), LOOPBACK, ["PUT"]).headers == [(b"vary", b"origin")]
