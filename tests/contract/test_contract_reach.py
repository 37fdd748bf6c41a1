from __future__ import annotations

from files import OK, Files, api, reader

from keymock import contract
from keymock.contract.library import Library
from keymock.contract.reach import reach


def test_every_file_is_reached_and_data_is_not_followed() -> None:
    files: Files = {
        "a.yaml": api({"/a": {"get": {"responses": OK, "x": {"$ref": "b/c.yaml#/d"}, "example": {"$ref": "nothing"}}}}),
        "b/c.yaml": {"d": {"$ref": "../e.yaml#/f"}},
        "e.yaml": {"f": {"$ref": "a.yaml"}},
    }
    library = Library(reader(files))
    library.root("a.yaml")
    assert reach(library, "a.yaml") == []
    assert list(library.trees) == ["a.yaml", "b/c.yaml", "e.yaml"]


def test_each_reference_that_fails_is_named_once() -> None:
    document = api({"/a": {"get": {"responses": {"200": {"$ref": "#/x"}, "400": {"$ref": "#/x"}}}}})
    _, faults = contract.load("a.yaml", reader({"a.yaml": document}))
    assert [fault.message for fault in faults] == ["`#/x` leads to nothing"]
    assert faults[0].pointer[-1] == "$ref"
