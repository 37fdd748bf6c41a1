from __future__ import annotations

from keymock.contract.lines import lines_of

YAML = """\
# a comment
openapi: 3.0.0
paths:
  '/users/{id}':
    get:
      parameters:
      - name: id
        in: path
      - name: q
        schema:
          type: string
      responses:
        200:
          description: |
            get: not a key
          content: {application/json: {schema: {type: string}}}
        "404": {description: no}
  /b:
    post: {}
"""
JSON = """\
{
  "paths": {
    "/a~b": {
      "get": {
        "tags": [
          {
            "name": "x"
          },
          {
            "name": "y"
          }
        ]
      }
    },
    "/c": {}
  },
  "last": 1
}
"""


def test_keys_of_yaml() -> None:
    wanted = {
        ("openapi",): 2,
        ("paths", "/users/{id}"): 4,
        ("paths", "/users/{id}", "get", "parameters", "0", "name"): 7,
        ("paths", "/users/{id}", "get", "parameters", "0", "in"): 8,
        ("paths", "/users/{id}", "get", "parameters", "1"): 9,
        ("paths", "/users/{id}", "get", "parameters", "1", "schema", "type"): 11,
        ("paths", "/users/{id}", "get", "responses", "200"): 13,
        ("paths", "/users/{id}", "get", "responses", "404"): 17,
        ("paths", "/b", "post"): 19,
    }
    assert lines_of(YAML, wanted) == wanted


def test_keys_of_json() -> None:
    wanted = {
        ("paths", "/a~b", "get"): 4,
        ("paths", "/a~b", "get", "tags", "0", "name"): 7,
        ("paths", "/a~b", "get", "tags", "1"): 9,
        ("paths", "/c"): 15,
        ("last",): 17,
    }
    assert lines_of(JSON, wanted) == wanted


def test_what_is_not_there_stands_where_it_would() -> None:
    assert lines_of(YAML, [("paths", "/b", "get", "x")]) == {("paths", "/b", "get", "x"): 18}
    assert lines_of('{"a":{"b":1}}', [("a", "b")]) == {("a", "b"): 1}
    assert lines_of("", [("a",)]) == {("a",): 1}
