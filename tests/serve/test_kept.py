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
    assert held.ready[LINE].delay == 0.2
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


def test_nothing_is_kept_beyond_its_bounds() -> None:
    held = Kept()
    for number in range(kept.MOST_LEADS + 5):
        held.keep_leads((None, "GET", b"%d" % number), ())
        held.keep_bodied((None, "GET", b"%d" % number))
    assert (len(held.leads), len(held.bodied)) == (kept.MOST_LEADS, kept.MOST_LEADS)
    held.ready = dict.fromkeys([(None, "GET", b"%d" % number) for number in range(kept.MOST_READY)], None)  # type: ignore[assignment]
    assert LINE not in keeping(Reply(200, [], b"a", reusable=True), held).ready
