from __future__ import annotations

import pytest
from files import OK, api, opened, reader

from keymock import contract


def test_a_contract_comes_back_from_a_cache_without_its_files() -> None:
    made = opened(api({"/a": {"get": {"operationId": "a", "responses": {"200": {"$ref": "b.yaml"}}}}}),
                  **{"b.yaml": {"description": "b", "content": {"text/plain": {}}}})  # fmt: skip
    again = contract.reopened(made.trees(), reader({}))
    assert again.file == "openapi.yaml"
    assert again.operation("GET /a").responses[0].content[0].type == "text/plain"
    assert again.by_id["a"].path == "/a"
    with pytest.raises(KeyError):
        again.operation("GET /b")


def test_a_syntax_error_is_told_at_its_place() -> None:
    read = reader({"a.json": '{\n  "openapi": "3.0.0",\n  oops\n}'})
    made, faults = contract.load("a.json", read)
    assert made is None
    (told,) = contract.problems(faults, read)
    assert (told.place, told.code, told.severity) == ("a.json:3:3", "contract-syntax", "error")


def test_a_missing_document_is_told() -> None:
    made, faults = contract.load("gone.yaml", reader({}))
    assert made is None
    assert contract.problems(faults, reader({}))[0].message == "there is no file gone.yaml"
    assert OK
