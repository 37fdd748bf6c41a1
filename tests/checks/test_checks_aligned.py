from __future__ import annotations

from keymock.checks.aligned import aligned, filled, names_by_place
from keymock.match import Condition
from keymock.pattern import parse


def test_parameters_of_one_place_have_one_name() -> None:
    one, other = parse("/a/:id/v{x<int>}.{y}/*rest")[0], parse("/:b/:n/v{major<int>}.{minor}/*more")[0]
    assert list(names_by_place(one).values()) == ["1", "2 /v{<int>}.{} 0", "2 /v{<int>}.{} 1", "3 rest"]
    assert names_by_place(other)["n"] == names_by_place(one)["id"]
    assert names_by_place(other)["minor"] == names_by_place(one)["y"]
    assert names_by_place(other)["more"] == names_by_place(one)["rest"]


def test_parts_of_differently_cut_segments_do_not() -> None:
    one, other = parse("/v{x}")[0], parse("/{x}.json")[0]
    assert names_by_place(one)["x"] != names_by_place(other)["x"]


def test_only_conditions_on_parameters_are_renamed() -> None:
    asked = (Condition("params", "id", {"equals": "1"}), Condition("query", "id", {"equals": "1"}))
    assert [one.name for one in aligned(asked, parse("/a/:id")[0])] == ["1", "id"]


def test_a_parameter_that_the_path_does_not_have_is_like_no_other() -> None:
    asked = (Condition("params", "idd", {"equals": "1"}),)
    assert aligned(asked, parse("/:id")[0]) != aligned(asked, parse("/a/:id")[0])


def test_a_path_is_filled_with_values_by_place() -> None:
    pattern = parse("/a/:id/v{x}.{y}/*rest")[0]
    values = {"1": "7", "2 /v{}.{} 1": "9", "3 rest": "b/c"}
    assert filled(pattern, ("a", "x", "v1.1", "x"), values) == ("a", "7", "v1.9", "b", "c")
    assert filled(pattern, ("a", "x", "v1.1", "x"), {}) == ("a", "x", "v1.1", "x")
