from __future__ import annotations

from itertools import permutations

import msgspec
from drawn_routes import conditions, route

from keymock.index import Route


def test_a_rank_is_scope_then_conditions_then_methods_then_id() -> None:
    best_first = [
        route("z", "/", space="private/ada"),
        route("z", "/", space="projects/p", query={"q": "1"}),
        route("z", "/", space="projects/p"),
        route("a", "/", query={"q": "1", "r": "1"}, methods=("*",)),
        route("a", "/", query={"q": "1"}),
        route("a", "/"),
        route("b", "/"),
        route("a", "/", methods=("GET", "PUT")),
        route("a", "/", methods=("*",)),
    ]
    for some in permutations(best_first[:5]):
        assert sorted(some, key=lambda one: one.rank) == best_first[:5]
    assert sorted(best_first, key=lambda one: one.rank) == best_first


def test_a_route_comes_back_from_msgpack_as_it_went() -> None:
    one = route(
        "a", "/a/:x<int>", "~/b.*", whens=(conditions(query={"q": "1"}), ()), body={"json": {"n": {"$gt": 1}, "l": [1]}}
    )
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(one), type=Route) == one
