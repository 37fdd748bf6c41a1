"""keymock/distilling: what of an exchange a mock repeats."""

from __future__ import annotations

import json

import pytest

from keymock.distilling import body_without_secrets, kept_headers, route_of, stand_in, wish_of
from keymock.drafting import draft, problems_of
from keymock.redaction import with_names

TOKEN = "ghp_" + "a1" * 15


@pytest.mark.parametrize(
    ("url", "route"),
    [
        ("{{ base_url }}/users/7/orders/{{ order.id }}?page=1", "/users/:id2/orders/:id"),
        ("{{ base_url }}/users/:id", "/users/:id"),
        ("https://api.example.com/v1/cus_8s7dfh3K", "/v1/:id"),
        ("{{ base_url }}", "/"),
        ("/health", "/health"),
    ],
)
def test_the_route_of_an_address(url: str, route: str) -> None:
    assert route_of(url) == route


def test_volatile_headers_go_and_secrets_are_replaced() -> None:
    sent = {
        "Date": "today", "Server": "x", "ETag": '"1"', "X-Request-Id": "r", "x-keymock-mock": "m", "CF-Ray": "1",
        "Content-Type": "application/json", "Location": "/users/7", "X-Api-Key": "k",
        "Set-Cookie": ["session=abc; Path=/; HttpOnly", "theme=dark"], "X-Note": f"use {TOKEN}",
    }  # fmt: skip
    assert kept_headers(sent) == {  # type: ignore[arg-type]
        "Content-Type": "application/json", "Location": "/users/7", "X-Api-Key": "redacted-x-api-key",
        "Set-Cookie": ["session=redacted-session; Path=/; HttpOnly", "theme=redacted-theme"],
        "X-Note": "use redacted",
    }  # fmt: skip


def test_secrets_of_a_body_are_replaced_by_what_can_be_sent() -> None:
    body = json.dumps({"access_token": "t-1", "user": {"password": "x", "name": "Ada"}, "k": [TOKEN], "pin": 1234})
    assert json.loads(body_without_secrets(body.encode())) == {
        "access_token": "redacted-access-token", "user": {"password": "redacted-password", "name": "Ada"},
        "k": ["redacted"], "pin": 0,
    }  # fmt: skip
    assert stand_in("Access Token").isascii()


@pytest.mark.parametrize("body", [b'{"a":   1}', b"\xff\xfe", b"hello", b"", b"7"])
def test_a_body_without_secrets_stays_to_the_byte(body: bytes) -> None:
    assert body_without_secrets(body) == body


def test_a_mock_is_made_of_it() -> None:
    wish = wish_of("POST", "/orders/:id", 201, {"Date": "x", "X-A": "1"}, b'{"token": "t", "t": "{{ x }}"}')
    made = draft(wish, "projects/shop")
    assert problems_of(made) == ()
    assert made.id == "projects/shop/mocks/orders/post-by-id"
    assert made.files["projects/shop/mocks/orders/post-by-id.body.json"] == (
        b'{\n  "token": "redacted-token",\n  "t": "{{ x }}"\n}\n'
    )


def test_names_that_a_workspace_adds_and_numbers_under_them() -> None:
    own = with_names(["X-Own"], ["iban"])
    assert kept_headers({"X-Own": "a", "X-Other": "b"}, own) == {"X-Own": "redacted-x-own", "X-Other": "b"}
    assert body_without_secrets(b'{"iban":"CH93","pin":1234,"n":1}', own) == (
        b'{\n  "iban": "redacted-iban",\n  "pin": 0,\n  "n": 1\n}\n'
    )
