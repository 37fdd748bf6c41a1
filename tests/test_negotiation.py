from __future__ import annotations

import gzip
import zlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keymock import negotiation
from keymock.exchange import BodyFile, Reply, Request
from keymock.negotiation import FilePart

JSON = (b"content-type", b"application/json")
TEXT = b'{"id": 1, "name": "item"}' * 100


def asked(**headers: str | list[str]) -> Request:
    return Request.of("GET", "/", {name.replace("_", "-"): value for name, value in headers.items()})


def header(reply: Reply, name: str) -> str | None:
    found = [value.decode() for key, value in reply.headers if key == name.encode()]
    return ", ".join(found) if found else None


# ---- compression -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepts", "coding"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate, br", "gzip"),
        ("deflate", "deflate"),
        ("deflate, gzip;q=0.5", "deflate"),
        ("GZIP;Q=1.0", "gzip"),
        ("*", "gzip"),
        ("*;q=0.1, gzip;q=0", "deflate"),
        ("gzip;q=0", ""),
        ("identity, gzip;q=0.5", ""),
        ("identity;q=0.5, gzip", "gzip"),
        ("br", ""),
        ("identity", ""),
        ("*;q=0", ""),
        ("gzip;q=nonsense", "gzip"),
        ("", ""),
        (",;,", ""),
    ],
)
def test_which_coding_is_taken(accepts: str, coding: str) -> None:
    assert negotiation.preferred_coding([accepts]) == coding


def test_a_body_is_compressed_and_says_so() -> None:
    whole = Reply(200, [JSON], TEXT, mock="a", reusable=True)
    by_gzip = negotiation.compressed(asked(accept_encoding="gzip"), whole)
    assert gzip.decompress(by_gzip.body) == TEXT
    assert header(by_gzip, "content-encoding") == "gzip"
    assert header(by_gzip, "vary") == "accept-encoding"
    assert (by_gzip.mock, by_gzip.reusable) == ("a", False)
    by_deflate = negotiation.compressed(asked(accept_encoding="deflate"), whole)
    assert zlib.decompress(by_deflate.body) == TEXT
    assert whole.headers == [JSON]


def test_the_bytes_repeat() -> None:
    request = asked(accept_encoding="gzip")
    first = negotiation.compressed(request, Reply(200, [JSON], TEXT)).body
    assert first[4:8] == b"\0\0\0\0"  # the time of a gzip head
    assert negotiation.compressed(request, Reply(200, [JSON], bytes(bytearray(TEXT)))).body == first


def test_who_accepts_nothing_is_told_that_others_might() -> None:
    plain = negotiation.compressed(asked(), Reply(200, [JSON], TEXT, reusable=True))
    assert plain.body == TEXT
    assert header(plain, "content-encoding") is None
    assert header(plain, "vary") == "accept-encoding"
    assert not plain.reusable


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, [JSON], b"{}"),
        Reply(200, [(b"content-type", b"image/png")], TEXT),
        Reply(200, [], TEXT),
        Reply(200, [JSON, (b"content-encoding", b"br")], TEXT),
        Reply(200, [JSON, (b"etag", b'"1"')], TEXT),
        Reply(200, [JSON, (b"cache-control", b"private, No-Transform")], TEXT),
        Reply(206, [JSON], TEXT),
        Reply(200, [(b"content-type", b"text/event-stream")], TEXT),
        Reply(200, [JSON], stream=((0.1, TEXT),)),
        Reply(200, [JSON], file=BodyFile("a", 10**6, 1)),
    ],
)
def test_what_is_never_compressed(reply: Reply) -> None:
    assert negotiation.compressed(asked(accept_encoding="gzip"), reply) is reply


@pytest.mark.parametrize(
    "kind",
    ["text/plain; charset=utf-8", "Application/JSON", "application/problem+json", "image/svg+xml",
     "application/vnd.api+json; v=1", "application/xml", "application/x-ndjson"],
)  # fmt: skip
def test_text_by_any_name_is_compressed(kind: str) -> None:
    headers = [(b"content-type", kind.encode()), (b"etag", b'W/"1"')]
    reply = negotiation.compressed(asked(accept_encoding="gzip"), Reply(200, headers, TEXT))
    assert header(reply, "content-encoding") == "gzip"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, "accept"),
        ("Origin", "Origin, accept"),
        ("Accept", "Accept"),
        ("origin, ACCEPT", "origin, ACCEPT"),
        ("*", "*"),
    ],
)
def test_vary_is_told_once(before: str | None, after: str) -> None:
    headers = [(b"vary", before.encode())] if before else []
    assert header(Reply(200, negotiation.varied(headers, b"accept")), "vary") == after


# ---- ranges ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked_for", "body", "told"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=4-", b"456789", "bytes 4-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-99", b"0123456789", "bytes 0-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
        ("Bytes = 9 - 9", b"9", "bytes 9-9/10"),
    ],
)
def test_a_range_is_a_part(asked_for: str, body: bytes, told: str) -> None:
    whole = Reply(200, [JSON], b"0123456789", mock="a", reusable=True)
    reply = negotiation.ranged(asked(range=asked_for), whole)
    assert (reply.status, reply.body, header(reply, "content-range")) == (206, body, told)
    assert header(reply, "content-type") == "application/json"
    assert (reply.mock, reply.reusable) == ("a", False)


@pytest.mark.parametrize("asked_for", ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=999999999999999999-"])
def test_a_range_beyond_the_end(asked_for: str) -> None:
    reply = negotiation.ranged(asked(range=asked_for), Reply(200, [JSON], b"0123456789", mock="a"))
    assert (reply.status, reply.body, reply.headers) == (416, b"", [(b"content-range", b"bytes */10")])
    assert reply.mock == "a"


@pytest.mark.parametrize(
    "asked_for",
    ["bytes=0-1,3-4", "bytes=5-2", "lines=0-1", "bytes=-", "bytes=a-b", "0-1", "bytes=" + "9" * 19 + "-", "bytes=٣-٤"],
)
def test_what_is_no_range_gets_the_whole(asked_for: str) -> None:
    reply = negotiation.ranged(asked(range=asked_for), Reply(200, [JSON], b"0123456789"))
    assert (reply.status, reply.body) == (200, b"0123456789")
    assert header(reply, "accept-ranges") == "bytes"


def test_only_a_whole_answer_to_get_has_ranges() -> None:
    wanting = {"range": "bytes=0-1"}
    body = b"0123456789"
    assert negotiation.ranged(Request.of("HEAD", "/", wanting), Reply(200, [], body)).status == 200
    assert negotiation.ranged(Request.of("POST", "/", wanting), Reply(200, [], body)).status == 200
    created = Reply(201, [], body)
    assert negotiation.ranged(Request.of("GET", "/", wanting), created) is created


@pytest.mark.parametrize(
    ("if_range", "status"), [('"1"', 206), ('"2"', 200), ('W/"1"', 200), ("Sun, 22 Nov 2026 20:00:00 GMT", 206)]
)
def test_if_range_asks_for_the_version(if_range: str, status: int) -> None:
    headers = [(b"etag", b'"1"'), (b"last-modified", b"Sun, 22 Nov 2026 20:00:00 GMT")]
    reply = negotiation.ranged(asked(range="bytes=0-1", if_range=if_range), Reply(200, headers, b"0123456789"))
    assert reply.status == status


def test_a_part_of_a_file() -> None:
    reply = negotiation.ranged(asked(range="bytes=1000-1999"), Reply(200, [], file=BodyFile("a.bin", 10**6, 7)))
    assert reply.file == FilePart("a.bin", 1000, 7, 1000)
    assert header(reply, "content-range") == "bytes 1000-1999/1000000"
    beyond = negotiation.ranged(asked(range="bytes=1000000-"), Reply(200, [], file=BodyFile("a.bin", 10**6, 7)))
    assert (beyond.status, beyond.file) == (416, None)


@given(st.integers(0, 60), st.integers(0, 60), st.binary(min_size=1, max_size=50))
def test_the_part_is_that_of_the_bytes(start: int, more: int, body: bytes) -> None:
    reply = negotiation.ranged(asked(range=f"bytes={start}-{start + more}"), Reply(200, [], body))
    part = body[start : start + more + 1]
    assert (reply.status, reply.body) == ((206, part) if part else (416, b""))


# ---- types -----------------------------------------------------------------------------------------------------

TYPES = ["application/json", "application/xml; charset=utf-8", "text/csv"]


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("application/json", 0),
        ("application/xml", 1),
        ("text/*", 2),
        ("*/*", 0),
        ("text/csv, */*;q=0.1", 2),
        ("application/*;q=0.5, text/csv;q=0.4", 0),
        ("application/json;q=0, application/*", 1),
        ("application/xml;q=0.9, application/json;q=0.8", 1),
        ("application/xml;charset=utf-8", 1),
        ("application/xml;charset=latin-1", None),
        ("APPLICATION/XML", 1),
        ("image/png", None),
        ("*/*;q=0", None),
        ("json", None),
    ],
)
def test_which_type_is_taken(accept: str, chosen: int | None) -> None:
    assert negotiation.accepted(asked(accept=accept), TYPES) == chosen


def test_several_accept_headers_are_one() -> None:
    assert negotiation.accepted(asked(accept=["image/png", "text/csv"]), TYPES) == 2


def test_who_asks_for_nothing_takes_the_first() -> None:
    assert negotiation.accepted(asked(), TYPES) == 0
    assert negotiation.accepted(asked(accept="*/*"), []) is None


def test_a_406_tells_what_can_be_had() -> None:
    reply = negotiation.not_acceptable([*TYPES, TYPES[0]], mock="a")
    content = msgspec.json.decode(reply.body)
    assert reply.status == 406
    assert content["code"] == "not-acceptable"
    assert content["mock"] == "a"
    assert content["detail"] == "It can be had as application/json, application/xml; charset=utf-8, text/csv."


def test_what_was_compressed_for_one_caller_is_kept_for_nobody() -> None:
    made = Reply(200, [(b"content-type", b"text/plain")], b"x" * 2_000, by_accept=True, reusable=True)
    for headers in ([(b"accept-encoding", b"gzip")], []):
        sent = negotiation.compressed(Request("GET", b"/", headers=headers), made)
        assert (sent.by_accept, sent.reusable) == (False, False)
