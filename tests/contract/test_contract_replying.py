from __future__ import annotations

import pytest
from files import api, opened

from keymock.contract.replying import LONGEST, Served, base_of, told_by, wrong_with
from keymock.contract.rules import Rules
from keymock.contract.validating import Violation
from keymock.exchange import Request

CONTENT = {"application/json": {"schema": {"type": "object", "required": ["a"]}}}


def _served() -> Served:
    document = api(
        {"/a/{b}": {"get": {"operationId": "a", "responses": {
            "200": {"description": "", "content": CONTENT, "headers": {"X-N": {"required": True, "schema": {}}}},
            "204": {"description": ""}}}}},
        servers=[{"url": "https://api.example.com/v1"}, {"url": "https://api.example.com"}],
    )  # fmt: skip
    contract = opened(document)
    return Served(lambda: contract, Rules())


@pytest.mark.parametrize(
    ("status", "headers", "body", "expected"),
    [
        (200, {"content-type": "application/json", "x-n": "1"}, b'{"a": 1}', []),
        (200, {"content-type": "application/json"}, b"{}", ["response.headers.X-N", "response.body"]),
        (200, {"content-type": "application/json", "x-n": "1"}, b"{", ["response.body"]),
        (200, {"content-type": "text/html", "x-n": "1"}, b"x", ["response.content_type"]),
        (200, {"x-n": "1"}, b"", []),
        (404, {}, b"", ["response.status"]),
        (204, {}, b"", []),
    ],
)
def test_an_answer_is_held_against_the_document(
    status: int, headers: dict[str, str], body: bytes, expected: list[str]
) -> None:
    contract = _served().contract
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    found = wrong_with(contract, contract.operation("GET /a/{b}"), status, pairs, body)
    assert [each.where for each in found] == expected


def test_an_operation_is_found_by_path_and_method() -> None:
    served = _served()
    found = served.found(Request("HEAD", b"/v1/a/x"), ("v1", "a", "x"))
    assert found is not None
    assert (found[0].id, found[1]) == ("a", {"b": "x"})
    assert served.found(Request("POST", b"/a/x"), ("a", "x")) is None
    assert served.found(Request("GET", b"/b"), ("b",)) is None


def test_links_are_rewritten_where_they_end() -> None:
    served = _served()
    body = b'{"a": "https://api.example.com/v1/x", "b": "https://api.example.com.evil", '
    body += b'"c": "https:\\/\\/api.example.com\\/v1\\/y"}'
    assert served.rewritten(body, "http://localhost:1") == (
        b'{"a": "http://localhost:1/v1/x", "b": "https://api.example.com.evil", "c": "http:\\/\\/localhost:1\\/v1\\/y"}'
    )


def test_the_base_of_a_request() -> None:
    request = Request("GET", b"/", host="shop.localhost", port=8787)
    request.mount = "/shop"
    assert base_of(request) == "http://shop.localhost:8787/shop"
    assert base_of(Request("GET", b"/", host="::1")) == "http://[::1]"


def test_the_header_is_plain_and_short() -> None:
    name, value = told_by([Violation("query", "query.ä\n", "x" * 5_000)])
    assert name == b"x-keymock-violations"
    assert len(value) == LONGEST
    assert value.startswith(b"query.??: xxx")
