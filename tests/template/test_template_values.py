"""keymock/template/values.py: what a template reads of a request."""

from __future__ import annotations

from typing import Any

import pytest
from filling import ask, values

from keymock.exchange import Request
from keymock.template import Missing, compile
from keymock.template.values import AnyCase


def read(source: str, request: Request, **given: Any) -> str:
    return compile("{{ request." + source + " }}").render(values(request, **given))


def test_headers_are_found_in_any_case() -> None:
    request = Request("GET", b"/", headers=[(b"x-a", b"1"), (b"x_b", b"2"), (b"x-empty", b""), (b"x-a", b"3")])
    assert read("headers.x_a", request) == read("headers['X-A']", request) == "1"
    assert read("headers.X_B", request) == read("headers['x_b']", request) == "2"
    assert read("headers['X-Empty'] ~ '|'", request) == "|"
    assert read("headers_all['X-A']", request) == '["1","3"]'
    assert read("headers['X-' ~ 'A']", request) == "1"
    assert read("headers", request) == '{"x-a":"1","x_b":"2","x-empty":""}'
    with pytest.raises(Missing, match="has no `X-C`"):
        read("headers['X-C']", request)


def test_any_case_asks_the_spelling_first() -> None:
    headers = AnyCase({"a_b": 1, "a-b": 2})
    assert (headers["a_b"], headers["A_B"], headers["A-B"]) == (1, 1, 2)


def test_a_form() -> None:
    request = ask(body="a=1&a=2&b=x+y", content_type="application/x-www-form-urlencoded")
    assert read("form.a ~ request.form.b", request) == "1x y"
    assert read("form_all.a", request) == '["1","2"]'


def test_the_base_url_has_the_mount() -> None:
    request = Request("GET", b"/shop/users", b"a=1", scheme="https", host="api.localhost", port=None)
    request.mount = "/shop"
    request.segments = ("users",)
    assert read("base_url", request) == "https://api.localhost/shop"
    assert read("url", request) == "https://api.localhost/shop/users?a=1"
    assert read("path", request) == "/users"
    assert read("port", request) == "443"
    assert read("base_url", request, base_url="http://shop.test") == "http://shop.test"


def test_a_body_that_is_no_json_is_missing_as_json() -> None:
    request = ask(body="plain")
    assert read("json.a | default('none')", request) == "none"
    assert read("body", request) == "plain"
    assert read("json is defined", ask(body="null")) == "true"
