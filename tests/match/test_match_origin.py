"""`host`, `scheme`, `client`."""

from __future__ import annotations

from asking import ask


def test_host_in_any_case() -> None:
    assert ask({"host": "Shop.Localhost"}, host="shop.localhost")
    assert ask({"host": {"ends_with": ".localhost"}}, host="shop.localhost")
    assert not ask({"host": "shop.localhost"}, host="localhost")


def test_scheme_and_client() -> None:
    assert ask({"scheme": "HTTPS", "client": "127.0.0.1"}, scheme="https")
    assert not ask({"scheme": "https"}, scheme="http")
    assert not ask({"client": {"glob": "10.*"}}, client="127.0.0.1")
