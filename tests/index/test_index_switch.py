"""A mock that is switched off, or pinned to one of its answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from tree_answers import load, plant

from keymock.index import Route, Views
from keymock.index.switch import Pinned, Switch, named_answer, switched

TEXT = """\
select = "sequence"
[scenario]
name = "cart"
sets = "asked"
[request]
path = "/cart"
[[responses]]
name = "full"
times = 2
[[responses]]
name = "empty"
status = 404
when.query.empty = "yes"
sets = "empty"
until = "2000-01-01T00:00:00Z"
[[responses]]
name = "200"
status = 503
delay = "5ms"
"""
CART = "workspace/mocks/cart"


@pytest.fixture
def cart(tmp_path: Path) -> Route:
    return load(plant(tmp_path, {f"{CART}.toml": TEXT})).routes[CART]


@pytest.mark.parametrize(
    ("wanted", "name"),
    [("full", "full"), (404, "empty"), ("404", "empty"), ("200", "200"), (200, "200"), (503, "200"), ("gone", None)],
)
def test_an_answer_is_meant_by_its_name_then_by_its_status(cart: Route, wanted: str | int, name: str | None) -> None:
    found = named_answer(cart, wanted)
    assert (found.name if found is not None else None) == name


def test_a_pinned_mock_gives_its_answer_whatever_and_moves_nothing(cart: Route) -> None:
    pinned = switched(cart, Pinned("empty"))
    first = pinned.answers[0]
    assert (first.name, first.conditions, first.limited, first.play.sets) == ("empty", (), False, "")
    assert (pinned.select, pinned.sets, pinned.enabled) == ("rules", "", True)
    assert sorted(answer.name for answer in pinned.answers) == ["200", "empty", "full"]
    assert pinned.conditions == cart.conditions


def test_an_answer_keeps_its_delay(cart: Route) -> None:
    assert switched(cart, Pinned(503)).answers[0].play.wait == cart.answers[2].play.wait


@pytest.mark.parametrize("switch", [Pinned("gone"), Pinned(500)])
def test_a_mock_without_that_answer_stays_as_it_is(cart: Route, switch: Switch) -> None:
    assert switched(cart, switch) is cart


def test_views_are_made_once_for_a_set_of_switches(cart: Route) -> None:
    views = Views({CART: cart}, {})
    assert views.switched(frozenset()) is views
    off = views.switched(frozenset({(CART, "off")}))
    assert off is views.switched(frozenset({(CART, "off")}))
    assert off.routes[CART].enabled is False
    assert not list(off.table().paths(("cart",)))
    assert list(views.table().paths(("cart",)))


def test_a_mock_that_is_gone_is_no_matter(cart: Route) -> None:
    views = Views({CART: cart}, {})
    assert views.switched(frozenset({("workspace/mocks/gone", "off")})).routes == views.routes


def test_tables_of_many_sets_are_not_kept_for_ever(cart: Route) -> None:
    views = Views({CART: cart}, {})
    first = views.switched(frozenset({(CART, "off")}))
    for number in range(100):
        views.switched(frozenset({(CART, Pinned(number))}))
    assert views.switched(frozenset({(CART, "off")})) is not first


def test_a_resource_is_off_with_all_its_routes(tmp_path: Path) -> None:
    text = '[data]\nresource = "orders"\n'
    catalog = load(plant(tmp_path, {"workspace/mocks/orders.toml": text}))
    views = Views(catalog.routes, {}).switched(frozenset({("workspace/mocks/orders", "off")}))
    assert [route.enabled for route in views.routes.values()] == [False, False]
