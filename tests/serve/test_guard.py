"""Who gets past the guard, and that nothing else does."""

from __future__ import annotations

import random

import pytest
from standin import GOOD, PORT, TOKEN, pairs

from keymock.serve.guard import LOOPBACK, Guard

GUARD = Guard(TOKEN, LOOPBACK, PORT)


def status(method: str = "GET", /, guard: Guard = GUARD, **changed: str | None) -> int:
    """0 for what is let through."""
    headers = GOOD | {name.replace("_", "-"): value for name, value in changed.items() if value is not None}
    for name, value in changed.items():
        if value is None:
            del headers[name]
    refusal = guard.refusal(method, pairs(headers))
    return refusal.status if refusal is not None else 0


@pytest.mark.parametrize("host", [f"127.0.0.1:{PORT}", f"localhost:{PORT}", f"LocalHost:{PORT}", f"[::1]:{PORT}"])
def test_our_own_names(host: str) -> None:
    assert status(host=host) == 0
    assert status(host=host, origin=f"http://{host}", sec_fetch_site="same-origin") == 0


@pytest.mark.parametrize(
    "host",
    [None, "", "localhost", "127.0.0.1", f"localhost:{PORT + 1}", f"evil.example:{PORT}", f"localhost.evil:{PORT}",
     f"127.0.0.1:{PORT}.", f" localhost:{PORT}", f"x@localhost:{PORT}", f"localhost:{PORT}/", f"127.1:{PORT}",
     f"0.0.0.0:{PORT}", f"::1:{PORT}", f"shop.localhost:{PORT}"],
)  # fmt: skip
def test_other_hosts_are_refused(host: str | None) -> None:
    assert status(host=host) == 403


@pytest.mark.parametrize(
    "origin",
    ["", "null", "http://localhost", f"https://localhost:{PORT}", f"http://localhost:{PORT - 1}", "http://evil.example",
     f"http://localhost:{PORT}/", f"http://evil.example:{PORT}", "file://", "chrome-extension://abc"],
)  # fmt: skip
def test_other_origins_are_refused_even_with_the_token(origin: str) -> None:
    assert status(origin=origin) == 403


@pytest.mark.parametrize(
    ("site", "expected"), [("none", 0), ("same-origin", 0), ("same-site", 403), ("cross-site", 403)]
)
def test_where_a_browser_says_it_comes_from(site: str, expected: int) -> None:
    assert status(sec_fetch_site=site) == expected


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}",
     f"Bearer{TOKEN}", f"Bearer {TOKEN.upper()}", "Bearer \u00e9"],
)  # fmt: skip
def test_without_the_token(authorization: str | None) -> None:
    assert status(authorization=authorization) == 401


def test_the_scheme_is_told_in_any_case_and_the_token_is_no_cookie() -> None:
    assert status(authorization=f"bearer {TOKEN}") == 0
    assert status(authorization=None, cookie=f"token={TOKEN}") == 401


def test_the_refusal_of_a_token_says_how_and_never_which() -> None:
    refusal = GUARD.refusal("GET", pairs({"host": GOOD["host"]}))
    assert refusal is not None
    assert (b"www-authenticate", b"Bearer") in refusal.headers
    assert TOKEN.encode() not in refusal.body


@pytest.mark.parametrize(
    ("content_type", "length", "expected"),
    [
        (None, None, 0), (None, "0", 0), (None, "2", 415), ("text/plain", "2", 415), ("text/plain", None, 415),
        ("application/x-www-form-urlencoded", "2", 415), ("application/json", "2", 0), ("application/json", None, 0),
        ("Application/JSON; charset=utf-8", "2", 0), ("application/jsonp", "2", 415), ("multipart/form-data", "2", 415),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_what_changes_something_is_sent_as_json(
    method: str, content_type: str | None, length: str | None, expected: int
) -> None:
    given = {"content-type": content_type, "content-length": length}
    headers = GOOD | {name: value for name, value in given.items() if value is not None}
    refusal = GUARD.refusal(method, pairs(headers))
    assert (refusal.status if refusal is not None else 0) == expected


def test_a_body_in_chunks_is_a_body() -> None:
    assert status("POST", transfer_encoding="chunked") == 415
    assert status("GET", transfer_encoding="chunked") == 415


@pytest.mark.parametrize(
    "name", ["host", "origin", "authorization", "sec-fetch-site", "content-type", "content-length"]
)
def test_a_header_that_stands_twice_is_refused(name: str) -> None:
    headers = pairs(GOOD | {name: GOOD.get(name, "x")})
    assert GUARD.refusal("GET", [*headers, (name.encode(), b"x")]) is not None


def test_names_that_were_allowed_on_the_command_line() -> None:
    guard = Guard(TOKEN, LOOPBACK | {"Mocks.Example", "outside.example:8443", "[fe80::1]"}, PORT)
    assert status(guard=guard, host=f"mocks.example:{PORT}", origin=f"http://mocks.example:{PORT}") == 0
    assert status(guard=guard, host="outside.example:8443") == 0
    assert status(guard=guard, host=f"outside.example:{PORT}") == 403
    assert status(guard=guard, host=f"[fe80::1]:{PORT}") == 0


def test_a_guard_without_a_token_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="without a token"):
        Guard("", LOOPBACK, PORT)


def test_ten_thousand_malformed_values_are_refused_and_none_is_a_crash() -> None:
    draw = random.Random(4321)
    seeds = [f"localhost:{PORT}".encode(), f"http://localhost:{PORT}".encode(), b"[::1]", b"", b"null", TOKEN.encode()]
    good = pairs(GOOD)
    for _ in range(10_000):
        value = bytearray(draw.choice(seeds))
        for _ in range(draw.randrange(1, 6)):
            place = draw.randrange(len(value) + 1)
            value[place : place + draw.randrange(2)] = draw.randbytes(draw.randrange(1, 4))
        name = draw.choice((b"host", b"origin", b"sec-fetch-site", b"authorization"))
        if name == b"host" and value.lower() in (f"localhost:{PORT}".encode(), f"127.0.0.1:{PORT}".encode()):
            continue  # other letters of the same name
        rest = [(key, kept) for key, kept in good if key != name]
        refusal = GUARD.refusal("GET", [*rest, (name, bytes(value))])
        assert refusal is not None, (name, value)
        assert refusal.status in (401, 403)
