"""The real API behind a project: its table, and what is taken off on the way there and back."""

from __future__ import annotations

import pytest

from keymock import spec
from keymock.exchange import Headers, Onward, Request
from keymock.upstream import Upstream, chosen, faults, in_words, incoming, onward, outgoing

TWO = {"local": "http://127.0.0.1:3000", "staging": "https://staging.example.com/v2"}


@pytest.mark.parametrize(
    ("given", "environment", "name"),
    [
        (spec.Upstream(urls=TWO, default="staging"), "", "staging"),
        (spec.Upstream(urls=TWO, default="staging"), "local", "local"),
        (spec.Upstream(urls=TWO, default="staging"), "other", "staging"),
        (spec.Upstream(urls=TWO), "", ""),
        (spec.Upstream(urls={"local": "http://a"}), "", "local"),
        (spec.Upstream(), "", ""),
    ],
)
def test_the_environment_that_counts(given: spec.Upstream, environment: str, name: str) -> None:
    assert chosen(given, environment) == name


@pytest.mark.parametrize(
    ("given", "where", "message"),
    [
        (spec.Upstream(urls={"a": "example.com"}), ("upstream", "urls", "a"), "is no address"),
        (spec.Upstream(urls={"a": "ftp://example.com"}), ("upstream", "urls", "a"), "is no address"),
        (spec.Upstream(urls={"a": "http://ada:pw@example.com"}), ("upstream", "urls", "a"), "a name or a password"),
        (spec.Upstream(urls={"a": "http://example.com/?x=1"}), ("upstream", "urls", "a"), "ends in a query"),
        (spec.Upstream(urls={"a": "http://example.com:99999"}), ("upstream", "urls", "a"), "is no address"),
        (spec.Upstream(urls={"a": "http://exa mple.com"}), ("upstream", "urls", "a"), "characters"),
        (spec.Upstream(urls=TWO, default="stagging"), ("upstream", "default"), "no address for the environment"),
        (spec.Upstream(mode="real"), ("upstream", "mode"), "needs an address"),
        (spec.Upstream(mode="fallback", urls=TWO), ("upstream", "mode"), "needs an address"),
    ],
)
def test_what_is_wrong_is_said_where(given: spec.Upstream, where: tuple[str, ...], message: str) -> None:
    (fault,) = faults(given)
    assert fault.where == where
    assert message in fault.message


def test_a_good_table_has_no_fault() -> None:
    assert list(faults(spec.Upstream(mode="real", urls=TWO, default="local"))) == []
    assert list(faults(spec.Upstream())) == []


def test_the_mount_is_not_sent_on_and_the_rest_is_as_it_came() -> None:
    request = Request("GET", b"/shop/a%2Fb//c", b"x=%20", [(b"host", b"localhost:8787")], scheme="http")
    plan = onward(Upstream("shop", "http://up/v1", "local", place="p:3", timeout=2.0), request, 1)
    assert plan == Onward("shop", "http://up/v1", "p:3", b"/a%2Fb//c?x=%20", 2.0, "http://localhost:8787/shop")


def test_what_goes_out() -> None:
    came: Headers = [
        (b"host", b"a"), (b"connection", b"keep-alive, X-Hop"), (b"x-hop", b"1"), (b"keep-alive", b"1"),
        (b"content-length", b"3"), (b"x-keymock-flow", b"f"), (b"x-keymock-token", b"t"), (b"accept", b"*/*"),
        (b"authorization", b"Bearer t"),
    ]  # fmt: skip
    assert outgoing(came) == [(b"accept", b"*/*"), (b"authorization", b"Bearer t")]


PLAN = Onward("shop", "https://api.example.com/v1", "", b"/", seen_at="http://shop.localhost:1")


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        (b"Location", b"https://api.example.com/v1/a?b", b"http://shop.localhost:1/a?b"),
        (b"Location", b"https://api.example.com/v1", b"http://shop.localhost:1/"),
        (b"Location", b"https://api.example.com/v10", b"https://api.example.com/v10"),
        (b"Location", b"https://other.example.com/", b"https://other.example.com/"),
        (b"Location", b"/v1/a", b"/a"),
        (b"Set-Cookie", b"a=1; Domain=example.com; Path=/", b"a=1; Path=/"),
        (b"Set-Cookie", b"a=1; domain=.api.example.com", b"a=1"),
        (b"Set-Cookie", b"a=1; Domain=other.com", b"a=1; Domain=other.com"),
        (b"Content-Length", b"3", b"3"),
    ],
)
def test_what_comes_back(name: bytes, value: bytes, kept: bytes) -> None:
    assert incoming([(name, value)], PLAN) == [(name.lower(), kept)]


def test_what_does_not_come_back() -> None:
    forged = [(b"X-Keymock-Mock", b"a"), (b"Transfer-Encoding", b"chunked"), (b"Connection", b"X-Own, content-length"),
              (b"x-own", b"1"), (b"content-length", b"1")]  # fmt: skip
    assert incoming(forged, PLAN) == [(b"content-length", b"1")]


def test_words_for_those_that_are_not_mocked() -> None:
    upstreams = {"a": Upstream("a", "http://a", "local"), "b": Upstream("b", "http://b", "")}
    assert in_words(upstreams, {"a": "real", "b": "mock"}) == ["a real → http://a (local)"]


MOUNTED = Onward("shop", "https://api.example.com/v1", "", b"/", seen_at="http://localhost:8787/shop")


@pytest.mark.parametrize(
    ("location", "seen"),
    [
        ("https://api.example.com/v1/users/2?a=1#b", "http://localhost:8787/shop/users/2?a=1#b"),
        ("https://API.example.com:443/v1", "http://localhost:8787/shop/"),
        ("//api.example.com/v1/users", "http://localhost:8787/shop/users"),
        ("/v1/users/2?a=1", "/shop/users/2?a=1"),
        ("/v1", "/shop/"),
        ("/login", "https://api.example.com/login"),
        ("/v10/users", "https://api.example.com/v10/users"),
        ("users/2", "users/2"),
        ("?page=2", "?page=2"),
        ("../x", "../x"),
        ("", ""),
        ("http://api.example.com/v1/users", "http://api.example.com/v1/users"),
        ("https://api.example.com:8443/v1/users", "https://api.example.com:8443/v1/users"),
        ("https://login.example.com/v1/x", "https://login.example.com/v1/x"),
        ("https://api.example.com:port/v1", "https://api.example.com:port/v1"),
        ("myapp://done", "myapp://done"),
    ],
)
def test_a_redirect_leads_to_where_the_real_api_is_seen(location: str, seen: str) -> None:
    assert incoming([(b"Location", location.encode())], MOUNTED) == [(b"location", seen.encode())]
    bare = Onward("shop", "http://127.0.0.1:3000", "", b"/", seen_at="http://shop.localhost:1")
    assert incoming([(b"Location", b"/users/2")], bare) == [(b"location", b"/users/2")]


@pytest.mark.parametrize(
    ("cookie", "seen"),
    [
        ("s=1; Path=/v1; HttpOnly", "s=1; Path=/shop; HttpOnly"),
        ("s=1; path=/v1/users", "s=1; path=/shop/users"),
        ("s=1; Path=/", "s=1; Path=/"),
        ("s=1; Path=/v10", "s=1; Path=/v10"),
        ("s=1; Domain=.example.com; Path=/v1/; Secure", "s=1; Path=/shop/; Secure"),
    ],
)
def test_a_cookie_holds_where_the_real_api_is_seen(cookie: str, seen: str) -> None:
    assert incoming([(b"set-cookie", cookie.encode())], MOUNTED) == [(b"set-cookie", seen.encode())]
