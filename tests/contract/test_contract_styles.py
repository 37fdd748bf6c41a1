from __future__ import annotations

import re
from typing import Any

import pytest

from keymock.contract.library import Spot
from keymock.contract.model import Parameter, Place
from keymock.contract.styles import MISSING, Misspelt, coerced, given
from keymock.contract.writing import written
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


WORDS = {"type": "array", "items": {"type": "string"}}
COLOURS = {"type": "object", "properties": {name: {"type": "integer"} for name in "RGB"}}
TEXT, THREE, RGB = "blue", ["blue", "black", "brown"], {"R": 100, "G": 200, "B": 150}

OF_THE_STANDARD: list[tuple[Place, str, bool, Any, str]] = [
    ("path", "matrix", False, TEXT, ";color=blue"),
    ("path", "matrix", False, THREE, ";color=blue,black,brown"),
    ("path", "matrix", False, RGB, ";color=R,100,G,200,B,150"),
    ("path", "matrix", True, TEXT, ";color=blue"),
    ("path", "matrix", True, THREE, ";color=blue;color=black;color=brown"),
    ("path", "matrix", True, RGB, ";R=100;G=200;B=150"),
    ("path", "label", False, TEXT, ".blue"),
    ("path", "label", False, THREE, ".blue,black,brown"),
    ("path", "label", False, THREE, ".blue.black.brown"),  # as 3.0.3 has it
    ("path", "label", False, RGB, ".R,100,G,200,B,150"),
    ("path", "label", False, RGB, ".R.100.G.200.B.150"),  # as 3.0.3 has it
    ("path", "label", True, TEXT, ".blue"),
    ("path", "label", True, THREE, ".blue.black.brown"),
    ("path", "label", True, RGB, ".R=100.G=200.B=150"),
    ("path", "simple", False, TEXT, "blue"),
    ("path", "simple", False, THREE, "blue,black,brown"),
    ("path", "simple", False, RGB, "R,100,G,200,B,150"),
    ("path", "simple", True, THREE, "blue,black,brown"),
    ("path", "simple", True, RGB, "R=100,G=200,B=150"),
    ("header", "simple", False, TEXT, "blue"),
    ("header", "simple", False, THREE, "blue,black,brown"),
    ("header", "simple", True, THREE, "blue, black, brown"),
    ("header", "simple", False, RGB, "R,100,G,200,B,150"),
    ("header", "simple", True, RGB, "R=100,G=200,B=150"),
    ("query", "form", False, "", "color="),
    ("query", "form", False, TEXT, "color=blue"),
    ("query", "form", False, THREE, "color=blue,black,brown"),
    ("query", "form", False, RGB, "color=R,100,G,200,B,150"),
    ("query", "form", True, TEXT, "color=blue"),
    ("query", "form", True, THREE, "color=blue&color=black&color=brown"),
    ("query", "form", True, RGB, "R=100&G=200&B=150"),
    ("query", "spaceDelimited", False, THREE, "color=blue%20black%20brown"),
    ("query", "spaceDelimited", False, RGB, "color=R%20100%20G%20200%20B%20150"),
    ("query", "pipeDelimited", False, THREE, "color=blue%7Cblack%7Cbrown"),
    ("query", "pipeDelimited", False, THREE, "color=blue|black|brown"),
    ("query", "pipeDelimited", False, RGB, "color=R%7C100%7CG%7C200%7CB%7C150"),
    ("query", "deepObject", True, RGB, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"),
    ("query", "deepObject", True, RGB, "color[R]=100&color[G]=200&color[B]=150"),
    ("cookie", "form", False, TEXT, "color=blue"),
    ("cookie", "form", False, THREE, "color=blue,black,brown"),
    ("cookie", "form", False, RGB, "color=R,100,G,200,B,150"),
    ("cookie", "cookie", True, THREE, "color=blue; color=black; color=brown"),
    ("cookie", "cookie", True, RGB, "R=100; G=200; B=150"),
]
"""The table "Style Examples" of OpenAPI 3.1.1, and of 3.2.0 for cookies: what is sent for a value."""


@pytest.mark.parametrize(("place", "style", "explode", "value", "text"), OF_THE_STANDARD)
def test_the_examples_of_the_standard_are_read(place: Place, style: str, explode: bool, value: Any, text: str) -> None:
    schema: dict[str, Any] = WORDS if isinstance(value, list) else COLOURS if isinstance(value, dict) else {}
    query = text.encode() if place == "query" else b""
    headers = {"header": [(b"color", text.encode())], "cookie": [(b"cookie", text.encode())]}.get(place, [])
    request = Request("GET", b"/", query, headers)
    assert given(parameter(place, style, explode), schema, request, {"color": text}) == value


@pytest.mark.parametrize(
    ("style", "explode", "schema", "text", "said"),
    [
        ("label", False, WORDS, "blue", "`blue` does not begin with `.`"),
        ("matrix", True, WORDS, "color=blue", "does not begin with `;`"),
        ("matrix", False, WORDS, ";colour=blue", "`;color=` does not stand before the value"),
        ("matrix", True, WORDS, ";color=blue;black", "`;color=` does not stand before each"),
        ("label", False, COLOURS, ".R,100,G", "`G` is a name without a value"),
        ("simple", False, COLOURS, "R", "`R` is a name without a value"),
        ("simple", True, COLOURS, "R=1,G", "`G` is a name without a value"),
    ],
)
def test_what_is_written_in_another_style_is_misspelt(
    style: str, explode: bool, schema: dict[str, Any], text: str, said: str
) -> None:
    with pytest.raises(Misspelt, match=re.escape(said)):
        given(parameter("path", style, explode), schema, Request("GET", b"/"), {"color": text})


def test_an_escaped_delimiter_in_a_path_is_none() -> None:
    one, params, came = parameter("path", "simple", False), {"color": "a,b,c"}, {"color": "a%2Cb,c"}
    assert given(one, WORDS, Request("GET", b"/"), params, came) == ["a,b", "c"]
    assert given(one, WORDS, Request("GET", b"/"), {"color": "100%25,b"}) == ["100%25", "b"]


def test_an_escaped_delimiter_is_none() -> None:
    schema = {"type": "array", "items": {"type": "string"}}
    one = parameter("query", "pipeDelimited", False)
    assert written(one, ["a|b", "c"]) == [("color", "a%7Cb|c")]
    assert given(parameter("query", "form", False), schema, Request("GET", b"/", b"color=a%20b,c"), {}) == ["a b", "c"]


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
