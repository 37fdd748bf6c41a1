from __future__ import annotations

import pytest

from keymock.exchange import BodyFile, Headers, Reply, Request
from keymock.journal import Sent
from keymock.serve.messages import MOST_SHARED, as_messages, checked

GET, HEAD = Request("GET", b"/"), Request("HEAD", b"/")


def test_a_reply_is_two_messages_and_what_the_journal_keeps() -> None:
    ready = as_messages(GET, Reply(201, [(b"a", b"1")], b"abc", mock="m", response="r"))
    assert ready.start == {"type": "http.response.start", "status": 201, "headers": [(b"a", b"1")]}
    assert ready.body == {"type": "http.response.body", "body": b"abc", "more_body": False}
    assert ready.sent == Sent(201, "m", "r", "", [(b"a", b"1")], b"abc", 3)


def test_head_is_told_the_length_and_gets_no_body() -> None:
    ready = as_messages(HEAD, Reply(200, [], b"abc"))
    assert (ready.start["headers"], ready.body["body"]) == ([(b"content-length", b"3")], b"")
    assert as_messages(HEAD, Reply(204, [], b"")).start["headers"] == []
    slowly = as_messages(HEAD, Reply(200, [], b"abc", stream=((0.0, b"a"), (0.1, b"bc"))))
    assert (slowly.start["headers"], slowly.sent.body) == ([(b"content-length", b"3")], b"")


def test_head_of_events_has_no_length_and_no_body_in_the_journal_either() -> None:
    ready = as_messages(HEAD, Reply(200, [(b"a", b"1")], stream=((0.0, b"data: a\n\n"),)))
    assert ready.start["headers"] == ready.sent.headers == [(b"a", b"1")]
    assert (ready.sent.body, ready.sent.size) == (b"", 0)


def test_a_file_is_told_by_its_length() -> None:
    ready = as_messages(GET, Reply(200, [], file=BodyFile("f", 12, 0)))
    assert (ready.start["headers"], ready.sent.size) == ([(b"content-length", b"12")], 12)


def test_the_journal_keeps_the_beginning_of_what_is_long_and_all_parts_of_a_stream() -> None:
    long = as_messages(GET, Reply(200, [], b"x" * (MOST_SHARED + 1)))
    assert (len(long.sent.body), long.sent.size, len(long.body["body"])) == (
        MOST_SHARED,
        MOST_SHARED + 1,
        long.sent.size,
    )
    parts = as_messages(GET, Reply(200, [], stream=((0.0, b"ab"), (1.0, b"c"))))
    assert (parts.sent.body, parts.sent.size, parts.body["body"]) == (b"abc", 3, b"")


@pytest.mark.parametrize(
    ("status", "headers"),
    [(99, []), (600, []), (200, [(b"a", b"1\r\n2")]), (200, [(b"A b", b"1")]), (200, [(b"", b"1")])],
)
def test_what_granian_cannot_send_is_a_500(status: int, headers: Headers) -> None:
    reply = Reply(status, headers, mock="m", rendered=True)
    told = checked(as_messages(GET, reply), reply)
    assert (told.sent.status, told.sent.error, told.sent.mock) == (500, "unsendable", "m")


def test_headers_of_a_file_were_checked_when_it_was_loaded() -> None:
    reply = Reply(200, [(b"a", b"1\n")], mock="m")
    made = as_messages(GET, reply)
    assert checked(made, reply) is made
