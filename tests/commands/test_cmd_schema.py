"""`keymock schema`, and the files in schemas/ that are made of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from prompt import Shell

from keymock.commands.schema import KINDS

SCHEMAS = Path(__file__).parent.parent.parent / "schemas"


def test_the_kinds(shell: Shell) -> None:
    kinds = ["mock", "defaults", "project", "keymock", "preset", "request", "environment", "flow"]
    assert shell("schema").out.split() == kinds
    assert shell("schema", "--json").json == kinds


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_is_fresh(shell: Shell, kind: str) -> None:
    file = SCHEMAS / f"{kind}.schema.json"
    assert file.read_text(encoding="utf-8") == shell("schema", kind).out, "for kind in $(keymock schema); do …"


def test_a_schema_tells_a_slip(shell: Shell) -> None:
    import jsonschema_rs

    schema = json.loads(shell("schema", "mock").out)
    good = {"request": {"path": "/a"}, "response": {"status": 200, "delay": "50ms"}}
    assert jsonschema_rs.is_valid(schema, good)
    assert not jsonschema_rs.is_valid(schema, {**good, "respones": {}})


@pytest.mark.parametrize(
    ("response", "good"),
    [
        ({"status": "{{ request.params.code }}"}, True),
        ({"status": "200"}, False),
        ({"status": 99}, False),
        ({"delay": {"uniform": ["1ms", "2s"]}}, True),
        ({"delay": 5}, False),
        ({"delay": "5 sec"}, False),
        ({"delay": {"unifrom": ["1ms", "2s"]}}, False),
        ({"delay": {"uniform": ["1", "2s"]}}, False),
        ({"throttle": {"bytes_per_second": "64KiB"}}, True),
        ({"throttle": {"bytes_per_second": "64 K"}}, False),
        ({"fault": "reset"}, True),
        ({"fault": "reste"}, False),
    ],
)
def test_a_value_with_two_forms_may_have_no_third(shell: Shell, response: dict[str, object], good: bool) -> None:
    import jsonschema_rs

    schema = json.loads(shell("schema", "mock").out)
    assert jsonschema_rs.is_valid(schema, {"request": {"path": "/a"}, "response": response}) is good


@pytest.mark.parametrize(("method", "good"), [("GET", True), (["GET", "*"], True), ("get", False), (["get"], False)])
def test_a_method_is_in_capitals(shell: Shell, method: object, good: bool) -> None:
    import jsonschema_rs

    schema = json.loads(shell("schema", "mock").out)
    assert jsonschema_rs.is_valid(schema, {"request": {"path": "/a", "method": method}}) is good


def test_an_unknown_kind(shell: Shell) -> None:
    done = shell("schema", "mcok")
    assert (done.code, "did you mean `mock`?" in done.err) == (2, True)
