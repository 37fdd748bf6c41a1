from __future__ import annotations

from typing import Any

from keymock.contract.xml import DECLARATION, written


def xml(value: Any, schema: dict[str, Any]) -> str:
    return written(value, schema).decode().removeprefix(DECLARATION).strip()


def test_names_attributes_and_wrapping() -> None:
    schema = {
        "$ref": "#/$defs/Pet",
        "$defs": {"Pet": {"type": "object", "xml": {"name": "pet"}, "properties": {
            "id": {"type": "integer", "xml": {"attribute": True}},
            "tags": {"type": "array", "xml": {"wrapped": True, "name": "tagList"}, "items": {"xml": {"name": "tag"}}},
            "names": {"type": "array", "items": {"type": "string"}},
            "ok": {"type": "boolean"},
        }}},
    }  # fmt: skip
    value = {"id": 1, "tags": ["a", "b"], "names": ["x", "y"], "ok": True}
    assert xml(value, schema) == (
        '<pet id="1"><tagList><tag>a</tag><tag>b</tag></tagList><names>x</names><names>y</names><ok>true</ok></pet>'
    )


def test_namespaces_and_prefixes() -> None:
    schema = {"title": "a", "xml": {"prefix": "p", "namespace": "urn:x"}, "properties": {"b": {"xml": {"prefix": "p"}}}}
    assert xml({"b": None}, schema) == '<p:a xmlns:p="urn:x"><p:b></p:b></p:a>'


def test_text_and_names_are_escaped() -> None:
    assert xml({"a b": "<&\x00>", "1": 2}, {}) == "<root><a_b>&lt;&amp;&gt;</a_b><_1>2</_1></root>"


def test_a_list_at_the_root() -> None:
    assert xml([{"a": 1}], {"title": "rows", "items": {"xml": {"name": "row"}}}) == "<rows><row><a>1</a></row></rows>"


def test_a_schema_with_an_odd_xml_is_written_without_it() -> None:
    assert (
        xml({"a": [1]}, {"xml": "x", "properties": {"a": {"xml": 5, "items": {"xml": []}}}}) == "<root><a>1</a></root>"
    )
