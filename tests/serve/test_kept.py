from __future__ import annotations

import pytest

from keymock.exchange import BodyFile, Reply, Request
from keymock.serve import kept
from keymock.serve.kept import Kept
from keymock.serve.messages import as_messages

ASKED = Request("GET", b"/a", b"q=1", [(b"accept", b"text/a")])
LINE = (b"localhost", "GET", b"/a")


def keeping(reply: Reply, held: Kept | None = None) -> Kept:
    held = held or Kept()
    held.keep(b"localhost", ASKED, reply, as_messages(ASKED, reply))
    return held


def test_a_reusable_reply_is_kept_by_its_line_with_its_delay() -> None:
    held = keeping(Reply(200, [], b"a", reusable=True, delay=0.2))
    host, method, path = LINE
    assert held.ready[host][method][path].delay == 0.2
    held.forget()
    assert held.ready == {}


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, [], b"a"),
        Reply(200, [], b"a", reusable=True, delay=1.0),
        Reply(200, [], b"a", reusable=True, fault="reset"),
        Reply(200, [], reusable=True, file=BodyFile("f", 1, 0)),
        Reply(200, [], reusable=True, stream=((0.0, b"a"),)),
        Reply(200, [], b"a", by_accept=True, delay=0.1),
    ],
)
def test_what_differs_takes_time_or_breaks_is_not_kept(reply: Reply) -> None:
    held = keeping(reply)
    assert (held.ready, held.by_accept) == ({}, {})


def test_what_a_contract_says_is_kept_by_query_and_accept_too() -> None:
    held = keeping(Reply(200, [], b"a", reusable=True, by_accept=True))
    assert held.ready == {}
    assert held.accepted(*LINE, b"q=1", [(b"accept", b"text/a")]) is not None
    assert held.accepted(*LINE, b"q=1", []) is None
    assert held.accepted(*LINE, b"q=2", [(b"accept", b"text/a")]) is None


def test_nothing_is_kept_beyond_its_bounds_and_what_is_asked_for_comes_back() -> None:
    held = Kept(frozenset({b"host"}))
    for number in range(kept.MOST_LEADS + 5):
        held.keep_leads((None, "GET", b"%d" % number), ())
        held.keep_bodied((None, "GET", b"%d" % number))
    assert (len(held.leads), len(held.bodied)) == (kept.MOST_LEADS, kept.MOST_LEADS)
    reply = Reply(200, [], b"a", reusable=True)
    for number in range(kept.MOST_READY + 5):
        asked = Request("GET", b"/%d" % number, b"", [])
        held.keep(b"localhost", asked, reply, as_messages(asked, reply))
    assert len(held.ready[b"localhost"]["GET"]) == 5
    assert held.look_at([(b"host", b"localhost")]).ready["GET"].keys() == held.ready[b"localhost"]["GET"].keys()


def test_what_headers_say_is_known_of_the_next_request() -> None:
    held = keeping(Reply(200, [], b"a", reusable=True), Kept(frozenset({b"host", b"cookie"})))
    first = held.look_at([(b"host", b"localhost"), (b"accept", b"*/*")])
    assert (first.plain, first.short, first.host, first.size) == (True, True, b"localhost", 12)
    assert held.head is first
    assert first.ready["GET"][b"/a"].body == b"a"
    assert not held.look_at([(b"host", b"localhost"), (b"cookie", b"a=1")]).plain
    assert not held.look_at([(b"host", b"localhost"), (b"host", b"localhost")]).plain
    assert not held.look_at([(b"host", b"localhost"), (b"accept", b"a" * 9000)]).short
    assert held.look_at([(b"host", b"other")]).ready == {}
    assert not held.look_at([(b"accept", b"*/*")]).plain


def test_what_headers_said_is_kept_apart_from_a_list_that_somebody_goes_on_with() -> None:
    """Hosts in process may ask twice with one list, and another header in it the second time."""
    held = Kept(frozenset({b"host", b"cookie"}))
    headers = [(b"host", b"localhost")]
    first = held.look_at(headers)
    headers.append((b"cookie", b"keymock_session=a"))
    assert headers != held.head.headers
    assert (first.headers, held.look_at(headers).plain) == ([(b"host", b"localhost")], False)


def test_a_host_that_came_before_its_first_answer_finds_it_afterwards() -> None:
    held = Kept(frozenset({b"host"}))
    before = held.look_at([(b"host", b"localhost")])
    assert before.ready == {}
    keeping(Reply(200, [], b"a", reusable=True), held)
    assert held.look_at([(b"host", b"localhost")]).ready["GET"][b"/a"].body == b"a"


def test_nothing_that_was_kept_of_a_world_outlives_it() -> None:
    held = keeping(Reply(200, [], b"a", reusable=True), Kept(frozenset({b"host"})))
    held.look_at([(b"host", b"localhost"), (b"x-team", b"a")])
    held.begin(frozenset({b"host", b"x-team"}))
    assert held.head.ready == {}
    head = held.look_at([(b"host", b"localhost"), (b"x-team", b"a")])
    assert (head.plain, head.ready) == (False, {})


def test_answers_share_the_headers_that_they_have_in_common() -> None:
    held = Kept()
    for path in (b"/a", b"/b"):
        asked = Request("GET", path, b"", [])
        reply = Reply(200, [(bytes(bytearray(b"x-team")), bytes(bytearray(b"red")))], b"a", reusable=True)
        held.keep(None, asked, reply, as_messages(asked, reply))
    by_path = held.ready[None]["GET"]
    assert by_path[b"/a"].headers[0] is by_path[b"/b"].headers[0]
