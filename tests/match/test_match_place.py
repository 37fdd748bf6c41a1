"""What all places share."""

from __future__ import annotations

from asking import make_request

from keymock.exchange import Request
from keymock.match.place import now_of, once


def test_a_request_is_read_once_for_all_conditions() -> None:
    made: list[Request] = []

    def make(request: Request) -> str:
        made.append(request)
        return "found"

    request = make_request()
    assert [once(request, "thing", make) for _ in range(3)] == ["found"] * 3
    assert made == [request]
    assert once(make_request(), "thing", make) == "found"


def test_a_request_without_a_moment_is_at_the_epoch() -> None:
    assert now_of(Request("GET", b"/")) == 0.0
    assert now_of(make_request(now=5.0)) == 5.0
