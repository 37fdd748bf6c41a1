"""What names mean in a flow that has not run."""

from __future__ import annotations

import pytest
from stageplay import plot

from keymock.flows.foreseen import CAPTURED, ids, levels, scene_of

FLOW = """\
[variables]
a = 1
[[setup]]
id = "login"
url = "http://x"
capture.token = "$.token"
[[steps]]
id = "each"
url = "http://x"
for_each = { item = [1, 2] }
capture.token = { header = "X-Token", default = "" }
[[steps]]
id = "group"
parallel = [{ id = "one", url = "http://x", capture = { left = "$.l" } }, { id = "two", url = "http://x" }]
[[teardown]]
id = "out"
url = "http://x"
"""


def named(step: str = "") -> list[tuple[str, list[str], bool]]:
    return [(level.name, sorted(level.values), level.pending) for level in levels(plot(FLOW), step)]


OWN = ("flow", ["a"], False)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("login", []),
        ("each", [["item"], ["token"]]),
        ("2", [["item"], ["token"]]),
        ("group", [["token"], ["token"]]),
        ("two", [["token"], ["token"]]),
        ("out", [["left"], ["token"], ["token"]]),
        ("", [["left"], ["token"], ["token"]]),
    ],
)
def test_a_step_reads_what_those_before_it_capture_the_last_of_them_first(step: str, expected: list[list[str]]) -> None:
    assert named(step) == [*((CAPTURED, names, True) for names in expected), OWN]


def test_the_place_of_a_value_is_where_it_is_captured() -> None:
    (first, second, own) = levels(plot(FLOW), "group")
    assert (first.place("token"), first.values) == (
        "projects/shop/flows/main.toml:11", {"token": {"header": "X-Token", "default": ""}},
    )  # fmt: skip
    assert (second.place("token"), own.place("a")) == (
        "projects/shop/flows/main.toml:6",
        "projects/shop/flows/main.toml:2",
    )


def test_values_to_try_go_first_and_a_row_goes_before_the_flow() -> None:
    made = levels(plot(FLOW), "login", {"token": "t"}, {"a": "2"})
    assert [(level.values, level.pending, level.literal) for level in made] == [
        ({"token": "t"}, False, True), ({"a": "2"}, False, True), ({"a": 1}, False, False),
    ]  # fmt: skip


def test_steps_by_id_and_by_number() -> None:
    made = plot(FLOW)
    assert ids(made) == ["login", "each", "group", "one", "two", "out"]
    assert (scene_of(made, "one").id, scene_of(made, "1").id, scene_of(made, "6").id) == ("one", "login", "out")
    for wrong in ("0", "7", "nobody"):
        with pytest.raises(KeyError):
            scene_of(made, wrong)
