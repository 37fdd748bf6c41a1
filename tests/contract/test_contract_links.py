from __future__ import annotations

import json
from typing import Any

import pytest
from files import OK, api, opened

from keymock.contract.answering import Made
from keymock.contract.links import Echo, Links
from keymock.exchange import Request

USER = {"type": "object", "required": ["id"], "additionalProperties": False, "properties": {
    "id": {"type": "integer"}, "name": {"type": "string"}, "boss": {"type": "object", "properties": {
        "id": {"type": "integer"}}}}}  # fmt: skip


def path(*names: str, kind: str = "integer") -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": {"type": kind}} for name in names]


def answers(schema: dict[str, Any], **links: Any) -> dict[str, Any]:
    return {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}, "links": links}}


def linked(**link: Any) -> dict[str, Any]:
    """People who are made by a POST whose answer links to the GET."""
    return api({
        "/users": {"post": {"operationId": "make", "responses": answers(USER, made=link)}},
        "/users/{userId}": {"get": {"operationId": "get", "parameters": path("userId"), "responses": answers(USER)}},
    })  # fmt: skip


def asked(document: dict[str, Any], key: str, body: Any, params: dict[str, str], query: bytes = b"") -> Any:
    contract = opened(document)
    operation = contract.operation(key)
    made = Made(200, [(b"content-type", b"application/json")], json.dumps(body).encode())
    request = Request("GET", b"/", query)
    return json.loads(Links(contract).about(operation, operation.response(200), made, request, params).body)


@pytest.mark.parametrize(
    "link",
    [
        {"operationId": "get", "parameters": {"userId": "$response.body#/id"}},
        {"operationId": "get", "parameters": {"path.userId": "$response.body#/id"}},
        {"operationRef": "#/paths/~1users~1{userId}/get", "parameters": {"userId": "$response.body#/id"}},
        {"operationId": "get", "parameters": {"userId": "$response.header.X-Id"}},
    ],
)
def test_who_follows_a_link_gets_that_id(link: dict[str, Any]) -> None:
    body = asked(linked(**link), "GET /users/{userId}", {"id": 1, "name": "Ada"}, {"userId": "7"})
    assert body == {"id": 7, "name": "Ada"}


@pytest.mark.parametrize(
    "link",
    [
        {"operationId": "nobody", "parameters": {"userId": "$response.body#/id"}},
        {"operationRef": "other.yaml#/paths/x/get", "parameters": {"userId": "$response.body#/id"}},
        {"operationId": "make", "parameters": {"userId": "$response.body#/id"}},
        {"operationId": "get", "parameters": 3},
        {"operationId": "get"},
    ],
)
def test_other_links_change_nothing(link: dict[str, Any]) -> None:
    body = asked(linked(**link), "GET /users/{userId}", {"id": 1}, {"userId": "7"})
    assert body == {"id": 1}


def test_what_would_not_be_valid_is_not_put_there() -> None:
    link = {"operationId": "get", "parameters": {"userId": "$response.body#/id"}}
    assert asked(linked(**link), "GET /users/{userId}", {"id": 1}, {"userId": "x"}) == {"id": 1}


def test_an_answer_has_at_their_places_what_it_hands_on() -> None:
    thing = {
        "type": "object",
        "properties": {
            "slug": {"type": "string"},
            "owner": {"type": "object", "properties": {"name": {"type": "string"}}},
            "last": {"type": "object", "properties": {"id": {"type": "integer"}}},
        },
    }
    document = api({
        "/of/{name}/{slug}": {"get": {"operationId": "thing", "parameters": path("name", "slug", kind="string"),
            "responses": answers(thing,
                pulls={"operationId": "pulls", "parameters": {"name": "$response.body#/owner/name",
                                                              "slug": "$response.body#/slug"}},
                last={"operationId": "one", "parameters": {"slug": "$response.body#/last/id"}})}},
        "/of/{name}/{slug}/pulls": {"get": {"operationId": "pulls", "parameters": path("name", "slug", kind="string"),
                                            "responses": OK}},
        "/one/{slug}": {"get": {"operationId": "one", "parameters": path("slug"), "responses": OK}},
    })  # fmt: skip
    body = asked(document, "GET /of/{name}/{slug}", {"owner": {"name": "x"}, "last": {"id": 3}},
                 {"name": "ada", "slug": "tool"})  # fmt: skip
    assert body == {"owner": {"name": "ada"}, "last": {"id": 3}, "slug": "tool"}


def test_the_places_of_an_operation() -> None:
    document = linked(operationId="get", parameters={"userId": "$response.body#/id"})
    contract = opened(document)
    links = Links(contract)
    assert links.echoes(contract.operation("GET /users/{userId}")) == (Echo("userId", "/id", sure=False),)
    assert links.echoes(contract.operation("POST /users")) == ()
