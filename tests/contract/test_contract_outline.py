from __future__ import annotations

from typing import Any

import pytest
from files import OK, api, opened, reader

from keymock import contract


def test_operations_of_every_kind_of_path_item() -> None:
    document = api({
        "/a": {"get": {"operationId": "a", "responses": OK}, "additionalOperations": {"COPY": {"responses": OK}},
               "query": {"responses": OK}},
        "/b": {"$ref": "b.yaml"},
        "x-more": {"get": {}},
    }, "3.2.0")  # fmt: skip
    made = opened(document, **{"b.yaml": {"post": {"responses": OK}}})
    assert [(stub.id, stub.key) for stub in made.outline.stubs] == [
        ("a", "GET /a"), ("COPY /a", "COPY /a"), ("QUERY /a", "QUERY /a"), ("POST /b", "POST /b"),
    ]  # fmt: skip
    assert made.outline.title == "t"


@pytest.mark.parametrize(
    ("document", "bases", "servers"),
    [
        (api({}), ("",), ()),
        (api({}, servers=[{"url": "https://a.example/v1/"}, {"url": "/v2"}]), ("/v1", "/v2"), ("https://a.example/v1",)),
        (api({}, servers=[{"url": "https://{r}.example/{v}", "variables": {"r": {"default": "eu"}, "v": {
            "enum": ["v3"]}}}]), ("/v3",), ("https://eu.example/v3",)),
        (api({"/a": {"servers": [{"url": "/own"}], "get": {"servers": [{"url": "/op"}], "responses": OK}}}),
         ("/own", "/op"), ()),
        ({"swagger": "2.0", "paths": {}, "host": "h.example", "basePath": "/b", "schemes": ["http"]},
         ("/b",), ("http://h.example/b",)),
        ({"swagger": "2.0", "paths": {}}, ("",), ()),
    ],
)  # fmt: skip
def test_where_a_document_says_it_lives(document: Any, bases: tuple[str, ...], servers: tuple[str, ...]) -> None:
    made = opened(document)
    assert made.outline.bases == bases
    assert made.outline.servers == servers


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"paths": {}}, "neither `openapi` nor `swagger`"),
        ({"openapi": "4.0.0", "paths": {}}, "`4.0.0` is no version"),
        ("- 1\n", "it is no table"),
        ("a: [\n", "not YAML"),
    ],
)
def test_what_is_no_document_is_told(document: Any, said: str) -> None:
    made, faults = contract.load("openapi.yaml", reader({"openapi.yaml": document}))
    assert made is None
    assert said in faults[0].message


def test_broken_operations_are_named_with_their_line_and_the_others_answer() -> None:
    text = """\
openapi: 3.0.0
paths:
  /ok:
    get: {operationId: a, responses: {200: {description: ok}}}
  broken:
    get: {}
  /twice:
    get:
      operationId: a
      responses: {200: {description: ok}}
    post: nothing
  /gone: {$ref: 'https://example.com/x.yaml'}
"""
    read = reader({"openapi.yaml": text})
    made, faults = contract.load("openapi.yaml", read)
    assert made is not None
    assert list(made.stubs) == ["GET /ok", "GET /twice"]
    told = [(each.line, each.severity, each.code) for each in contract.problems(faults, read)]
    assert told == [
        (5, "error", "contract-path"),
        (11, "error", "contract-shape"),
        (12, "error", "contract-remote-ref"),
        (9, "warning", "contract-two-ids"),
        (12, "error", "contract-remote-ref"),
    ]
