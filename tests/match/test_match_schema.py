"""`schema`."""

from __future__ import annotations

from typing import Any

import pytest
from asking import ask, make_request, read_table, why, wrong

from keymock import match

NEWEST = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
SEVENTH = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "definitions": {"a": {"const": 1}},
    "$ref": "#/definitions/a",
}
FOURTH = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "number",
    "minimum": 1,
    "exclusiveMinimum": True,
}


@pytest.mark.parametrize(
    ("schema", "body", "holds"),
    [
        (NEWEST, '{"id": 1}', True),
        (NEWEST, '{"id": "1"}', False),
        (NEWEST, "hello", False),
        (NEWEST, '{"id": ' + "9" * 400 + "}", True),
        (SEVENTH, "1.0", True),
        (SEVENTH, "2", False),
        (FOURTH, "2", True),
        (FOURTH, "1", False),
        ({}, "null", True),
        ({"$ref": "#"}, "1", True),
        ({"pattern": "^(a+)+$"}, '"' + "a" * 30 + '!"', False),
    ],
)
def test_drafts(schema: dict[str, Any], body: str, holds: bool) -> None:
    assert ask({"body": {"schema": schema}}, body=body) is holds


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "http://127.0.0.1:1/schema.json"},
        {"$ref": "https://json-schema.org/nowhere"},
        {"$ref": "file:///etc/hostname"},
        {"properties": {"a": {"$ref": "other.json"}}},
        {"$schema": "http://127.0.0.1:1/meta"},
        {"type": "nope"},
        {"pattern": "("},
    ],
)
def test_refused(schema: dict[str, Any]) -> None:
    fault = wrong({"body": {"schema": schema}})
    assert (fault.path, fault.code) == (("body", "schema"), "invalid-schema")


def test_a_file_is_read_once_and_goes_along() -> None:
    read: list[str] = []

    def read_file(name: str) -> bytes:
        read.append(name)
        return b'{"type": "object"}'

    conditions, faults = match.read(match.Conditions(body=match.Body(schema="a.json")), read_file)
    assert (read, faults) == (["a.json"], ())
    assert match.compile(conditions[0])(make_request(body="{}"))
    assert match.observe(conditions[0], make_request(body="{}")).expected == "valid by a.json"


def test_files_that_cannot_be() -> None:
    def missing(name: str) -> bytes:
        raise FileNotFoundError(f"{name} is not there")

    table = {"body": {"schema": "a.json"}}
    assert wrong(table, missing).message == "the schema `a.json` cannot be read: a.json is not there"
    assert wrong(table).code == "missing-file"
    assert wrong(table, lambda _name: b"[]").code == "invalid-schema"
    assert wrong(table, lambda _name: b"{").code == "invalid-schema"


def test_the_reason_has_its_place() -> None:
    assert why({"body": {"schema": NEWEST}}, body='{"id": "x"}') == '/id: "x" is not of type "integer"'
    assert why({"body": {"schema": NEWEST}}, body="{}") == 'the body: "id" is a required property'


def test_one_condition() -> None:
    assert match.count(read_table({"body": {"schema": NEWEST}})) == 1
