"""`parts`."""

from __future__ import annotations

from typing import Any

import pytest
from asking import ask, make_request, read_table, why, wrong

from keymock.match.parts import MAX_PARTS, Came, read_parts

KIND = {"content-type": 'multipart/form-data; charset=utf-8; boundary="a b"'}
BODY = (
    b"a preamble\r\n"
    b"--a b\r\n"
    b'Content-Disposition: form-data; name="file"; filename="cat.png"\r\n'
    b"Content-Type: image/PNG; x=1\r\nX-Note: hi\r\n\r\n"
    b"\x89PNG\r\n\r\n--a c\r\n--a b \t\r\n"
    b'content-disposition: form-data; name="meta"\r\n\r\n{"a": {"b": 1}}\r\n'
    b'--a b\r\nContent-Disposition: form-data; name="file"; filename="dog.txt"\r\n\r\n\r\n'
    b"--a b--\r\nan epilogue"
)


def came(body: bytes, kind: str = KIND["content-type"]) -> list[Came] | str:
    return read_parts(make_request(headers={"content-type": kind}, body=body))


def test_reading() -> None:
    found = came(BODY)
    assert isinstance(found, list)
    assert [(part.name, part.filename, part.content_type, len(part.content)) for part in found] == [
        ("file", "cat.png", "image/png", 13),
        ("meta", None, "text/plain", 15),
        ("file", "dog.txt", "text/plain", 0),
    ]


@pytest.mark.parametrize(
    ("disposition", "name", "filename"),
    [
        (r'form-data; name="a\"b"; filename="x\\y"', 'a"b', "x\\y"),
        ('form-data; name="a%22b"', 'a"b', None),
        ("form-data; name=a; filename=b.txt", "a", "b.txt"),
        ('form-data; name="a"; filename="e.txt"; filename*=UTF-8\'\'%C3%BC.txt', "a", "ü.txt"),
        ('form-data; NAME="ü"', "ü", None),
    ],
)
def test_names(disposition: str, name: str, filename: str | None) -> None:
    body = f"--x\r\nContent-Disposition: {disposition}\r\n\r\n1\r\n--x--".encode()
    found = came(body, "multipart/form-data; boundary=x")
    assert isinstance(found, list)
    assert (found[0].name, found[0].filename) == (name, filename)


@pytest.mark.parametrize(
    ("parts", "holds"),
    [
        ({"file": {"filename": {"ends_with": ".png"}, "content_type": "image/png"}}, True),
        ({"file": {"filename": "dog.txt", "content_type": "image/png"}}, False),
        ({"file": {"headers": {"X-Note": "hi"}}}, True),
        ({"file": {"headers": {"x-note": "ho"}}}, False),
        ({"meta": {"json": {"a": {"b": {"$gt": 0}}}}}, True),
        ({"meta": {"json": {"a": {"b": 2}}}}, False),
        ({"file": {"json": {}}}, False),
        ({"meta": {"text": {"contains": '"b"'}, "filename": {"present": False}}}, True),
        ({"file": {"text": ""}}, True),
        ({"file": {"sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}}, True),
        ({"file": {"sha256": "0" * 64}}, False),
        ({"other": {}}, False),
        ({"other": {"present": False}}, True),
        ({"meta": {"present": False}}, False),
    ],
)
def test_matchers(parts: dict[str, Any], holds: bool) -> None:
    assert ask({"body": {"parts": parts}}, headers=KIND, body=BODY) is holds


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (BODY, "application/json", 'no multipart body: its content type is "application/json"'),
        (BODY, "multipart/form-data", "a multipart body without a boundary"),
        (b"", "multipart/form-data; boundary=x", "a multipart body that is cut off"),
        (BODY[:-30], KIND["content-type"], "a multipart body that is cut off"),
        (
            b"--x\r\nno header\r\n\r\n1\r\n--x--",
            "multipart/form-data; boundary=x",
            "a multipart body with a broken part",
        ),
        (b"--x\r\nA: b\r\n\r\n1\r\n--x--", "multipart/form-data; boundary=x", "a multipart body with a broken part"),
        (b"--xy\r\n\r\n1\r\n--x--", "multipart/form-data; boundary=x", "a multipart body with a broken part"),
        (b"--x\r\n\r\n" * 3000, "multipart/form-data; boundary=x", f"a multipart body of more than {MAX_PARTS} parts"),
    ],
)
def test_broken_bodies_never_match(body: bytes, kind: str, reason: str) -> None:
    table = {"body": {"parts": {"a": {"present": False}}}}
    assert why(table, headers={"content-type": kind}, body=body) == reason


def test_one_condition_for_each_part() -> None:
    assert len(read_table({"body": {"parts": {"a": {"text": "x", "filename": "y"}, "b": {}}}})) == 2


def test_reasons() -> None:
    table = {"body": {"parts": {"meta": {"json": {"a": {"b": 2}}}}}}
    assert why(table, headers=KIND, body=BODY) == "$.a.b is 1"
    assert why({"body": {"parts": {"x": {}}}}, headers=KIND, body=BODY) == "absent"


def test_faults() -> None:
    fault = wrong({"body": {"parts": {"a": {"headers": {"X": {"regex": "("}}}}}})
    assert fault.path == ("body", "parts", "a", "headers", "X", "regex")
    assert wrong({"body": {"parts": {"a": {"headers": {"X": "1", "x": "2"}}}}}).path[-1] == "x"
    assert wrong({"body": {"parts": {"a": {"present": False, "text": "x"}}}}).path == ("body", "parts", "a", "present")
