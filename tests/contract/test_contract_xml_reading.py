from __future__ import annotations

from typing import Any

import pytest

from keymock.contract.misread import Misread
from keymock.contract.xml import DECLARATION, written
from keymock.contract.xml_reading import read

WORD = {"type": "string"}


def named(schema: dict[str, Any], name: str = "root") -> dict[str, Any]:
    """A schema that is called so in its document."""
    return {"$ref": f"#/$defs/{name}", "$defs": {name: schema}}


def animals(items: dict[str, Any] | None = None, **xml: Any) -> dict[str, Any]:
    listed = {"type": "array", "items": {**WORD, **({"xml": items} if items else {})}, **({"xml": xml} if xml else {})}
    return named({"type": "object", "properties": {"animals": listed}})


OF_THE_STANDARD: list[tuple[dict[str, Any], Any, str]] = [
    (animals(), {"animals": ["a", "b"]}, "<animals>a</animals><animals>b</animals>"),
    (animals({"name": "animal"}), {"animals": ["a", "b"]}, "<animal>a</animal><animal>b</animal>"),
    (animals({"name": "animal"}, name="aliens"), {"animals": ["a", "b"]}, "<animal>a</animal><animal>b</animal>"),
    (animals(wrapped=True), {"animals": ["a"]}, "<animals><animals>a</animals></animals>"),
    (animals({"name": "animal"}, wrapped=True), {"animals": ["a"]}, "<animals><animal>a</animal></animals>"),
    (animals({"name": "animal"}, name="aliens", wrapped=True), {"animals": ["a"]},
     "<aliens><animal>a</animal></aliens>"),
    (animals(name="aliens", wrapped=True), {"animals": ["a"]}, "<aliens><aliens>a</aliens></aliens>"),
]  # fmt: skip
"""The examples of the XML Object of OpenAPI 3.1: what an array is, however it is named and wrapped."""


@pytest.mark.parametrize(("schema", "value", "text"), OF_THE_STANDARD)
def test_the_examples_of_the_standard_are_read_and_written(schema: dict[str, Any], value: Any, text: str) -> None:
    assert read(f"<root>{text}</root>".encode(), schema) == value
    assert written(value, schema).decode() == f"{DECLARATION}<root>{text}</root>\n"


def test_attributes_prefixes_and_namespaces() -> None:
    space = "https://example.com/schema/sample"
    schema = named({"type": "object", "properties": {
        "id": {"type": "integer", "format": "int32", "xml": {"attribute": True}},
        "name": {"type": "string", "xml": {"namespace": space, "prefix": "sample"}},
    }}, "Person")  # fmt: skip
    text = f'<Person id="123"><sample:name xmlns:sample="{space}">example</sample:name></Person>'
    assert read(text.encode(), schema) == {"id": 123, "name": "example"}
    assert read(b'<Person id="x"><name>e</name></Person>', schema) == {"id": "x", "name": "e"}


def test_numbers_nulls_tables_and_what_nobody_declares() -> None:
    schema = named({"type": "object", "required": ["tags"], "properties": {
        "n": {"type": "number"}, "ok": {"type": "boolean"}, "none": {"type": ["string", "null"]},
        "at": {"type": "object", "properties": {"x": {"type": "integer"}}}, "rows": {"type": "array"},
        "tags": {"type": "array", "items": WORD}, "text": {"xml": {"nodeType": "text"}},
    }})  # fmt: skip
    text = """<root xmlns:i="http://www.w3.org/2001/XMLSchema-instance" k="v">
      hello<n>1.5</n><ok>true</ok><none i:nil="true"/><at><x>7</x></at><n>2</n><more><deep>1</deep></more></root>"""
    assert read(text.encode(), schema) == {
        "n": [1.5, 2], "ok": True, "none": None, "at": {"x": 7}, "tags": [], "text": "hello", "k": "v",
        "more": {"deep": "1"},
    }  # fmt: skip


def test_values_that_were_written_are_read_again() -> None:
    row = {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "array", "items": {"type": "number"}}},
    }
    schema = named({"type": "array", "items": row, "xml": {"wrapped": True}}, "rows")
    value = [{"a": 1, "b": [1.5, 2]}, {"a": 2, "b": [3]}]
    assert read(written(value, schema), schema) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "it is not XML: no element found"),
        (b"<root>", "it is not XML: no element found"),
        (b"<root></other>", "it is not XML: mismatched tag"),
        (b"<pet/>", "its root is `pet`, not `root`"),
        (b'<!DOCTYPE r [<!ENTITY a "aa">]><root>&a;</root>', "declares a document type"),
        (b'<?xml version="1.0" encoding="x-none"?><root/>', "it is not XML: unknown encoding"),
        (b"\xff\xfe<", "it is not XML"),
        (b"<a>" * 1_000_000, "nested deeper"),
    ],
)
def test_what_is_no_xml(text: bytes, said: str) -> None:
    with pytest.raises(Misread, match=said):
        read(text, named({"type": "object"}))
