"""Toggles and presets: which word counts, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tree_answers import load, mock, plant

from keymock.exchange import Malformed
from keymock.index import Route
from keymock.index.switch import Pinned, Switch
from keymock.toggles import NOTHING, Known, Preset, Toggles, by_name, checked, in_force

PRESETS = {
    "down": Preset({"m": Pinned(503), "n": "off"}, {"projects/shop": "flaky"}),
    "calm": Preset({"m": Pinned("ok")}, {"": "slow"}),
}


@pytest.mark.parametrize(
    ("levels", "asked", "switches"),
    [
        ([Toggles()], "", {}),
        ([Toggles(mocks={"m": "off"})], "", {"m": "off"}),
        ([Toggles(preset="down")], "", {"m": Pinned(503), "n": "off"}),
        ([Toggles(preset="down", mocks={"m": "off"})], "", {"m": "off", "n": "off"}),
        ([Toggles(preset="down", mocks={"m": "off"})], "calm", {"m": Pinned("ok")}),
        ([Toggles(preset="down")], "none", {}),
        ([Toggles(preset="down"), Toggles(preset="none")], "", {}),
        ([Toggles(preset="down", mocks={"m": "off"}), Toggles(preset="calm")], "", {"m": Pinned("ok")}),
        ([Toggles(preset="down"), Toggles(mocks={"m": "off"})], "", {"m": "off", "n": "off"}),
        ([Toggles(preset="gone")], "", {}),
    ],
)
def test_one_preset_is_on_and_the_nearest_word_counts(
    levels: list[Toggles], asked: str, switches: dict[str, Switch]
) -> None:
    assert dict(in_force(levels, PRESETS, asked).switches) == switches


def test_a_preset_brings_its_fault_profiles() -> None:
    assert in_force([Toggles(preset="down")], PRESETS).profile("projects/shop") == "flaky"
    assert in_force([Toggles(preset="down")], PRESETS).profile("workspace") == ""
    assert in_force([Toggles(preset="down")], PRESETS, "calm").profile("workspace") == "slow"
    assert in_force([Toggles()], PRESETS) is NOTHING


def test_presets_of_one_name_say_each_of_their_own_space() -> None:
    found = by_name([
        ("private/ada/presets/a", Preset({"x": "off"})),
        ("projects/shop/presets/a", Preset({"x": Pinned(1), "y": "off"}, {"projects/shop": "flaky"})),
        ("workspace/presets/deep/b", Preset()),
    ])  # fmt: skip
    assert found == {"a": Preset({"x": "off", "y": "off"}, {"projects/shop": "flaky"}), "deep/b": Preset()}


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Route]:
    text = '[request]\npath = "/cart"\n[[responses]]\nname = "full"\n[[responses]]\nname = "empty"\nstatus = 204\n'
    root = tmp_path_factory.mktemp("tree")
    files = {"workspace/mocks/cart/get.toml": text, "workspace/mocks/user/get.toml": mock("/user")}
    return load(plant(root, files)).routes


CART = "workspace/mocks/cart/get"


@pytest.mark.parametrize(
    ("wanted", "code", "detail"),
    [
        (Toggles(preset="dwon"), "no-such-preset", "there is no preset `dwon`: did you mean `down`?"),
        (Toggles(mocks={"cart/gte": "off"}), "no-such-mock", "there is no mock `cart/gte`: did you mean `cart/get`?"),
        (Toggles(mocks={"get": "off"}), "ambiguous-name", f"`get` is ambiguous: {CART}, workspace/mocks/user/get"),
        (Toggles(mocks={"cart/get": Pinned("emtpy")}), "no-such-answer",
         f"{CART} has no answer `emtpy`: did you mean `empty`?"),
        (Toggles(mocks={"cart/get": Pinned(500)}), "no-such-answer",
         f"{CART} has no answer `500`: it has `full`, `empty`"),
    ],
)  # fmt: skip
def test_a_name_that_means_nothing_is_refused(
    routes: dict[str, Route], wanted: Toggles, code: str, detail: str
) -> None:
    with pytest.raises(Malformed) as refused:
        checked(wanted, Toggles(), Known(routes, PRESETS))
    assert (refused.value.code, refused.value.detail) == (code, detail)


def test_mocks_are_known_by_their_full_ids_then(routes: dict[str, Route]) -> None:
    wanted = Toggles(mocks={"cart/get": Pinned("204"), "user/get": "off"}, preset="none")
    assert checked(wanted, Toggles(), Known(routes, PRESETS)).mocks == {
        CART: Pinned("204"),
        "workspace/mocks/user/get": "off",
    }


def test_what_was_switched_before_may_have_gone(routes: dict[str, Route]) -> None:
    before = Toggles(mocks={"workspace/mocks/gone": "off"}, preset="gone")
    assert checked(before, before, Known(routes, PRESETS)) == before
