"""`keymock schema`, and the files in schemas/ that are made of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Shell

from keymock.commands.schema import KINDS

SCHEMAS = Path(__file__).parent.parent.parent / "schemas"


def test_the_kinds(shell: Shell) -> None:
    assert shell("schema").out.split() == ["mock", "defaults", "project", "keymock"]
    assert shell("schema", "--json").json == ["mock", "defaults", "project", "keymock"]


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


def test_an_unknown_kind(shell: Shell) -> None:
    done = shell("schema", "mcok")
    assert (done.code, "did you mean `mock`?" in done.err) == (2, True)
