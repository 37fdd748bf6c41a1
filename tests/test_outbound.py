"""Which hosts may be reached. Sentences in quotes are those of the rules."""

from __future__ import annotations

import pytest

from keymock.outbound import Allowed, Host, Outbound, host, hosts, is_loopback

API = Host("api.example.com")
ANYWHERE = "0.0.0.0"  # noqa: S104  (nobody listens there: it is called)


def refused(outbound: Outbound, name: str, port: int, **more: object) -> str:
    found = outbound.refusal(name, port, **more)  # type: ignore[arg-type]
    return found.code if found is not None else ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("api.example.com", API),
        ("API.Example.com.:443", Host("api.example.com", 443)),
        ("127.0.0.1:9000", Host("127.0.0.1", 9000)),
        ("[::1]:9000", Host("::1", 9000)),
        ("::1", Host("::1")),
        ("::ffff:127.0.0.1", Host("127.0.0.1")),
        ("my_host", Host("my_host")),
    ],
)
def test_hosts_are_read(text: str, expected: Host) -> None:
    assert host(text) == expected
    assert host(str(expected)) == expected


@pytest.mark.parametrize(
    "text", ["", "http://a", "a/b", "ada@a", "a:0", "a:65536", "a:b", "a b", "-a", "a..b", "[::1]x", "*.a", "x" * 300]
)
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no host"):
        host(text)
    assert hosts([text, "a.example"]) == (Host("a.example"),)


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST.", "shop.localhost", "127.8.9.1", "::1", ANYWHERE, "[::1]"])
def test_this_machine_is_known(name: str) -> None:
    assert is_loopback(name)


@pytest.mark.parametrize("name", ["localhost.example.com", "10.0.0.1", "example.com", "127.0.0.1.example.com", "127.1"])
def test_others_are_not_taken_for_it(name: str) -> None:
    assert not is_loopback(name)


def test_a_host_is_reached_only_if_it_is_named_and_the_user_consented() -> None:
    """ "A host is reached only if `upstream` or `outbound` names it *and* the user consented" """
    both = Outbound((API,), (Allowed(API),))
    assert refused(both, "api.example.com", 443, by_person=True) == ""
    assert refused(Outbound((API,)), "api.example.com", 443, by_person=True) == "host-not-allowed"
    assert refused(Outbound((), (Allowed(API),)), "api.example.com", 443, by_person=True) == "host-not-named"
    assert refused(both, "api.example.com.evil.example", 443, by_person=True) == "host-not-named"
    at_port = Outbound((Host("api.example.com", 443),), (Allowed(API),))
    assert refused(at_port, "api.example.com", 22, by_person=True) == "host-not-named"


def test_loopback_is_free_for_what_a_person_starts_and_webhooks_need_the_port() -> None:
    """ "Loopback is free for what a person starts …; webhooks need consent by host:port" """
    assert refused(Outbound(), "127.0.0.1", 9000, by_person=True) == ""
    assert refused(Outbound(), "127.0.0.1", 9000) == "host-not-allowed"
    assert refused(Outbound((), (Allowed(Host("127.0.0.1")),)), "127.0.0.1", 9000) == "host-not-allowed"
    by_port = Outbound((), (Allowed(Host("127.0.0.1", 9000)),))
    assert refused(by_port, "127.0.0.1", 9000) == ""
    assert refused(by_port, "127.0.0.1", 9001) == "host-not-allowed"
    assert refused(by_port, "localhost", 9000) == "host-not-allowed"
    elsewhere = Outbound((API,), (Allowed(API),))
    assert refused(elsewhere, "api.example.com", 443) == "host-not-allowed"
    assert refused(Outbound((API,), (Allowed(Host("api.example.com", 443)),)), "API.example.com", 443) == ""


def test_own_ports_are_always_refused() -> None:
    """ "keymock's own ports are always refused" """
    own = Outbound((API,), (Allowed(Host("127.0.0.1", 8787)), Allowed(API)), frozenset({8787}))
    assert refused(own, "127.0.0.1", 8787) == "own-port"
    assert refused(own, "shop.localhost", 8787, by_person=True) == "own-port"
    assert refused(own, ANYWHERE, 8787, by_person=True) == "own-port"
    assert refused(own, "api.example.com", 8787, address="127.0.0.1", by_person=True) == "own-port"
    assert refused(own, "api.example.com", 8787, address="93.184.215.14", by_person=True) == ""


def test_a_secret_goes_only_where_that_was_allowed() -> None:
    """ "A secret goes only to hosts consented with `--secrets`" """
    plain = Outbound((API,), (Allowed(API),))
    assert refused(plain, "api.example.com", 443, by_person=True, secrets=True) == "secrets-not-allowed"
    both = Outbound((API,), (Allowed(API), Allowed(Host("api.example.com", 443), secrets=True)))
    assert refused(both, "api.example.com", 443, by_person=True, secrets=True) == ""
    assert refused(both, "api.example.com", 444, by_person=True, secrets=True) == "secrets-not-allowed"


def test_offline_refuses_all() -> None:
    """ "`--offline` refuses all." """
    assert refused(Outbound(offline=True), "127.0.0.1", 9000, by_person=True) == "offline"


def test_the_refusal_prints_the_line_to_type() -> None:
    found = Outbound().refusal("127.0.0.1", 9000)
    assert found is not None
    assert found.hint == "keymock allow 127.0.0.1:9000"
    named = Outbound().refusal("api.example.com", 443)
    assert named is not None
    assert named.hint == (
        'name it in keymock.toml: outbound = ["api.example.com:443"], and then: keymock allow api.example.com:443'
    )
