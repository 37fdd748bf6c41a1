from __future__ import annotations

from typing import Any

import pytest
from drawn_routes import conditions, get, route

from keymock.exchange import Request
from keymock.index import NEEDS_BODY, Found, NeedsBody, Table, allowed_methods, find, methods_of


def winner(table: Table, request: Request) -> Any:
    found = find(table, request, request.segments)
    return found.candidate.route.id.rpartition("/")[2] if isinstance(found, Found) else found


def test_the_first_that_fits_in_all_respects() -> None:
    table = Table([
        route("picky", "/users/me", query={"q": "1"}),
        route("choosing", "/users/:id", whens=(conditions(query={"r": "1"}),)),
        route("rest", "/*rest"),
    ])  # fmt: skip
    targets = ("/users/me?q=1", "/users/me?r=1", "/users/me", "/users/me?q=1&r=1")
    assert [winner(table, get(target)) for target in targets] == ["picky", "choosing", "rest", "picky"]
    assert winner(table, get("/", method="POST")) is None


def test_the_winners_parameters_stay_on_the_request() -> None:
    table = Table([route("a", "/:x/:y", params={"x": "1"}), route("b", "/:p/*q")])
    for target, params in (("/1/2", {"x": "1", "y": "2"}), ("/3/4", {"p": "3", "q": "4"}), ("/", {})):
        request = get(target)
        find(table, request, request.segments)
        assert request.params == params


@pytest.mark.parametrize(
    ("target", "sure"),
    [("/plain", True), ("/asked?q=1", False), ("/asked", False), ("/behind", False), ("/other/method", True)],
)
def test_sure_is_what_only_method_and_path_decided(target: str, sure: bool) -> None:
    table = Table([
        route("plain", "/plain"), route("asked", "/asked", query={"q": "1"}), route("all", "/*rest", priority=-1),
        route("front", "/:x<re:behind>", headers={"h": "1"}),
        route("put", "/other/method", methods=("PUT",), query={"q": "1"}),
    ])  # fmt: skip
    request = get(target)
    found = find(table, request, request.segments)
    assert isinstance(found, Found)
    assert found.sure is sure


def test_an_unread_body_is_asked_for_if_any_in_the_way_wants_it() -> None:
    table = Table([
        route("a", "/a", query={"q": "1"}), route("b", "/a", body={"json": {"n": 1}}), route("c", "/a"),
        route("d", "/d"),
    ])  # fmt: skip
    unread = get("/a", None)
    assert isinstance(find(table, unread, unread.segments), NeedsBody)
    assert winner(table, get("/a", None)) is NEEDS_BODY
    assert [winner(table, get("/a", body)) for body in (b'{"n": 1}', b"", b"{")] == ["b", "c", "c"]
    assert winner(table, get("/d", None)) == "d"
    assert winner(table, get("/a", None, "PUT")) is None


@pytest.mark.parametrize(
    ("methods", "allowed"),
    [
        ((), []),
        (("GET",), ["GET", "HEAD", "OPTIONS"]),
        (("PUT", "GET"), ["GET", "HEAD", "OPTIONS", "PUT"]),
        (("PURGE",), ["OPTIONS", "PURGE"]),
        (("*",), ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY"]),
    ],
)
def test_the_methods_of_a_path(methods: tuple[str, ...], allowed: list[str]) -> None:
    table = Table([route("a", "/a/:x", methods=methods, query={"q": "1"})]) if methods else Table()
    assert allowed_methods(methods_of(table, ("a", "1"))) == allowed
    assert methods_of(table, ("b",)) == set()
