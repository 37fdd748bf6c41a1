from __future__ import annotations

import pytest
from drawn_routes import conditions, get, names, route

from keymock.index.candidate import Bucket, Candidate, Entry, Shortlist
from keymock.index.route import Route


def candidates(*routes: Route) -> tuple[Candidate, ...]:
    return tuple(Candidate(one, one.patterns[0]) for one in routes)


def entries(*routes: Route) -> tuple[Entry, ...]:
    return tuple((one, one.patterns[0]) for one in routes)


def test_parameters_are_read_from_their_places() -> None:
    [one] = candidates(route("a", "/users/:id/*rest"))
    assert one.params(("users", "7", "x", "y")) == {"id": "7", "rest": "x/y"}
    assert one.params(("users", "", "x")) is None


def test_a_mock_is_plain_if_method_and_path_alone_decide() -> None:
    plain, asking, choosing = candidates(
        route("a", "/"), route("b", "/", query={"q": "1"}), route("c", "/", whens=(conditions(query={"q": "1"}), ()))
    )
    assert (plain.plain, asking.plain, choosing.plain) == (True, False, False)


@pytest.mark.parametrize(
    ("one", "needs"),
    [
        (route("a", "/", query={"q": "1"}), False),
        (route("a", "/", body={"json": {"q": 1}}), True),
        (route("a", "/", form={"q": "1"}), True),
        (route("a", "/", whens=((), conditions(body={"text": "x"}))), True),
    ],
)
def test_whether_the_body_has_a_say(one: Route, needs: bool) -> None:
    assert candidates(one)[0].needs_body is needs


def test_one_that_needs_the_body_is_found_behind_one_that_does_not() -> None:
    found = Shortlist(candidates(route("a", "/", query={"q": "1"}), route("b", "/", body={"json": {"q": 1}})))
    assert (found.conditional, found.needs_body) == (True, True)


def test_the_first_answer_whose_conditions_hold_then_the_one_without() -> None:
    one = candidates(route("a", "/", whens=((), conditions(query={"q": "1"}), conditions(query={"q": "1", "r": "1"}))))[
        0
    ]
    assert one.tests == ()
    assert [one.choose(get(target)).name for target in ("/?q=1&r=1", "/?q=2")] == ["1", "0"]  # type: ignore[union-attr]


def test_without_a_default_there_may_be_no_answer() -> None:
    [one] = candidates(route("a", "/", whens=(conditions(query={"q": "1"}),)))
    assert one.tests == ()
    assert one.choose(get("/")) is None


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("GET", ["scope", "count", "narrow", "wide", "any"]),
        ("POST", ["wide", "any"]),
        ("HEAD", ["scope", "count", "head", "narrow", "wide", "any"]),
        ("PURGE", ["any"]),
    ],
)
def test_candidates_by_method_best_first(method: str, expected: list[str]) -> None:
    bucket = Bucket(entries(
        route("any", "/", methods=("*",)),
        route("wide", "/", methods=("GET", "POST")),
        route("narrow", "/"),
        route("head", "/", methods=("HEAD", "PUT")),
        route("count", "/", query={"q": "1"}),
        route("scope", "/", space="private/ada"),
    ))  # fmt: skip
    assert names(bucket.for_method(method).candidates) == expected


def test_no_client_fills_the_memory_with_methods() -> None:
    bucket = Bucket(entries(route("any", "/", methods=("*",))))
    for number in range(1000):
        assert names(bucket.for_method(f"M{number}").candidates) == ["any"]
    assert len(bucket._by_method) == 64


# ---- a look at one value in place of many tries ----------------------------------------------------------------------


def by_header(*values: str) -> list[Route]:
    return [route(f"v{value}", "/", headers={"X": value}) for value in values]


def test_a_literal_that_tells_many_apart_leaves_few() -> None:
    some = Shortlist(candidates(*by_header("1", "2", "3", "4"), route("all", "/")))
    assert names(some.narrowed(get(x="3"))) == ["v3", "all"]
    assert names(some.narrowed(get(x="9"))) == ["all"]
    assert names(some.narrowed(get())) == ["all"]


def test_the_order_stays() -> None:
    some = Shortlist(candidates(route("first", "/"), *by_header("1", "2", "3"), route("last", "/"), *by_header("3")))
    assert names(some.narrowed(get(x="3"))) == ["first", "v3", "last", "v3"]


def test_a_repeated_value_is_left_to_the_conditions() -> None:
    some = Shortlist(candidates(*by_header("1", "2", "3", "4")))
    request = get()
    request.headers = [(b"x", b"1"), (b"x", b"2")]
    assert names(some.narrowed(request)) == ["v1", "v2", "v3", "v4"]


def test_what_most_do_not_ask_for_splits_nothing() -> None:
    some = Shortlist(candidates(*by_header("1", "2"), *(route(f"r{at}", "/") for at in range(3))))
    assert len(some.narrowed(get(x="1"))) == 5


def test_few_are_not_split() -> None:
    assert names(Shortlist(candidates(*by_header("1", "2", "3"))).narrowed(get(x="3"))) == ["v1", "v2", "v3"]


def test_what_is_left_is_split_again() -> None:
    routes = [
        route(f"{header}{field}", "/", headers={"x": header}, body={"json": {"f": field}})
        for header in "abcdef"
        for field in range(5)
    ]
    some = Shortlist(candidates(*routes))
    assert names(some.narrowed(get(body=b'{"f": 3.0}', x="c"))) == ["c3"]


@pytest.mark.parametrize(
    ("body", "left"),
    [
        (b"1", "n"),
        (b'{"v": 1}', "1"),
        (b'{"v": 1.0}', "1"),
        (b'{"v": true}', "True"),
        (b'{"v": "1"}', "s1"),
        (b'{"v": "x"}', "x"),
        (b'{"v": 2}', "n"),
        (b'{"v": null}', "n"),
        (b'{"v": [1]}', "n"),
        (b'{"v": {"w": 1}}', "n"),
        (b'["v"]', "n"),
        (b"{", "n"),
        (b"", "n"),
    ],
)
def test_json_values_keep_their_kinds(body: bytes, left: str) -> None:
    values: dict[str, object] = {"1": 1, "True": True, "s1": "1", "x": "x"}
    some = Shortlist(
        candidates(*(route(name, "/", body={"json": {"v": v}}) for name, v in values.items()), route("n", "/"))
    )
    assert names(some.narrowed(get(body=body))) == ([left, "n"] if left != "n" else ["n"])


def test_path_parameters_are_read_later_and_split_nothing() -> None:
    some = Shortlist(candidates(*(route(f"p{at}", "/:id", params={"id": str(at)}) for at in range(6))))
    assert len(some.narrowed(get("/3"))) == 6
