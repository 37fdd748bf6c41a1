from __future__ import annotations

from typing import Any

import pytest

from keymock.contract.forms import Encoding, encodings, multipart, urlencoded
from keymock.contract.library import Spot
from keymock.contract.misread import Misread
from keymock.exchange import Request

ADDRESS = {"type": "object", "properties": {"street": {"type": "string"}, "no": {"type": "integer"}}}
FORM = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"}, "tags": {"type": "array", "items": {"type": "string"}}, "address": ADDRESS,
        "numbers": {"type": "array", "items": {"$ref": "#/$defs/N"}},
    },
    "$defs": {"N": {"type": "integer"}},
}  # fmt: skip


def said(**fields: Any) -> Spot:
    return Spot("a", (), fields)


@pytest.mark.parametrize(
    ("body", "encoding", "value"),
    [
        ("id=1&tags=a%2Cb&tags=c", {}, {"id": 1, "tags": ["a,b", "c"]}),
        ("tags=a,b", {}, {"tags": ["a,b"]}),
        ("tags=a,b", {"tags": {"style": "form", "explode": False}}, {"tags": ["a", "b"]}),
        ("tags=a%20b", {"tags": {"style": "spaceDelimited", "explode": False}}, {"tags": ["a", "b"]}),
        ("tags=a|b", {"tags": {"style": "pipeDelimited", "explode": False}}, {"tags": ["a", "b"]}),
        ("tags[]=a&tags[]=b", {}, {"tags": ["a", "b"]}),
        ('numbers=%5B1%2C2%5D', {"numbers": {"contentType": "application/json"}}, {"numbers": [1, 2]}),
        ("numbers=1&numbers=x", {}, {"numbers": [1, "x"]}),
        ("address=%7B%22no%22%3A3%7D", {}, {"address": {"no": 3}}),
        ("address[street]=a+b&address[no]=3", {}, {"address": {"street": "a b", "no": 3}}),
        ("address[no]=3", {"address": {"style": "deepObject", "explode": True}}, {"address": {"no": 3}}),
        ("street=x&no=4", {"address": {"style": "form", "explode": True}}, {"address": {"street": "x", "no": 4}}),
        ("address=street,x,no,4", {"address": {"style": "form", "explode": False}},
         {"address": {"street": "x", "no": 4}}),
        ("id=1&id=2", {}, {"id": [1, 2]}),
        ("who=me&who=you&%C3%A9=%C3%A9", {}, {"who": ["me", "you"], "é": "é"}),
        ("", {}, {}),
    ],
)  # fmt: skip
def test_fields_of_a_form(body: str, encoding: dict[str, Any], value: Any) -> None:
    assert urlencoded(said(**encoding) if encoding else None, FORM, body.encode()) == value


def test_encodings_of_the_standard() -> None:
    photo = {"contentType": "image/png, image/jpeg", "headers": {"X-Id": {"required": True}}}
    found = encodings(said(a=photo, b={"style": "deepObject"}, c=3))
    assert found["a"] == Encoding(content=("image/png", "image/jpeg"), headers=("X-Id",))
    assert found["b"] == Encoding(style="deepObject", explode=False)
    assert found["c"] == Encoding()


def parts(*given: tuple[str, str, bytes]) -> Request:
    """Each part: its name (`; filename=x` may follow), its other header lines, its content."""
    body = b""
    for name, lines, content in given:
        plain, _, more = name.partition(";")
        head = f'--b\r\nContent-Disposition: form-data; name="{plain}"{";" + more if more else ""}\r\n{lines}\r\n'
        body += head.encode() + content + b"\r\n"
    return Request(
        "POST", b"/", headers=[(b"content-type", b"multipart/form-data; boundary=b")], body=body + b"--b--\r\n"
    )


@pytest.mark.parametrize(
    ("request_", "encoding", "value", "wrong"),
    [
        (parts(("id", "", b"1"), ("tags", "", b"a"), ("tags", "", b"b")), {}, {"id": 1, "tags": ["a", "b"]}, []),
        (parts(("address", "Content-Type: application/json\r\n", b'{"no": 3}')), {}, {"address": {"no": 3}}, []),
        (parts(("address", "", b'{"no": 3}')), {}, {"address": {"no": 3}}, []),
        (parts(("numbers", "Content-Type: application/json\r\n", b"[1, 2]")), {}, {"numbers": [1, 2]}, []),
        (parts(("numbers", "", b"1,2")), {"numbers": {"style": "form", "explode": False}}, {"numbers": [1, 2]}, []),
        (parts(("address", "Content-Type: application/xml\r\n", b"<a><no>3</no></a>")), {}, {"address": {"no": 3}}, []),
        (parts(("photo; filename=x.png", "Content-Type: image/png\r\n", b"\x89P")), {}, {"photo": "\x89P"}, []),
        (parts(("photo; filename=x", "Content-Type: text/plain\r\n", b"x")), {"photo": {"contentType": "image/*"}},
         {"photo": "x"}, [("/photo", "its content type `text/plain` is none of image/*")]),
        (parts(("photo", "", b"x")), {"photo": {"headers": {"X-Id": {"required": True}}}}, {"photo": "x"},
         [("/photo", "its part has no header `X-Id`")]),
    ],
)  # fmt: skip
def test_parts(request_: Request, encoding: dict[str, Any], value: Any, wrong: list[tuple[str, str]]) -> None:
    assert multipart(said(**encoding), FORM, request_) == (value, tuple(wrong))


def test_a_form_of_a_million_fields_is_none() -> None:
    with pytest.raises(Misread, match="more than 10000 fields"):
        urlencoded(None, FORM, b"a=1&" * 1_000_000)


def test_parts_that_are_none() -> None:
    with pytest.raises(Misread, match="its part `id` is not JSON"):
        multipart(None, FORM, parts(("id", "Content-Type: application/json\r\n", b"{")))
    broken = Request("POST", b"/", headers=[(b"content-type", b"multipart/form-data; boundary=b")], body=b"--b")
    with pytest.raises(Misread, match="it is no multipart body"):
        multipart(None, FORM, broken)
