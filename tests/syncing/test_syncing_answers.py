from __future__ import annotations

from typing import Any

import msgspec
from versions import opened, pets

from keymock.exchange import NOT_JSON
from keymock.syncing.answers import Said, Side, settle

PET = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}


def side(schema: Any, example: Any = None, **more: Any) -> Side:
    return Side(opened(pets(schema, example, **more)), f"GET {more.get('path', '/pets/{id}')}", "GET /pets/{id}")


def said(one: Side, like: Any = NOT_JSON) -> Said:
    found = one.said(200, "application/json", like)
    assert found is not None
    return found


def test_what_is_made_up_does_not_hang_on_the_path() -> None:
    assert said(side(PET)).body == said(side(PET, path="/animals")).body


def test_the_example_that_has_most_in_common_is_taken() -> None:
    document = pets(PET)
    content = document["paths"]["/pets/{id}"]["get"]["responses"]["200"]["content"]
    content["application/json"]["examples"] = {
        "cat": {"value": {"id": 1, "name": "Minka"}}, "dog": {"value": {"id": 2, "name": "Rex"}},
    }  # fmt: skip
    one = Side(opened(document), "GET /pets/{id}")
    assert said(one, {"id": 2, "name": "Bello"}).value == {"id": 2, "name": "Rex"}
    assert said(one, {"id": 9}).value == {"id": 1, "name": "Minka"}
    assert not said(one).made_up


def test_a_status_that_is_not_there_has_no_answer() -> None:
    assert side(PET).said(404, "", NOT_JSON) is None


def test_members_that_a_schema_has_and_needs() -> None:
    closed = {**PET, "additionalProperties": False}
    one = side({"type": "array", "items": {"oneOf": [closed, {"type": "object", "properties": {"cat": closed}}]}})
    schema = said(one).schema
    assert one.declares(schema, (0, "name"))
    assert one.declares(schema, (0, "cat", "id"))
    assert not one.declares(schema, (0, "cat", "age"))
    assert not one.declares(schema, (0, "age"))
    assert side({}).declares(said(side({})).schema, ("whatever",))
    pet = side(PET)
    assert [pet.needs(said(pet).schema, (name,)) for name in ("id", "name")] == [True, False]


def test_what_is_drawn_stays_and_what_is_spelled_out_comes() -> None:
    old = side(PET)
    new = side({**PET, "required": ["id", "name", "colour"], "properties": {
        "id": {"type": "integer", "maximum": 3}, "name": {"type": "string", "examples": ["Minka"]},
        "colour": {"enum": ["red"]}}})  # fmt: skip
    before, after = said(old), said(new)
    value = settle(new, before, after)
    assert value["name"] == "Minka"
    assert value["colour"] == "red"
    assert value["id"] <= 3
    same = settle(old, before, said(side(PET, path="/animals")))
    assert same == before.value


def test_an_example_is_as_the_document_has_it() -> None:
    new = side(PET, {"id": 7, "name": "Rex"})
    assert settle(new, said(side(PET)), said(new)) == {"id": 7, "name": "Rex"}


def test_what_is_said_is_the_body() -> None:
    assert msgspec.json.encode(said(side(PET)).value) == said(side(PET)).body
