from __future__ import annotations

import msgspec
import pytest
from drawn_routes import route

from keymock.catalog import Shelf, Unit, put_away
from keymock.catalog.shelf import Later, digest_of
from keymock.problems import error


def unit(name: str, *, broken: bool = False) -> Unit:
    problems = (error(f"{name}.toml", "bad", "is bad"),) if broken else ()
    return Unit((), problems, ((f"{name}.toml", ("f", 1, 2, 3)),), (), "")


UNITS = {"a": unit("a"), "b": unit("b", broken=True), "c": unit("c")}
SHEETS = [put_away({"b": UNITS["b"], "c": UNITS["c"]}), put_away({"a": UNITS["a"]})]


def test_a_shelf_is_the_units_in_the_order_of_its_names() -> None:
    shelf = Shelf(["c", "a", "b"], SHEETS)
    assert shelf == UNITS
    assert list(shelf) == ["c", "a", "b"]
    assert shelf["a"] is shelf["a"], "opened once"
    with pytest.raises(KeyError):
        Shelf(["a"], SHEETS)["b"]
    assert "b" not in Shelf(["a"], SHEETS)


def test_what_stands_beside_goes_before_a_sheet() -> None:
    newer = unit("b")
    shelf = Shelf(UNITS, SHEETS)
    assert list(shelf.problems()) == list(UNITS["b"].problems)
    changed = shelf.with_others({"b": newer, "d": unit("d")})
    assert (list(changed), changed["b"]) == (["a", "b", "c", "d"], newer)
    assert list(changed.problems()) == []
    assert not shelf.holds(changed)


def test_a_shelf_knows_its_own_units_without_opening_them() -> None:
    shelf = Shelf(UNITS, SHEETS)
    assert shelf.holds(shelf.with_others({}))
    assert shelf.holds(shelf.with_others({"b": shelf["b"]}))
    assert not shelf.holds(dict(shelf))
    assert not shelf.holds(shelf.with_others({}, ["a", "b"]))
    assert not shelf.holds(Shelf(UNITS, SHEETS))


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


def of(*names: str) -> dict[str, Unit]:
    """Units of one route each, with its name; of two routes where the name has a `+`; of none for a `-`."""
    made = {}
    for name in names:
        ids = {"+": [name, f"{name}#item"], "-": []}.get(name[-1], [name])
        routes = tuple(msgspec.structs.replace(route(each, f"/{each}"), id=each) for each in ids)
        made[name] = msgspec.structs.replace(unit(name), routes=routes)
    return made


@pytest.mark.parametrize("names", ["a b", "a b+ c- d", "a- b", "a+"])
@pytest.mark.parametrize("beside", [(), ("b", "b+"), ("a", "a-", "a+")])
def test_the_routes_of_a_shelf_are_those_of_its_units(names: str, beside: tuple[str, ...]) -> None:
    units = of(*names.split())
    sheets = [put_away(units)], [put_away({name: each}) for name, each in reversed(units.items())]
    for found in sheets:
        shelf = Shelf(units, found, {name: units[name] for name in beside if name in units})
        stock = shelf.stock()
        assert dict(stock) == {each.id: each for one in units.values() for each in one.routes}
        assert list(stock) == [each.id for one in units.values() for each in one.routes]
        some = shelf.with_others({}, list(units)[1:])
        assert list(some.stock()) == [each.id for one in list(units.values())[1:] for each in one.routes]


def test_a_sheet_comes_back_from_its_bytes() -> None:
    units = of("a", "b+", "c-")
    sheet = msgspec.msgpack.decode(msgspec.msgpack.encode(put_away(units)), type=type(put_away(units)))
    assert Shelf(sheet.names, [sheet]) == units
