"""One exchange as it is remembered."""

from __future__ import annotations

import pytest
from remembering import add, answered, route

from keymock.exchange import Malformed
from keymock.journal import Entry, Journal, Sent, request_of


def test_a_request_can_be_made_again() -> None:
    headers = [(b"host", b"shop.localhost:8787"), (b"accept", b"a/b")]
    entry = add(Journal(), "/a%20b", method="POST", query=b"x=1", body=b'{"n":1}', headers=headers)
    request = request_of(entry)
    assert (request.method, request.path, request.query) == ("POST", "/a b", {"x": ["1"]})
    assert (request.host, request.port, request.header("accept"), request.json) == (
        "shop.localhost",
        8787,
        "a/b",
        {"n": 1},
    )
    assert request.now == pytest.approx(1_700_000_000.123)


def test_one_with_a_host_that_is_none_cannot() -> None:
    with pytest.raises(Malformed):
        request_of(add(Journal(), headers=[(b"host", b"a b")]))


@pytest.mark.parametrize(
    ("sent", "unmatched"),
    [
        (Sent(404, error="no-mock"), True),
        (Sent(400, error="invalid-request"), True),
        (Sent(204), False),  # a preflight
        (Sent(500, "m", error="unsendable"), False),
        (answered(route(request={"path": "/a"})), False),
    ],
)
def test_what_counts_as_unmatched(sent: Sent, unmatched: bool) -> None:
    entry: Entry = add(Journal(), sent=sent)
    assert entry.unmatched is unmatched
