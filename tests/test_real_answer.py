"""The real API's answer as a mock wants it."""

from __future__ import annotations

import json
import zlib

import pytest

from keymock.exchange import Headers, Laying, Onward, Reply, Request
from keymock.faults import Pace
from keymock.real_answer import MOST, asked_for, laid_over, made_of

JSON: Headers = [(b"content-type", b"application/json")]
PLAN = Onward("shop", "http://127.0.0.1:1", "projects/shop/project.toml:2", b"/")


def made(laying: Laying, body: bytes, headers: Headers = JSON, status: int = 200, **more: object) -> Reply:
    reply = Reply(502, [(b"x-mine", b"1")], onward=PLAN, laying=laying, **more)  # type: ignore[arg-type]
    return made_of(Request("GET", b"/"), reply, status, headers, body)


def test_who_changes_an_answer_asks_for_all_of_it() -> None:
    asked: Headers = [
        (b"range", b"bytes=0-1"),
        (b"if-none-match", b'"a"'),
        (b"accept", b"*/*"),
        (b"accept-encoding", b"br"),
    ]
    assert asked_for(asked) == [(b"accept", b"*/*"), (b"accept-encoding", b"gzip")]


def test_headers_of_the_mock_go_in_the_place_of_others_but_for_vary() -> None:
    reply = Reply(502, [(b"a", b"mine"), (b"vary", b"origin")])
    came: Headers = [(b"a", b"1"), (b"a", b"2"), (b"b", b"3"), (b"vary", b"accept"), (b"gone", b"4")]
    assert laid_over(reply, Laying(gone=frozenset({b"gone"})), 201, came) == (
        201, [(b"b", b"3"), (b"vary", b"accept"), (b"a", b"mine"), (b"vary", b"origin")],
    )  # fmt: skip
    assert laid_over(reply, Laying(status=418), 201, came)[0] == 418


def test_json_is_changed_and_what_told_of_its_bytes_goes() -> None:
    headers: Headers = [*JSON, (b"etag", b'"a"'), (b"content-length", b"7"), (b"digest", b"x"), (b"x-up", b"1")]
    found = made(Laying(laid={"$.b.c": 2}, remove=("$.a",)), b'{"a":1}', headers)
    assert (json.loads(found.body), found.status, found.source) == ({"b": {"c": 2}}, 200, "real")
    assert found.headers == [*JSON, (b"x-up", b"1"), (b"x-mine", b"1")]
    assert (found.onward, found.laying, found.rendered) == (None, None, True)


@pytest.mark.parametrize("coding", [b"deflate", b"Identity"])
def test_an_answer_is_unpacked(coding: bytes) -> None:
    body = zlib.compress(b'{"a":1}') if coding == b"deflate" else b'{"a":1}'
    found = made(Laying(laid={"$.b": 2}), body, [*JSON, (b"content-encoding", coding)])
    assert json.loads(found.body) == {"a": 1, "b": 2}


def test_what_unpacks_to_more_than_can_be_held_is_refused() -> None:
    bomb = zlib.compress(b'"' + b"0" * (MOST + 1) + b'"')
    found = made(Laying(remove=("$.a",), where="m.toml:3"), bomb, [*JSON, (b"content-encoding", b"deflate")])
    said = json.loads(found.body)
    assert (found.status, said["code"], said["where"]) == (502, "upstream-too-large", "m.toml:3")
    assert said["title"] == "The answer of the real API of shop cannot be changed"


def test_an_error_and_an_empty_answer_keep_their_body() -> None:
    laying = Laying(laid={"$.b": 2})
    assert made(laying, b"<h1>", [], status=500).body == b"<h1>"
    assert made(laying, b"", [], status=204).body == b""


def test_a_body_comes_in_parts_if_the_mock_is_slow() -> None:
    found = made(Laying(pace=Pace(parts=2, over=1.0), first_byte=0.5), b"abcd", [])
    assert found.stream == ((1.0, b"ab"), (0.5, b"cd"))
