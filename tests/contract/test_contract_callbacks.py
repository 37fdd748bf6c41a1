from __future__ import annotations

import json
from typing import Any

from files import OK, api, opened

from keymock.contract.callbacks import by_body, callbacks, calls
from keymock.contract.expressions import Told
from keymock.exchange import Request

EVENT = {"type": "object", "required": ["kind"], "properties": {"kind": {"enum": ["paid"]}}}
SENT = {
    "parameters": [
        {"name": "X-Event", "in": "header", "required": True, "schema": {"const": "paid"}},
        {"name": "try", "in": "query", "required": True, "schema": {"const": 1}},
    ],
    "requestBody": {"content": {"application/json": {"schema": EVENT}}},
    "responses": OK,
}


def subscribing(address: str = "{$request.query.url}/data", sent: Any = SENT, **more: Any) -> dict[str, Any]:
    return api({"/a": {"post": {"responses": OK, "callbacks": {"onData": {address: {"post": sent}}}}}}, **more)


def told(query: bytes = b"url=http://127.0.0.1:9", body: bytes = b"") -> Told:
    request = Request("POST", b"/a", query, [(b"content-type", b"application/json")], body)
    return Told(request, "http://localhost/a", {}, 200, [], b"")


def test_it_is_sent_with_what_it_requires() -> None:
    contract = opened(subscribing(security=[{"key": []}], components={"securitySchemes": {
        "key": {"type": "http", "scheme": "bearer"}}}))  # fmt: skip
    found = callbacks(contract, contract.operation("POST /a"))
    (call,) = calls(contract, found, told(), "shop#a")
    assert (call.mock, call.number, call.method, call.declared) == ("shop#a", 1, "POST", True)
    assert call.url == "http://127.0.0.1:9/data?try=1"
    assert dict(call.headers) == {"x-event": "paid", "content-type": "application/json"}
    assert json.loads(call.body) == {"kind": "paid"}


def test_an_address_that_the_request_does_not_give_is_said() -> None:
    contract = opened(subscribing("{$request.body#/url}"))
    found = callbacks(contract, contract.operation("POST /a"))
    assert by_body(found)
    (call,) = calls(contract, found, told(), "m")
    assert call.fault == "the callback onData has no address: `{$request.body#/url}` gives none for this request"
    (call,) = calls(contract, found, told(body=b'{"url": "http://127.0.0.1:9"}'), "m")
    assert (call.url, call.fault) == ("http://127.0.0.1:9?try=1", "")


def test_what_has_no_valid_body_is_said() -> None:
    nothing = {"requestBody": {"content": {"application/json": {"schema": False}}}, "responses": OK}
    contract = opened(subscribing(sent=nothing))
    (call,) = calls(contract, callbacks(contract, contract.operation("POST /a")), told(), "m")
    assert call.fault.startswith("the callback onData cannot be made up: ")


def test_callbacks_elsewhere_are_followed_and_others_are_none() -> None:
    document = api({"/a": {"post": {"responses": OK, "callbacks": {"one": {"$ref": "#/components/callbacks/C"}}}},
                    "/b": {"post": {"responses": OK, "callbacks": {"x": 3, "y": {"/": None}}}}},
                   components={"callbacks": {"C": {"$request.query.url": {"put": {"responses": OK}}}}})  # fmt: skip
    contract = opened(document)
    (found,) = callbacks(contract, contract.operation("POST /a"))
    assert (found.name, found.address, found.operation.method) == ("one", "$request.query.url", "PUT")
    assert not by_body((found,))
    assert callbacks(contract, contract.operation("POST /b")) == ()
