from __future__ import annotations

from itertools import permutations

import pytest
from drawn_routes import names, route

from keymock.index import Route, Stock, Table, known_of, label_of, stock_of

MOCKS = "workspace/mocks"
ROUTES = {
    one.id: one
    for one in (
        route("literal", "/users/me"), route("typed", "/users/:id<int>"), route("rest", "/users/*rest?"),
        route("first", "/*rest", priority=1), route("two", "/users/?", "/x"),
    )
}  # fmt: skip


def stock(taken: list[str], routes: dict[str, Route] = ROUTES) -> Stock:
    def take(name: str) -> Route:
        taken.append(name)
        return routes[name]

    return Stock(map(label_of, routes.values()), take)


def test_a_table_of_a_stock_is_the_table_of_its_routes() -> None:
    plain, kept = Table(ROUTES.values()), Table(stock([]))
    for path in ("/users/me", "/users/7", "/users", "/users/", "/x", "/users/a/b", "/"):
        segments = tuple(path[1:].split("/"))
        assert names(kept.paths(segments)) == names(plain.paths(segments))


def test_only_who_may_be_meant_is_taken_out() -> None:
    taken: list[str] = []
    table = Table(stock(taken))
    assert taken == []
    assert [names(shortlist.candidates) for shortlist in table.shortlists("GET", ("x",))] == [["first"], ["two"]]
    assert sorted(set(taken)) == [f"{MOCKS}/first", f"{MOCKS}/two"]


@pytest.mark.parametrize("gone", [list(each) for each in permutations(ROUTES, 2)])
def test_a_stock_changes_as_its_routes_do(gone: list[str]) -> None:
    come = [route("new", "/users/me", priority=2)]
    plain, kept = Table(ROUTES.values()).changed(gone, come), Table(stock([])).changed(gone, come)
    for segments in (("users", "me"), ("users", "7"), ("x",)):
        assert names(kept.paths(segments)) == names(plain.paths(segments))
    assert dict(kept.routes) == dict(plain.routes)


def test_part_of_a_stock() -> None:
    taken: list[str] = []
    some = stock(taken).only(lambda label: label.priority == 0)
    assert f"{MOCKS}/first" not in some
    assert len(some) == len(ROUTES) - 1
    with pytest.raises(KeyError):
        some[f"{MOCKS}/first"]
    assert taken == []
    assert some[f"{MOCKS}/rest"] == ROUTES[f"{MOCKS}/rest"]


def test_what_is_known_of_routes_is_known_of_a_stock() -> None:
    def facts(routes: dict[str, Route] | Stock) -> list[tuple[object, ...]]:
        return [(one.id, one.space, one.scope, one.enabled, one.serves_records) for one in known_of(routes)]

    assert facts(stock([])) == facts(ROUTES)
    assert stock_of(ROUTES) == ROUTES
    same = stock([])
    assert stock_of(same) is same
