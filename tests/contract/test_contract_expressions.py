from __future__ import annotations

from typing import Any

import pytest

from keymock.contract.expressions import Expression, Told, filled, parsed, reads_body, value
from keymock.exchange import Request

REQUEST = Request(
    "POST",
    b"/subscribe/42",
    b"queryUrl=https://clientdomain.com/stream",
    [(b"content-type", b"application/json"), (b"accept", b"application/json")],
    b'{"failedUrl": "https://clientdomain.com/failed", "successUrls": ["https://clientdomain.com/fast", "x"], "n": 7}',
)
TOLD = Told(
    REQUEST, "https://example.org/subscribe/42?queryUrl=https://clientdomain.com/stream", {"eventType": "42"}, 201,
    [(b"location", b"https://example.org/subscription/1")], b'{"id": "s1", "ok": true, "a/b": {"~": 1}}',
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$url", "https://example.org/subscribe/42?queryUrl=https://clientdomain.com/stream"),
        ("$method", "POST"),
        ("$statusCode", 201),
        ("$request.path.eventType", "42"),
        ("$request.query.queryUrl", "https://clientdomain.com/stream"),
        ("$request.header.content-Type", "application/json"),
        ("$request.body#/failedUrl", "https://clientdomain.com/failed"),
        ("$request.body#/successUrls/1", "x"),
        ("$response.header.Location", "https://example.org/subscription/1"),
        ("$response.body#/id", "s1"),
        ("$response.body#/a~1b/~0", 1),
        ("$response.body#/nothing/0", None),
        ("$request.query.nothing", None),
        ("$request.path.nothing", None),
    ],
)
def test_the_table_of_the_standard(text: str, expected: Any) -> None:
    expression = parsed(text)
    assert expression is not None
    assert value(expression, TOLD) == expected


@pytest.mark.parametrize(
    "text", ["", "id", "$", "$request", "$request.cookie.a", "$response.query.a", "$other.body", 3]
)
def test_what_is_no_expression(text: Any) -> None:
    assert parsed(text) is None


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("{$request.query.queryUrl}/data", "https://clientdomain.com/stream/data"),
        ("$request.body#/failedUrl", "https://clientdomain.com/failed"),
        ("http://a.example?event={$request.path.eventType}&ok={$response.body#/ok}",
         "http://a.example?event=42&ok=true"),
        ("{$request.body#/nothing}/data", None),
        ("{$request.body#/successUrls}", None),
        ("http://127.0.0.1/fixed", "http://127.0.0.1/fixed"),
    ],
)  # fmt: skip
def test_addresses_are_filled_in(text: str, made: str | None) -> None:
    assert filled(text, TOLD) == made


def test_a_form_is_a_body_too() -> None:
    form = Request("POST", b"/", headers=[(b"content-type", b"application/x-www-form-urlencoded")], body=b"url=a%20b")
    assert value(Expression("request", "body", "/url"), TOLD._replace(request=form)) == "a b"


def test_who_reads_the_body() -> None:
    assert reads_body("{$request.body#/url}/x")
    assert reads_body("$request.body")
    assert not reads_body("{$request.query.url}/{$response.body#/id}")
