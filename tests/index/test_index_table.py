from __future__ import annotations

from itertools import permutations

import pytest
from drawn_routes import names, route

from keymock.index.table import Level, Table, order_of
from keymock.pattern import parse


def paths(table: Table, path: str) -> list[str]:
    return names(table.paths(tuple(path[1:].split("/"))))


def test_one_letter_a_segment_ranks_a_path() -> None:
    ranked = ["/a/b", "/a/:x<int>", "/a/:x", "/a/*rest", "/:x/b", "/*rest", "~/.*"]
    orders = [order_of(one, one.patterns[0]) for one in (route("m", path) for path in ranked)]
    assert orders == sorted(orders)
    assert order_of(route("m", "/*a?"), parse("/*a?")[0]) == order_of(route("m", "/*a"), parse("/*a")[0])
    assert order_of(route("m", "/:x", priority=1), parse("/:x")[0]) < (0, "L")


@pytest.mark.parametrize(
    ("shape", "lengths"), [("LPL", {3}), ("LR", {1, 2, 3, 4}), ("R", {1, 2, 3, 4}), ("Z", {1, 2, 3, 4}), ("L", {1})]
)
def test_the_lengths_that_a_shape_accepts(shape: str, lengths: set[int]) -> None:
    level = Level((0, shape))
    assert {length for length in range(1, 5) if level.accepts(length)} == lengths


ALL = [
    route("literal", "/users/me"), route("typed", "/users/:id<re:m.>"), route("plain", "/:what/me"),
    route("rest", "/users/*rest"), route("regex", "~/users/.*"), route("first", "/*rest", priority=1),
    route("other", "/users/you"), route("longer", "/users/me/x"),
]  # fmt: skip


def test_every_mock_whose_path_fits_best_first() -> None:
    assert paths(Table(ALL), "/users/me") == ["first", "literal", "typed", "rest", "plain", "regex"]


def test_the_order_of_loading_is_nothing() -> None:
    for some in permutations(ALL[:6], 6):
        assert paths(Table(some), "/users/me") == ["first", "literal", "typed", "rest", "plain", "regex"]


def test_a_mock_under_several_paths() -> None:
    table = Table([route("a", "/x/?", "/y/:z")])
    assert [paths(table, path) for path in ("/x", "/x/", "/y/1", "/y/")] == [["a"], ["a"], ["a"], []]


def test_lengths_beyond_a_bound_are_not_remembered() -> None:
    table = Table([route("a", "/*rest")])
    for length in (1, 255, 256, 5000):
        assert names(table.paths(("x",) * length)) == ["a"]
    assert sorted(table._by_length) == [1, 255]


# ---- edits -----------------------------------------------------------------------------------------------------------


def test_an_edit_makes_a_new_table_and_leaves_the_old_as_it_was() -> None:
    before = Table(ALL)
    after = before.changed(["workspace/mocks/literal", "workspace/mocks/rest"], [route("new", "/users/:id")])
    assert paths(after, "/users/me") == ["first", "typed", "new", "plain", "regex"]
    assert paths(before, "/users/me") == ["first", "literal", "typed", "rest", "plain", "regex"]
    assert set(after.routes) == set(before.routes) - {"workspace/mocks/literal", "workspace/mocks/rest"} | {
        "workspace/mocks/new"
    }


def test_what_is_untouched_is_shared() -> None:
    before = Table(ALL)
    after = before.changed([], [route("new", "/users/:id")])
    assert after._levels[0, "LL"] is before._levels[0, "LL"]


def test_a_mock_rewritten_in_place() -> None:
    table = Table(ALL).changed(["workspace/mocks/literal"], [route("literal", "/users/me", priority=2)])
    assert paths(table, "/users/me")[:2] == ["literal", "first"]


def test_an_empty_place_is_left_and_filled_again() -> None:
    table = Table([route("a", "/x")]).changed(["workspace/mocks/a"], [])
    assert paths(table, "/x") == []
    assert paths(table.changed([], [route("a", "/x")]), "/x") == ["a"]
    assert paths(table.changed(["workspace/mocks/unknown"], []), "/x") == []
