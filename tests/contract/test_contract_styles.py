from __future__ import annotations

from typing import Any

import pytest

from keymock.contract.library import Spot
from keymock.contract.model import Parameter, Place
from keymock.contract.styles import MISSING, coerced, given, written, written_header
from keymock.exchange import Request

LIST = {"type": "array", "items": {"type": "integer"}}
TABLE = {"type": "object", "properties": {"R": {"type": "integer"}, "G": {"type": "integer"}}}


def parameter(place: Place, style: str, explode: bool, **more: Any) -> Parameter:
    return Parameter("color", place, Spot("a", (), {}), style=style, explode=explode, **more)


CASES: list[tuple[Place, str, bool, dict[str, Any], Any, str]] = [
    ("query", "form", True, LIST, [3, 4], "color=3&color=4"),
    ("query", "form", False, LIST, [3, 4], "color=3,4"),
    ("query", "spaceDelimited", False, LIST, [3, 4], "color=3%204"),
    ("query", "pipeDelimited", False, LIST, [3, 4], "color=3|4"),
    ("query", "form", True, TABLE, {"R": 1, "G": 2}, "R=1&G=2"),
    ("query", "form", False, TABLE, {"R": 1, "G": 2}, "color=R,1,G,2"),
    ("query", "deepObject", True, TABLE, {"R": 1, "G": 2}, "color[R]=1&color[G]=2"),
    ("path", "simple", False, LIST, [3, 4], "3,4"),
    ("path", "simple", True, TABLE, {"R": 1, "G": 2}, "R=1,G=2"),
    ("path", "simple", False, TABLE, {"R": 1, "G": 2}, "R,1,G,2"),
    ("path", "label", False, LIST, [3, 4], ".3,4"),
    ("path", "label", True, LIST, [3, 4], ".3.4"),
    ("path", "label", True, TABLE, {"R": 1, "G": 2}, ".R=1.G=2"),
    ("path", "matrix", False, LIST, [3, 4], ";color=3,4"),
    ("path", "matrix", True, LIST, [3, 4], ";color=3;color=4"),
    ("path", "matrix", True, TABLE, {"R": 1, "G": 2}, ";R=1;G=2"),
    ("path", "matrix", False, {"type": "integer"}, 5, ";color=5"),
    ("header", "simple", False, LIST, [3, 4], "3,4"),
    ("header", "simple", True, TABLE, {"R": 1, "G": 2}, "R=1,G=2"),
    ("cookie", "form", False, LIST, [3, 4], "3,4"),
]


@pytest.mark.parametrize(("place", "style", "explode", "schema", "value", "text"), CASES)
def test_each_style_is_written_and_read(
    place: Place, style: str, explode: bool, schema: dict[str, Any], value: Any, text: str
) -> None:
    one = parameter(place, style, explode)
    pairs = written(one, value)
    if place == "query":
        assert "&".join(f"{name}={each}" for name, each in pairs) == text
        request = Request("GET", b"/", text.encode())
        assert given(one, schema, request, {}) == value
        return
    assert pairs[0][1] == text
    headers = {"header": [(b"color", text.encode())], "cookie": [(b"cookie", f"color={text}".encode())]}
    request = Request("GET", b"/", headers=headers.get(place, []))
    assert given(one, schema, request, {"color": text}) == value


def test_an_escaped_delimiter_is_none() -> None:
    schema = {"type": "array", "items": {"type": "string"}}
    one = parameter("query", "pipeDelimited", False)
    assert written(one, ["a|b", "c"]) == [("color", "a%7Cb|c")]
    assert given(parameter("query", "form", False), schema, Request("GET", b"/", b"color=a%20b,c"), {}) == ["a b", "c"]


def test_reserved_letters_stay_where_they_may() -> None:
    assert written(parameter("query", "form", True, reserved=True), "a/b?c") == [("color", "a/b?c")]
    assert written(parameter("query", "form", True), "a/b") == [("color", "a%2Fb")]


def test_content_is_json_in_a_parameter() -> None:
    one = parameter("query", "form", True, content="application/json")
    assert given(one, {"type": "object"}, Request("GET", b"/", b"color=%7B%22a%22%3A1%7D"), {}) == {"a": 1}
    assert given(one, {"type": "object"}, Request("GET", b"/", b"color=%7B"), {}) == "{"


def test_deep_objects_nest_and_list() -> None:
    schema: dict[str, Any] = {"type": "object", "properties": {
        "a": {"type": "object", "properties": {"b": {"type": "integer"}}}, "t": {"type": "array"}}}  # fmt: skip
    request = Request("GET", b"/", b"color[a][b]=1&color[t][]=x&color[t][]=y")
    assert given(parameter("query", "deepObject", True), schema, request, {}) == {"a": {"b": 1}, "t": ["x", "y"]}


def test_what_is_not_there_is_missing() -> None:
    for place, style in (("query", "form"), ("path", "simple"), ("header", "simple"), ("cookie", "form")):
        assert given(parameter(place, style, False), {}, Request("GET", b"/"), {}) is MISSING  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "schema", "value"),
    [
        ("3", {"type": "integer"}, 3), ("3.0", {"type": "integer"}, 3), ("x", {"type": "integer"}, "x"),
        ("1e2", {"type": "number"}, 100.0), ("nan", {"type": "number"}, "nan"), ("true", {"type": "boolean"}, True),
        ("", {"type": ["string", "null"]}, None), ("1_0", {"type": "integer"}, "1_0"), ("3", {"type": "string"}, "3"),
        ("3", {"$ref": "#/$defs/a", "$defs": {"a": {"anyOf": [{"type": "integer"}]}}}, 3), ("2", {"enum": [1, 2]}, 2),
    ],
)  # fmt: skip
def test_text_becomes_what_the_schema_wants(text: str, schema: dict[str, Any], value: Any) -> None:
    assert coerced(text, schema, schema) == value


def test_headers_of_responses() -> None:
    assert [written_header(each) for each in ([1, 2], {"a": True}, None, "a\r\nb", 3)] == [
        "1,2", "a,true", "", "a b", "3",
    ]  # fmt: skip
