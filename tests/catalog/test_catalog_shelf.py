from __future__ import annotations

import pytest

from keymock.catalog import Shelf, Unit, boxed
from keymock.catalog.shelf import Later, digest_of
from keymock.problems import error


def unit(name: str, *, broken: bool = False) -> Unit:
    problems = (error(f"{name}.toml", "bad", "is bad"),) if broken else ()
    return Unit((), problems, ((f"{name}.toml", ("f", 1, 2, 3)),), (), "")


UNITS = {"a": unit("a"), "b": unit("b", broken=True), "c": unit("c")}
BOXES = {name: boxed(each) for name, each in UNITS.items()}


def test_a_shelf_is_the_units_in_the_order_of_its_names() -> None:
    shelf = Shelf(["c", "a", "b"], BOXES)
    assert shelf == UNITS
    assert list(shelf) == ["c", "a", "b"]
    assert shelf["a"] is shelf["a"], "opened once"
    with pytest.raises(KeyError):
        Shelf(["a"], BOXES)["b"]
    assert "b" not in Shelf(["a"], BOXES)


def test_what_stands_beside_goes_before_a_box() -> None:
    newer = unit("b")
    shelf = Shelf(UNITS, BOXES)
    assert list(shelf.problems()) == list(UNITS["b"].problems)
    changed = shelf.with_others({"b": newer, "d": unit("d")})
    assert (list(changed), changed["b"]) == (["a", "b", "c", "d"], newer)
    assert list(changed.problems()) == []
    assert not shelf.holds(changed)


def test_a_shelf_knows_its_own_units_without_opening_them() -> None:
    shelf = Shelf(UNITS, BOXES)
    assert shelf.holds(shelf.with_others({}))
    assert shelf.holds(shelf.with_others({"b": shelf["b"]}))
    assert not shelf.holds(dict(shelf))
    assert not shelf.holds(shelf.with_others({}, ["a", "b"]))
    assert not shelf.holds(Shelf(UNITS, BOXES))


def test_listings_are_told_apart() -> None:
    one = {"a": ("f", 1, 2, 3), "b": ("f", 1, 2, 3)}
    assert digest_of(one) == digest_of(dict(one))
    assert digest_of(one) != digest_of({**one, "b": ("f", 1, 2, 4)}) != digest_of({"b": one["b"], "a": one["a"]})


def test_a_mapping_is_made_when_it_is_looked_into() -> None:
    made: list[int] = []

    def make() -> dict[str, int]:
        made.append(1)
        return {"a": 1}

    later = Later(make)
    assert made == []
    assert (later["a"], dict(later), len(later), "b" in later, made) == (1, {"a": 1}, 1, False, [1])
