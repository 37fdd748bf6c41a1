from __future__ import annotations

import json

import pytest
import text_tree
from telling import compared, told

from keymock import changes
from keymock.changes.as_json import as_json
from keymock.changes.markdown import markdown

FILE = "projects/shop/openapi.yaml"
PATHS = """\
openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
"""
USER = """\
  /users/{id}:
    get:
      operationId: getUser
      responses:
        "200":
          description: found
          content:
            application/json:
              schema:
                properties:
                  id: {type: integer}
                  email: {type: string}
"""
ADD = """\
  /users:
    post:
      operationId: addUser
      responses:
        "201": {description: made}
"""
WHOLE = PATHS + USER + ADD
MOCK = {"projects/shop/mocks/a.toml": 'request.path = "/a"\n'}


def of(before: str, after: str, project: str = "") -> list[str]:
    """What is told of two texts of one contract."""
    both = {**MOCK, "projects/shop/project.toml": project}
    return told({**both, FILE: before}, {**both, FILE: after})


def test_an_operation_is_told_with_its_lines_and_for_programs() -> None:
    after = WHOLE.replace("                  email: {type: string}\n", "")
    (change,) = as_json(compared({FILE: WHOLE}, {FILE: after}))["changes"]
    (detail,) = change["details"]
    assert (change["route"], change["mock"], change["breaking"]) == ("GET /users/:id", f"{FILE}#getUser", True)
    assert (detail["kind"], detail["says"]) == ("contract", "by its contract, the 200 lost `email`")
    assert detail["before"] == detail["after"] == {"file": FILE, "line": 12}
    assert detail["data"] == {"contract": FILE, "operation": "GET /users/{id}", "says": "the 200 lost `email`"}


def test_another_status_is_told_once() -> None:
    assert of(WHOLE, WHOLE.replace('"201"', '"202"')) == [
        "breaking: by its contract, it answers no 201 any longer",
        "addition: by its contract, it may answer 202 now",
    ]


def test_what_the_contract_says_nothing_of_is_still_told() -> None:
    header = {"projects/shop/mocks/_defaults.toml": 'response.headers.X-Api = "1"\n'}
    after = WHOLE.replace('"201"', '"202"')
    found = told({**MOCK, FILE: PATHS + ADD}, {**MOCK, **header, FILE: (PATHS + ADD).replace('"201"', '"202"')})
    assert "breaking: by its contract, it answers no 201 any longer" in found
    assert found.count("addition: the header `x-api` is new (`1`)") == 2, found
    assert not [each for each in of(WHOLE, after) if "the status is" in each]


def test_operations_come_and_go() -> None:
    assert of(PATHS + USER, WHOLE) == ["addition: its contract has it now, with 201"]
    assert of(WHOLE, PATHS + USER) == ["breaking: its contract no longer has it; it had 201"]


def test_a_contract_that_answers_nothing_is_compared_too() -> None:
    silent = 'contract_answers = "none"\n'
    assert of(WHOLE, PATHS + USER, silent) == ["breaking: its contract no longer has it; it had 201"]
    with_it = {**MOCK, "projects/shop/project.toml": silent}
    assert told({**with_it, FILE: WHOLE}, with_it) == ["change: the contract is gone; it answered nothing itself"]
    assert told(with_it, {**with_it, FILE: WHOLE}) == ["addition: the contract is new, and answers nothing itself"]


def test_answers_that_are_switched_off_are_told_though_the_contract_is_the_same() -> None:
    both = {**MOCK, FILE: PATHS + ADD}
    silent = {"projects/shop/project.toml": 'contract_answers = "none"\n'}
    assert told(both, {**both, **silent}) == ["breaking: it answered 201"]


def test_a_whole_contract_is_one_entry() -> None:
    assert told({**MOCK, FILE: WHOLE}, MOCK) == [
        "breaking: the contract is gone, and with it its answers for 2 operations"
    ]
    assert told(MOCK, {**MOCK, FILE: WHOLE}) == [
        "addition: the contract is new, and answers 2 operations where no mock does"
    ]


def test_a_contract_of_another_file_is_a_note_and_what_else_is_different() -> None:
    moved = {**MOCK, "projects/shop/openapi.yml": WHOLE}
    says = "note: the contract is called `projects/shop/openapi.yml` now, was `projects/shop/openapi.yaml`"
    assert told({**MOCK, FILE: WHOLE}, moved) == [says]
    edited = {**moved, "projects/shop/openapi.yml": WHOLE.replace('"201"', '"202"')}
    assert sorted(told({**MOCK, FILE: WHOLE}, edited)) == [
        "addition: by its contract, it may answer 202 now",
        "breaking: by its contract, it answers no 201 any longer",
        says,
    ]


def test_a_contract_that_breaks_is_one_entry_at_its_line() -> None:
    found = compared({**MOCK, FILE: WHOLE}, {**MOCK, FILE: "openapi: 3.1.0\npaths: [\n"})
    (change,) = found.changes
    assert found.breaking
    assert change.details[0].says.startswith("the contract cannot be read any more (`")
    assert change.details[0].after is not None
    assert change.details[0].after.line > 1
    back = told({**MOCK, FILE: "openapi: 3.1.0\npaths: [\n"}, {**MOCK, FILE: WHOLE})
    assert back == ["addition: the contract can be read again"]


def test_a_mock_in_the_place_of_an_operation_leaves_nobody_without_an_answer() -> None:
    mock = {"projects/shop/mocks/add.toml": 'request = { method = "POST", path = "/users" }\nresponse.status = 201\n'}
    found = compared({FILE: WHOLE}, {**mock, FILE: PATHS + USER})
    (change,) = found.changes
    assert not found.breaking, change
    assert [detail.kind for detail in change.details][:2] == ["contract", "moved"]


@pytest.mark.parametrize("name", ["a`<img src=x>", "x`\n# heading"])
def test_names_out_of_a_document_cannot_write_into_a_comment(name: str) -> None:
    def with_header(*names: str) -> str:
        headers = {each: {"schema": {"type": "string"}} for each in names}
        answer = {"200": {"description": "", "headers": headers}}
        paths = {"/a": {"get": {"responses": answer, "parameters": []}}}
        return json.dumps({"openapi": "3.1.0", "info": {"title": "", "version": ""}, "paths": paths})

    found = changes.compare(*text_tree.catalogs({FILE: with_header(name)}, {FILE: with_header()}))
    page = markdown(found)
    assert "lost its header `" in page
    assert name not in page


def test_readers_are_told_only_what_they_may_see() -> None:
    for after in (PATHS + USER, WHOLE.replace("{type: string}", "{type: integer}")):
        trees = text_tree.catalogs({FILE: WHOLE}, {FILE: after})
        found = changes.compare(*trees, sees_before=lambda _: False, sees_after=lambda _: False)
        assert (found.changes, found.withheld) == ((), 1)
