from __future__ import annotations

from itertools import permutations

import msgspec
import pytest
from drawn_routes import names, route

from keymock.index import Filing, Kind, Route, Stock, Table, columns_of, kinds_of, known_of, stock_of

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

    return Stock(columns_of(routes.values()), take)


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


def test_what_many_have_in_common_is_told_once() -> None:
    columns = columns_of([route("a", "/a"), route("b", "/b"), route("c", "/:x/c"), route("d", "/a", "/:x/d")])
    assert [kind.shapes for kind in columns.kinds] == [("L",), ("PL",), ("L", "PL")]
    assert columns.of == [0, 0, 1, 2]
    assert columns.values == [("a",), ("b",), ("c",), ("a", "d")]


def test_kinds_are_counted_without_a_look_at_any_mock() -> None:
    taken: list[str] = []
    counted = {known.priority: many for known, many in kinds_of(stock(taken)) if isinstance(known, Kind)}
    assert (sum(many for _, many in kinds_of(stock(taken))), counted[1], taken) == (len(ROUTES), 1, [])
    assert sum(many for _, many in kinds_of(ROUTES)) == len(ROUTES)


def test_columns_are_put_together_of_others() -> None:
    one, other = (
        columns_of([route("a", "/a"), route("b", "/b/:x")]),
        columns_of([route("c", "/c/:x"), route("d", "/d")]),
    )
    filing = Filing()
    filing.add_from(other, 1, 2)
    filing.add(route("e", "/e/:x"))
    filing.add_from(one, 0, 2)
    assert filing.columns.ids == [f"{MOCKS}/{name}" for name in "deab"]
    shapes = [filing.columns.kinds[number].shapes for number in filing.columns.of]
    assert shapes == [("L",), ("LP",), ("L",), ("LP",)]
    assert filing.columns.values == [("d",), ("e",), ("a",), ("b",)]


def test_switched_off_mocks_are_not_of_a_space() -> None:
    off = msgspec.structs.replace(route("off", "/off"), enabled=False)
    both = stock([], {each.id: each for each in (route("on", "/on"), off)})
    assert list(both.of_spaces({"workspace"})) == [f"{MOCKS}/on"]
    assert list(both.of_spaces({"projects/shop"})) == []
    on = both.of_spaces({"workspace"})
    assert on.of_spaces({"workspace"}).columns.ids == on.columns.ids
