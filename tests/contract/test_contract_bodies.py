from __future__ import annotations

from typing import Any

import pytest

from keymock.contract.bodies import Read, read
from keymock.contract.library import Spot
from keymock.contract.misread import Misread
from keymock.contract.model import Media

TABLE = {"type": "object", "properties": {"a": {"type": "integer"}}}


def media(kind: str, *, of_items: bool = False) -> Media:
    return Media(kind, Spot("a", (), TABLE), of_items=of_items)


@pytest.mark.parametrize(
    ("kind", "of_items", "body", "values"),
    [
        ("application/json", False, b'{"a": 1}', [("", {"a": 1})]),
        ("application/xml", False, b"<x><a>1</a></x>", [("", {"a": 1})]),
        ("application/x-www-form-urlencoded", False, b"a=1", [("", {"a": 1})]),
        ("application/jsonl", True, b'{"a": 1}\n\n{"a": 2}\n', [("/0", {"a": 1}), ("/1", {"a": 2})]),
        ("application/jsonl", False, b"{", []),
        ("text/event-stream", True, b"event: x\ndata: 1\ndata: 2\n\n: hush\n\nretry: 5\n\n",
         [("/0", {"event": "x", "data": "1\n2"}), ("/1", {"retry": 5})]),
        ("application/octet-stream", False, b"\xff", []),
        ("multipart/mixed", False, b"whose headers nobody has", []),
    ],
)  # fmt: skip
def test_values_of_every_kind(kind: str, of_items: bool, body: bytes, values: list[tuple[str, Any]]) -> None:
    assert read(media(kind, of_items=of_items), TABLE, kind, body) == Read(tuple(values))


def test_text_is_what_its_schema_wants() -> None:
    assert read(media("text/plain"), {"type": "integer"}, "text/plain", b"5").values == (("", 5),)


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("application/json", b"{", "it is not JSON"),
        ("application/json", b"[" * 1_000_000, "nested deeper"),
        ("application/xml", b"<a", "it is not XML"),
        ("text/plain", b"\xff", "it is not UTF-8"),
        ("application/jsonl", b'{}\n{"a"', "line 2 is not JSON"),
    ],
)
def test_bodies_that_are_something_else(kind: str, body: bytes, said: str) -> None:
    with pytest.raises(Misread, match=said):
        read(media(kind, of_items=True), TABLE, kind, body)
