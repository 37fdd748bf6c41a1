"""A workspace with a contract, served in process: for the tests of whatever stands above a document."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import msgspec
from tree_answers import plant

from keymock import engine
from keymock.exchange import Reply, Request
from keymock.serve.options import Options
from keymock.serve.service import Service

OPENAPI = """\
openapi: 3.0.3
info: {title: Shop, version: '1'}
servers:
  - url: https://api.example.com/v1
paths:
  /users/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: integer}}
    get:
      operationId: getUser
      summary: One user
      parameters:
        - {name: expand, in: query, schema: {type: string, enum: [orders, none]}}
      responses:
        200:
          description: the user
          headers:
            X-Version: {schema: {type: integer}, example: 3}
          content:
            application/json:
              schema: {$ref: '#/components/schemas/User'}
              examples:
                ada: {value: {id: 1, name: Ada, self: 'https://api.example.com/v1/users/1'}}
                bob: {value: {id: 2, name: Bob}}
            application/xml:
              schema: {$ref: '#/components/schemas/User'}
        404:
          description: no such user
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Error'}
    delete:
      operationId: deleteUser
      security: [{key: []}]
      responses:
        204: {description: gone}
        401: {description: who are you}
  /users:
    post:
      operationId: createUser
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/User'}
            examples:
              eve: {value: {name: Eve}}
      responses:
        201:
          description: made
          content:
            application/json:
              schema: {$ref: '#/components/schemas/User'}
              examples:
                other: {value: {id: 9, name: Other}}
                eve: {value: {id: 5, name: Eve}}
        422:
          description: wrong
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Error'}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
  schemas:
    User:
      type: object
      required: [id, name]
      properties:
        id: {type: integer, readOnly: true}
        name: {type: string, minLength: 2}
        self: {type: string, format: uri}
    Error:
      type: object
      required: [error]
      properties: {error: {type: string}}
"""


def shop(root: Path, project: str = "", document: str = OPENAPI, **files: str) -> Service:
    """The shop with this project.toml and these mocks (`get` is `mocks/get.toml`), served."""
    plant(root, {
        "keymock.toml": 'name = "t"\n',
        "projects/shop/project.toml": project,
        "projects/shop/openapi.yaml": document,
        **{f"projects/shop/mocks/{name}.toml": text for name, text in files.items()},
    })  # fmt: skip
    return Service(Options(workspace=str(root)), time.time_ns)


def ask(
    service: Service, method: str, target: str, body: Any = b"", headers: dict[str, str | list[str]] | None = None
) -> Reply:
    """The reply to a request; a body that is no bytes goes as JSON."""
    given = dict(headers or {})
    data = body if isinstance(body, bytes) else msgspec.json.encode(body)
    if not isinstance(body, bytes):
        given.setdefault("Content-Type", "application/json")
    request = Request.of(method, target, given, data)
    request.session = service.session("")
    reply = engine.answer(request, service.world)
    assert isinstance(reply, Reply)
    return reply


def json_of(reply: Reply) -> Any:
    return msgspec.json.decode(reply.body)


def header(reply: Reply, name: str) -> str:
    return ", ".join(value.decode() for key, value in reply.headers if key.decode() == name)
