from __future__ import annotations

from typing import Any

import msgspec
import pytest
from files import OK, api, opened

from keymock.contract.validating import violations
from keymock.exchange import Request

BODY = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}, "tags": {
    "type": "array", "items": {"type": "integer"}}}}  # fmt: skip


def told(operation: dict[str, Any], request: Request, **more: Any) -> list[str]:
    document = api({"/a": {"post": {"responses": OK, **operation}}}, **more)
    contract = opened(document)
    found = violations(contract, contract.operation("POST /a"), request, {}, lambda _: True)
    return [f"{each.status} {each.where}" for each in found]


def body(kind: str, data: bytes) -> Request:
    return Request("POST", b"/a", headers=[(b"content-type", kind.encode())] if kind else [], body=data)


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("application/json", b'{"n": 1}', []),
        ("application/json", b'{"n": "x"}', ["422 body/n"]),
        ("application/json", b"{", ["400 body"]),
        ("application/json; charset=utf-8", b'{"n": 1}', []),
        ("application/x-www-form-urlencoded", b"n=1&tags=1&tags=2", []),
        ("application/x-www-form-urlencoded", b"n=x", ["422 body/n"]),
        ("multipart/form-data; boundary=b",
         b'--b\r\nContent-Disposition: form-data; name="n"\r\n\r\n4\r\n--b--\r\n', []),
        ("multipart/form-data; boundary=b", b"nothing", ["400 body"]),
        ("multipart/form-data", b"x", ["400 body"]),
        ("application/xml", b"<root><n>1</n><tags>2</tags></root>", []),
        ("application/xml", b"<root><n>x</n></root>", ["422 body/n"]),
        ("application/xml", b"<root><n>1</root>", ["400 body"]),
        ("text/plain", b"5", []),
        ("text/plain", b"\xff", ["400 body"]),
        ("application/octet-stream", b"\xff", []),
        ("image/png", b"x", ["415 header.content-type"]),
        ("", b"x", ["415 header.content-type"]),
        ("application/json", b"", ["422 body"]),
    ],
)  # fmt: skip
def test_bodies_of_every_kind(kind: str, data: bytes, expected: list[str]) -> None:
    kinds = ("application/json", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data")
    content: dict[str, Any] = {each: {"schema": BODY} for each in kinds}
    content |= {"text/plain": {"schema": {"type": "integer"}}, "application/octet-stream": {}}
    assert told({"requestBody": {"required": True, "content": content}}, body(kind, data)) == expected


def test_parameters_that_are_missing_or_wrong() -> None:
    parameters = [
        {"name": "q", "in": "query", "required": True, "schema": {"type": "integer", "maximum": 5}},
        {"name": "X-A", "in": "header", "schema": {"type": "string", "format": "uuid"}},
        {"name": "c", "in": "cookie", "schema": {"enum": ["a"]}},
        {"name": "e", "in": "query", "allowEmptyValue": True, "schema": {"type": "integer"}},
    ]
    request = Request("POST", b"/a", b"e=", [(b"x-a", b"no"), (b"cookie", b"c=b")])
    assert told({"parameters": parameters}, request) == ["422 query.q", "422 header.X-A", "422 cookie.c"]
    fine = Request("POST", b"/a", b"q=5", [(b"cookie", b"c=a")])
    assert told({"parameters": parameters}, fine) == []


@pytest.mark.parametrize(
    ("headers", "query", "fine"),
    [
        ({}, b"", False),
        ({"authorization": "Bearer x"}, b"", True),
        ({"authorization": "Basic x"}, b"", False),
        ({"authorization": "Basic dTpw", "x-key": "1"}, b"", True),
        ({"authorization": "Basic dTpw"}, b"", False),
        ({}, b"k=1", True),
        ({"cookie": "s=1"}, b"", True),
    ],
)
def test_credentials(headers: dict[str, str], query: bytes, fine: bool) -> None:
    schemes = {
        "bearer": {"type": "http", "scheme": "bearer"}, "basic": {"type": "http", "scheme": "Basic"},
        "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "query": {"type": "apiKey", "in": "query", "name": "k"},
        "cookie": {"type": "apiKey", "in": "cookie", "name": "s"},
    }  # fmt: skip
    security: list[dict[str, Any]] = [{"bearer": []}, {"basic": [], "header": []}, {"query": []}, {"cookie": []}]
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    found = told({"security": security}, Request("POST", b"/a", query, pairs), components={"securitySchemes": schemes})
    assert found == ([] if fine else ["401 security"])


def test_an_empty_alternative_lets_everybody_in() -> None:
    assert told({"security": [{}]}, Request("POST", b"/a")) == []


def test_violations_are_bounded() -> None:
    parameters = [{"name": f"p{n}", "in": "query", "required": True} for n in range(200)]
    assert len(told({"parameters": parameters}, Request("POST", b"/a"))) == 20
    assert msgspec.json.encode({})
