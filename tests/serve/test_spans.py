"""What a span says of an exchange, by the conventions of HTTP servers; nothing private, nothing secret."""

from __future__ import annotations

from typing import Any

import pytest

from keymock.exchange import Headers
from keymock.index import Route
from keymock.index.route import Cors
from keymock.journal import Entry, Sent, Story
from keymock.layout import Scope
from keymock.pattern import parse
from keymock.serve import spans
from keymock.variables import Mask


def story(scope: Scope = "project", **more: Any) -> Story:
    place = "private/ada@example.com" if scope == "private" else "projects/shop"
    route = Route(f"{place}/mocks/user", "f", 1, "", place, scope, ("GET",), (*parse("/users/:id"),), 0, (), 0,
                  (), Cors(), scenario="order" if more.get("before") else "")  # fmt: skip
    return Story(route, **more)


def entry(
    sent: Sent, path: bytes = b"/users/7", method: str = "GET", query: bytes = b"", headers: Headers | None = None
) -> Entry:
    given = headers or [(b"host", b"shop.localhost:8787"), (b"user-agent", b"curl/8")]
    return Entry(3, 10, 2_000, 500, "ada", method, path, query, given, sent, 4, None)


def test_an_exchange_in_the_words_of_the_conventions() -> None:
    told = entry(Sent(200, "projects/shop/mocks/user", "fine", story=story(delay=0.05, before="Started", after="paid")),
                 query=b"a=1&token=hunter2")  # fmt: skip
    assert spans.name(told) == "GET /users/:id"
    assert spans.attributes(told, Mask()) == {
        "http.request.method": "GET", "http.route": "/users/:id", "http.response.status_code": 200,
        "url.scheme": "http", "url.path": "/users/7", "url.query": "a=1&token=•••",
        "server.address": "shop.localhost", "server.port": 8787, "user_agent.original": "curl/8",
        "keymock.mock": "projects/shop/mocks/user", "keymock.response": "fine", "keymock.session": "ada",
        "keymock.source": "mock", "keymock.entry": 3, "keymock.generation": 4, "keymock.delay_ms": 50.0,
        "keymock.state.before": "Started", "keymock.state.after": "paid",
    }  # fmt: skip


def test_what_no_mock_answered_and_what_is_no_method() -> None:
    missed = spans.attributes(entry(Sent(404, error="no-mock"), b"/nowhere", "BREW"), Mask())
    assert (missed["http.request.method"], missed["http.request.method_original"]) == ("_OTHER", "BREW")
    assert (missed["keymock.error"], missed["http.response.status_code"]) == ("no-mock", 404)
    assert not {"http.route", "keymock.mock", "keymock.source", "error.type"} & missed.keys()
    assert spans.name(entry(Sent(404, error="no-mock"), method="BREW")) == "HTTP"


@pytest.mark.parametrize(
    ("sent", "kind"),
    [(Sent(503, "m"), "503"), (Sent(404, "m"), ""), (Sent(200, "m", story=story(fault="reset")), "reset")],
)
def test_failures_of_the_server_are_errors(sent: Sent, kind: str) -> None:
    assert spans.error_type(entry(sent)) == kind


def test_a_private_mock_leaves_no_trace() -> None:
    assert spans.told(entry(Sent(200, "projects/shop/mocks/user", story=story())))
    assert spans.told(entry(Sent(404, error="no-mock")))
    assert not spans.told(entry(Sent(200, "private/ada@example.com/mocks/user")))
    assert not spans.told(entry(Sent(200, "override-0001@user", story=story("private"))))


def test_the_trace_that_a_request_belongs_to() -> None:
    headers = [(b"traceparent", b"00-a-b-01"), (b"tracestate", b"k=v"), (b"host", b"a")]
    assert spans.carrier(entry(Sent(200), headers=headers)) == {"traceparent": "00-a-b-01", "tracestate": "k=v"}
