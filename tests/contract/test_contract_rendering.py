from __future__ import annotations

from typing import Any

import pytest

from keymock.contract.rendering import BOUNDARY, content_type, rendered


@pytest.mark.parametrize(
    ("value", "kind", "body"),
    [
        ({"a": 1}, "application/json", b'{"a":1}'),
        ("x", "application/json", b'"x"'),
        ('{"a": 1}', "application/json", b'{"a": 1}'),
        ("{broken", "application/json", b'"{broken"'),
        ("a,b\n1,2\n", "text/csv", b"a,b\n1,2\n"),
        ({"a": [1, 2], "b c": "d&e"}, "application/x-www-form-urlencoded", b"a=1&a=2&b+c=d%26e"),
        ([{"a": 1}, {"a": 2}], "application/x-ndjson", b'{"a":1}\n{"a":2}\n'),
        ([{"data": "hi\nyou", "event": "x"}, {"n": 1}], "text/event-stream",
         b'data: hi\ndata: you\nevent: x\n\ndata: {"n":1}\n\n'),
        ("data: a\n\n", "text/event-stream", b"data: a\n\n"),
        ("<a/>", "application/xml", b"<a/>"),
        ("raw", "application/octet-stream", b"raw"),
    ],
)  # fmt: skip
def test_values_become_bodies(value: Any, kind: str, body: bytes) -> None:
    assert rendered(value, kind, None) == body


def test_text_that_looks_like_json_stays_text_where_text_is_wanted() -> None:
    assert rendered('{"a": 1}', "application/json", {"type": "string"}) == b'"{\\"a\\": 1}"'


def test_images_that_are_made_up_can_be_opened() -> None:
    assert rendered("x", "image/png", None, generated=True).startswith(b"\x89PNG")
    assert rendered("x", "application/pdf", None, generated=True).startswith(b"%PDF")


def test_multipart_names_its_boundary() -> None:
    kind = content_type("multipart/form-data")
    assert kind == f"multipart/form-data; boundary={BOUNDARY}"
    body = rendered({"a": "x", 'b"\r\n': {"c": 1}}, kind, None)
    assert body.count(BOUNDARY.encode()) == 3
    assert b'name="b%22"' in body
    assert content_type("a/b") == "a/b"
