from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from versions import Document, opened, pets

from keymock.syncing.answers import Side
from keymock.syncing.mocks import Brought, Mocked, as_before, brought, shown_path

PET: Document = {"type": "object", "required": ["id", "name"],
                 "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}  # fmt: skip
MORE: Document = {
    **PET,
    "required": ["id", "name", "kind"],
    "properties": {**PET["properties"], "kind": {"const": "cat"}},
}
FILE = "projects/pets/mocks/get.toml"


def bring(text: str, old: Document, new: Document, body: bytes = b"", keys: tuple[str, str] = ("", "")) -> Brought:
    bodies: Any = {("response",): ("get.body.json", body)} if body else {}
    before, after = (opened(each) for each in (old, new))
    was, now = keys if any(keys) else (next(iter(before.stubs)), next(iter(after.stubs)))
    mock = Mocked("projects/pets/mocks/get", FILE, text, tomllib.loads(text), bodies)
    return brought(mock, Side(before, was), Side(after, now, was))


def told(made: Brought) -> list[tuple[str, str, str]]:
    return [(note.kind, note.where, note.says) for note in made.notes]


GET = '[request]\npath = "/pets/:id"   # the id\n\n[response]\nstatus = 200\n'


def test_a_new_member_comes_and_comments_and_edits_stay() -> None:
    text = GET + '# by hand\n[response.json]\nid = 1      # mine\nname = "Ada"\n'
    made = bring(text, pets(PET, {"id": 1, "name": "x"}), pets(MORE, {"id": 1, "name": "x", "kind": "cat"}))
    assert made.files[FILE].decode() == text + 'kind = "cat"\n'
    assert told(made) == [("taken", "body $.kind", 'is new: "cat"')]


def test_nothing_is_written_where_nothing_changed() -> None:
    assert bring(GET + "json = { id = 3 }\n", pets(PET), pets(PET)) == Brought({}, ())


def test_a_body_file_keeps_its_layout() -> None:
    body = b'{\n    "id": 1,\n    "name": "Ada"\n}\n'
    made = bring(GET, pets(PET, {"id": 1, "name": "x"}), pets(MORE, {"id": 1, "name": "x", "kind": "cat"}), body)
    assert made.files == {"get.body.json": b'{\n    "id": 1,\n    "name": "Ada",\n    "kind": "cat"\n}\n'}
    assert (made.notes[0].file, made.notes[0].keys) == ("get.body.json", ("kind",))


def test_what_both_changed_stays_as_it_is_and_is_told() -> None:
    made = bring(GET + 'json = { id = 1, name = "Ada" }\n', pets(PET, {"id": 1, "name": "x"}),
                 pets(PET, {"id": 1, "name": "y"}))  # fmt: skip
    assert (made.files, told(made)) == ({}, [("kept", "body $.name", 'stays "Ada"; the document says "y" now')])


def test_what_the_document_does_not_allow_any_longer_is_a_conflict() -> None:
    short = {**PET, "properties": {**PET["properties"], "name": {"type": "string", "maxLength": 2}}}
    made = bring(GET + 'json = { id = 1, name = "Ada" }\n', pets(PET, {"id": 1, "name": "x"}),
                 pets(short, {"id": 1, "name": "y"}))  # fmt: skip
    (note,) = made.conflicts
    assert (note.where, note.keys) == ("body $.name", ("response", "json", "name"))
    assert note.says == 'stays "Ada", and the document does not allow it: "Ada" is longer than 2 characters'
    template = bring(GET + 'json = { id = 1, name = "{{ request.params.id }}" }\n', pets(PET, {"id": 1, "name": "x"}),
                     pets(short, {"id": 1, "name": "y"}))  # fmt: skip
    assert template.conflicts == ()


def test_an_edited_member_that_is_gone_is_a_conflict_and_an_unedited_one_goes() -> None:
    old = pets(PET, {"id": 1, "name": "x"})
    new = pets({"type": "object", "properties": {"id": {"type": "integer"}}}, {"id": 1})
    edited = bring(GET + 'json = { id = 1, name = "Ada" }\n', old, new)
    assert told(edited) == [("conflict", "body $.name", 'stays "Ada", and the document no longer has it')]
    unedited = bring(GET + 'json = { id = 1, name = "x" }\n', old, new)
    assert unedited.files[FILE].decode() == GET + "json = { id = 1 }\n"


def test_null_needs_json_text() -> None:
    old, new = pets({}, {"id": 1}), pets({}, {"id": 1, "name": None})
    text = bring(GET + "json = { id = 1 }\n", old, new).files[FILE].decode()
    assert json.loads(tomllib.loads(text)["response"]["json_text"]) == {"id": 1, "name": None}
    again = bring(GET + "json_text = '{\"id\":1}'\n", old, new).files[FILE].decode()
    assert tomllib.loads(again)["response"]["json_text"] == '{"id":1,"name":null}'


def test_an_operation_with_another_name_path_and_method() -> None:
    old, new = pets(PET), pets(PET, name="readPet", path="/animals/{id}")
    named = bring('operation = "getPet"  # by id\n', old, new)
    assert named.files[FILE].decode() == 'operation = "readPet"  # by id\n'
    whole = bring('operation = "projects/pets/openapi.yaml#getPet"\n', old, new)
    assert whole.files[FILE].decode() == 'operation = "projects/pets/openapi.yaml#readPet"\n'
    by_path = bring('[request]\npath = "/v1/pets/:pet"\n', old, new)
    assert by_path.files[FILE].decode() == '[request]\npath = "/v1/animals/:pet"\n'
    longer = bring('[request]\npath = "/pets/:id"\n', pets(PET), pets(PET, path="/shops/{shop}/pets/{id}"))
    assert longer.files[FILE].decode() == '[request]\npath = "/shops/:shop/pets/:id"\n'
    other = bring('[request]\npath = ["/pets/:id", "/pet/:id"]\n', old, new)
    assert told(other) == [("conflict", "path", "the operation is at /animals/{id} now, no longer at /pets/{id}")]
    new["paths"]["/animals/{id}"]["post"] = new["paths"]["/animals/{id}"].pop("get")
    assert ("taken", "method", '"GET" → "POST"') in told(bring(GET, old, new))


def test_the_usual_status_follows_and_another_one_is_a_conflict() -> None:
    old, new = pets(PET), pets(PET, status="203")
    made = bring(GET, old, new)
    assert "status = 203" in made.files[FILE].decode()
    old["paths"]["/pets/{id}"]["get"]["responses"]["404"] = {"description": ""}
    made = bring(GET.replace("200", "404"), old, new)
    assert told(made) == [("conflict", "status", "stays 404, and the document no longer has it: 203 is")]
    assert bring(GET.replace("200", "500"), pets(PET), pets(PET, status="203")).notes == ()
    assert bring(GET.replace("200", '"{{ 200 }}"'), pets(PET), new).notes == ()


def test_each_variant_is_brought() -> None:
    text = (
        '[request]\npath = "/pets/:id"\n[[responses]]\nname = "a"\nwhen.params.id = "1"\n'
        'json = { id = 1, name = "x" }\n'
        '[[responses]]\nname = "b"\njson = { id = 2, name = "y" }\n'
    )
    made = bring(text, pets(PET, {"id": 1, "name": "x"}), pets(MORE, {"id": 1, "name": "x", "kind": "cat"}))
    found = tomllib.loads(made.files[FILE].decode())["responses"]
    assert [each["json"]["kind"] for each in found] == ["cat", "cat"]


def test_headers_come_and_go() -> None:
    def with_header(*names: str) -> Document:
        made = pets(PET, {"id": 1, "name": "x"})
        made["paths"]["/pets/{id}"]["get"]["responses"]["200"]["headers"] = {
            name: {"schema": {"type": "string"}, "example": "v"} for name in names
        }
        return made

    text = GET + 'headers.X-Old = "v"\nheaders.X-Mine = "m"\n'
    made = bring(text, with_header("X-Old"), with_header("X-New"))
    assert tomllib.loads(made.files[FILE].decode())["response"]["headers"] == {"X-Mine": "m", "x-new": "v"}
    edited = bring(text.replace('Old = "v"', 'Old = "w"'), with_header("X-Old"), with_header())
    assert told(edited) == [("kept", "header x-old", 'stays "w"; the document no longer has it')]


def test_a_content_type_that_is_another_one() -> None:
    old, new = pets(PET, {"id": 1, "name": "x"}), pets(PET, {"id": 1, "name": "x"})
    content = new["paths"]["/pets/{id}"]["get"]["responses"]["200"]["content"]
    content["application/hal+json"] = content.pop("application/json")
    made = bring(GET + 'json = { id = 1, name = "x" }\n', old, new)
    assert tomllib.loads(made.files[FILE].decode())["response"]["content_type"] == "application/hal+json"
    content["text/csv"] = content.pop("application/hal+json")
    assert told(bring(GET + 'json = { id = 1, name = "x" }\n', old, new)) == [
        ("conflict", "content type", "stays application/json; the document has text/csv now"),
    ]  # fmt: skip


def test_a_body_that_is_no_json_is_left_and_told() -> None:
    old, new = pets({"type": "string"}, "a"), pets({"type": "string"}, "b")
    for one in (old, new):
        content = one["paths"]["/pets/{id}"]["get"]["responses"]["200"]["content"]
        content["text/plain"] = content.pop("application/json")
    assert told(bring(GET + 'body = "hello"\n', old, new)) == [
        ("kept", "body", "stays as it is; the document has another one now"),
    ]  # fmt: skip


def test_a_body_that_is_no_json_and_that_nobody_edited_follows() -> None:
    old, new = pets({"type": "string"}, "a"), pets({"type": "string"}, "b")
    for one in (old, new):
        content = one["paths"]["/pets/{id}"]["get"]["responses"]["200"]["content"]
        content["text/plain"] = content.pop("application/json")
    made = bring(GET + 'body = "a"\n', old, new)
    assert tomllib.loads(made.files[FILE].decode())["response"]["body"] == "b"
    assert told(made) == [("taken", "body", "is as the document has it now")]
    assert bring(GET, old, new, b"a\n").files == {"get.body.json": b"b"}


def test_answers_that_start_from_the_document_follow_by_themselves() -> None:
    text = 'operation = "getPet"\n[response]\nfrom = "contract"\nset."$.name" = "Ada"\nremove = ["$.id", "$..x"]\n'
    gone = {"type": "object", "properties": {"title": {"type": "string"}}}
    assert told(bring(text, pets(PET), pets(gone))) == [
        ("conflict", "body $.name", "stays in `set`, and the document no longer has it"),
        ("conflict", "body $.id", "stays in `remove`, and the document no longer has it"),
    ]  # fmt: skip
    assert bring(text, pets(PET), pets(MORE)) == Brought({}, ())


def test_a_parameter_that_is_gone_is_a_conflict() -> None:
    asked = [{"name": "expand", "in": "query", "schema": {"type": "string"}}]
    text = '[request]\npath = "/pets/:id"\nquery.expand = "all"\n'
    (note,) = bring(text, pets(PET, parameters=asked), pets(PET)).conflicts
    assert (note.where, note.keys) == ("query expand", ("request", "query", "expand"))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('{"a":1}', '{"a":1,"b":"é"}'),
        ('{"a": 1}\n', '{"a": 1, "b": "é"}\n'),
        ('{\n\t"a": 1\n}\n', '{\n\t"a": 1,\n\t"b": "é"\n}\n'),
        ('{\n  "a": 1\n}', '{\n  "a": 1,\n  "b": "é"\n}'),
    ],
)
def test_json_is_laid_out_as_it_was(text: str, written: str) -> None:
    assert as_before({"a": 1, "b": "é"}, text) == written


def test_places_are_shown_as_paths() -> None:
    assert shown_path(("rows", 0, "a b", "c")) == "$.rows[0]['a b'].c"
