from __future__ import annotations

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keymock.exchange import (
    MAX_JSON_DEPTH,
    NOT_JSON,
    Malformed,
    Request,
    parse_query,
    problem_reply,
    read_json,
    split_host,
    split_path,
)


@pytest.mark.parametrize(
    ("raw", "segments"),
    [
        (b"/", ("",)),
        (b"/a/", ("a", "")),
        (b"/a//b", ("a", "", "b")),
        (b"/a%2Fb/c", ("a/b", "c")),
        (b"/caf%C3%A9", ("café",)),
        ("/café".encode(), ("café",)),
        (b"/a+b;v=1", ("a+b;v=1",)),
        (b"/%252E", ("%2E",)),
        (b"/...", ("...",)),
    ],
)
def test_a_path_is_split_first_and_decoded_after(raw: bytes, segments: tuple[str, ...]) -> None:
    assert split_path(raw) == segments


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"a", "start with"),
        (b"", "start with"),
        (b"/%", "percent escape"),
        (b"/%4", "percent escape"),
        (b"/%g1", "percent escape"),
        (b"/%+1", "percent escape"),
        (b"/%ff", "not UTF-8"),
        (b"/\xff", "not UTF-8"),
        (b"/a/..", "segment"),
        (b"/%2e/a", "segment"),
        (b"/.%2E/a", "segment"),
        (b"/a%00", "NUL"),
        (b"/a\0", "NUL"),
    ],
)
def test_what_is_no_path(raw: bytes, why: str) -> None:
    with pytest.raises(Malformed, match=why) as caught:
        split_path(raw)
    assert (caught.value.status, caught.value.code) == (400, "invalid-request")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1))
def test_every_segment_comes_back(segments: list[str]) -> None:
    raw = b"".join(b"/" + b"".join(b"%%%02X" % byte for byte in segment.encode()) for segment in segments)
    if {".", ".."} & set(segments):
        with pytest.raises(Malformed):
            split_path(raw)
    else:
        assert split_path(raw) == tuple(segments)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", {}),
        (b"a=1&b&a=2", {"a": ["1", "2"], "b": [""]}),
        (b"a=b+c%20d", {"a": ["b c d"]}),
        (b"a=1;b=2", {"a": ["1;b=2"]}),
        (b"A=1&a=2", {"A": ["1"], "a": ["2"]}),
        (b"&&a=&", {"a": [""]}),
        (b"a=b=c", {"a": ["b=c"]}),
        (b"a=%zz%", {"a": ["%zz%"]}),
        (b"%61=1", {"a": ["1"]}),
    ],
)
def test_a_query(raw: bytes, expected: dict[str, list[str]]) -> None:
    assert parse_query(raw) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("api.localhost:8787", ("api.localhost", 8787)),
        ("LOCALHOST", ("localhost", None)),
        ("localhost.", ("localhost", None)),
        ("127.0.0.1:1", ("127.0.0.1", 1)),
        ("[::1]:80", ("::1", 80)),
        ("[::1]", ("::1", None)),
        ("a:", ("a", None)),
    ],
)
def test_a_host(value: str, expected: tuple[str, int | None]) -> None:
    assert split_host(value) == expected


@pytest.mark.parametrize("value", ["", ":80", "a b", "a/b", "[::1", "[::1]x", "a:x", "a:123456", "é", "a@b", "a:1\n"])
def test_what_is_no_host(value: str) -> None:
    with pytest.raises(Malformed):
        split_host(value)


@pytest.mark.parametrize("body", [b"", b"{", b"nul", b"'a'", b"\xff", b"NaN", b"[1] 2"])
def test_what_is_no_json(body: bytes) -> None:
    assert read_json(body) is NOT_JSON
    assert not NOT_JSON


@pytest.mark.parametrize(("deep", "readable"), [(MAX_JSON_DEPTH, True), (MAX_JSON_DEPTH + 1, False), (100_000, False)])
@pytest.mark.parametrize(("opener", "closer"), [("[", "]"), ('{"a":', "}")])
def test_json_nests_so_deep_and_no_deeper(deep: int, readable: bool, opener: str, closer: str) -> None:
    inner = "1" if opener != "[" else ""
    assert (read_json((opener * deep + inner + closer * deep).encode()) is not NOT_JSON) is readable


def test_brackets_in_texts_and_side_by_side_are_not_deep() -> None:
    values = ["[" * 500, '\\"[{' * 100, [[number] for number in range(500)]]
    assert read_json(json.dumps(values).encode()) == values


def test_a_request_as_people_write_one() -> None:
    request = Request.of(
        "POST", "http://shop.localhost:8787/café/x?q=a b", {"X-Tag": ["1", "2"], "cookie": 'a=1; b="2"; c; a=3'}, "é"
    )
    assert (request.host, request.port, request.scheme) == ("shop.localhost", 8787, "http")
    assert (request.raw_path, request.segments, request.path) == (b"/caf%C3%A9/x", ("café", "x"), "/café/x")
    assert request.query == {"q": ["a b"]}
    assert request.header_map["x-tag"] == ["1", "2"]
    assert request.header("x-tag") == "1"
    assert request.header("x-none") == ""
    assert request.cookies == {"a": ["1", "3"], "b": ["2"]}
    assert request.text == "é"


@pytest.mark.parametrize(
    ("method", "url", "headers", "upgrade", "scheme"),
    [
        ("GET", "ws://localhost/a", {}, True, "http"),
        ("GET", "wss://localhost/a", {}, True, "https"),
        ("GET", "/a", {"Upgrade": "WebSocket"}, True, "http"),
        ("GET", "/a", {"Upgrade": "h2c"}, False, "http"),
        ("POST", "ws://localhost/a", {}, False, "http"),
        ("GET", "https://localhost/a", {}, False, "https"),
    ],
)
def test_a_websocket_is_asked_for_by_address_or_header(
    method: str, url: str, headers: dict[str, str], upgrade: bool, scheme: str
) -> None:
    request = Request.of(method, url, headers)
    assert (request.upgrade, request.scheme) == (upgrade, scheme)


def test_a_host_header_wins_over_the_url() -> None:
    assert Request.of("GET", "http://a.localhost/", {"Host": "b.localhost:1"}).host == "b.localhost"


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("application/x-www-form-urlencoded", {"a": ["1 2"]}),
        ("Application/X-WWW-Form-Urlencoded; charset=utf-8", {"a": ["1 2"]}),
        ("text/plain", {}),
    ],
)
def test_a_form_is_one_by_its_content_type(kind: str, form: dict[str, list[str]]) -> None:
    assert Request.of("POST", "/", {"content-type": kind}, "a=1+2").form == form


def test_header_values_are_utf8_or_else_latin1() -> None:
    request = Request("GET", b"/", headers=[(b"a", "é".encode()), (b"b", b"\xe9")])
    assert (request.header("a"), request.header("b"), request.header_map) == ("é", "é", {"a": ["é"], "b": ["é"]})


def test_a_body_unread_is_empty_and_what_is_not_utf8_is_replaced() -> None:
    assert Request("GET", b"/", body=None).json is NOT_JSON
    assert Request("GET", b"/", body=None).text == ""
    assert Request("GET", b"/", body=b"a\xff").text == "a\ufffd"


def test_what_was_read_once_is_not_read_again() -> None:
    request = Request.of("GET", "/a?b=1")
    assert request.segments is request.segments
    request.segments = ("other",)
    assert request.path == "/other"


def test_a_problem_of_keymocks_own() -> None:
    reply = problem_reply(404, "no-mock", "No mock", "because", near_misses=[1])
    assert (reply.status, reply.error, reply.mock) == (404, "no-mock", "")
    assert dict(reply.headers) == {b"content-type": b"application/problem+json", b"x-keymock-error": b"no-mock"}
    assert json.loads(reply.body) == {
        "type": "about:blank#no-mock", "title": "No mock", "status": 404, "code": "no-mock", "detail": "because",
        "near_misses": [1],
    }  # fmt: skip
    assert "detail" not in json.loads(problem_reply(404, "no-mock", "No mock").body)


def test_random_bytes_are_a_path_or_malformed() -> None:
    draw = random.Random(7)
    read = 0
    for _ in range(2_000):
        raw = b"/" + bytes(draw.choices(b"%2eEf./a\xc3\xa9\x00 ", k=draw.randrange(8)))
        try:
            segments = split_path(raw)
        except Malformed:
            continue
        read += 1
        assert not {".", ".."} & set(segments)
        assert "\0" not in "".join(segments)
    assert 0 < read < 2_000
