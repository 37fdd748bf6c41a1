"""Presets of a tree: what they switch, what they extend, and what is told of those that name what is not there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from tree_answers import load, mock, plant

from keymock.index.switch import Pinned
from keymock.toggles import Preset

CART = 'select = "rules"\n[request]\npath = "/cart"\n[[responses]]\nname = "full"\n[[responses]]\nname = "empty"\n'
SHOP = {
    "keymock.toml": '[faults.flaky]\nrate = 0.5\nkind = "reset"\n',
    "projects/shop/mocks/cart/get.toml": CART,
    "projects/shop/mocks/pay.toml": mock("/pay"),
    "projects/shop/mocks/me.GET.json": "{}",
    "projects/shop/mocks/me.GET.401.json": "{}",
    "workspace/mocks/health.toml": mock("/health"),
}
GET, PAY, ME, HEALTH = (
    "projects/shop/mocks/cart/get", "projects/shop/mocks/pay", "projects/shop/mocks/me.GET", "workspace/mocks/health",
)  # fmt: skip


def presets(root: Path, files: Mapping[str, str], actor: str | None = None) -> Mapping[str, Preset]:
    compiled = load(plant(root, {**SHOP, **files}), actor).presets
    assert compiled.problems == ()
    return compiled.presets


def told(root: Path, text: str, name: str = "projects/shop/presets/a.toml") -> list[tuple[str, int, str, str]]:
    catalog = load(plant(root, {**SHOP, name: text}))
    return [(problem.code, problem.line, problem.message, problem.hint) for problem in catalog.problems]


def test_a_mock_is_named_by_the_end_of_its_id_and_pinned_or_off(tmp_path: Path) -> None:
    text = '[use]\n"cart/get" = "empty"\npay = "off"\n"me.GET" = 401\n'
    found = presets(tmp_path, {"projects/shop/presets/deep/down.toml": text})
    assert found == {"projects/shop/presets/deep/down": Preset({GET: Pinned("empty"), PAY: "off", ME: Pinned(401)}, {})}


def test_a_preset_starts_from_the_one_it_extends(tmp_path: Path) -> None:
    found = presets(tmp_path, {
        "workspace/presets/calm.toml": 'faults = "flaky"\n[use]\nhealth = "off"\n',
        "projects/shop/presets/one.toml": 'extends = "calm"\n[use]\npay = "off"\nget = "full"\n',
        "projects/shop/presets/two.toml": 'extends = "one"\nfaults = "flaky"\n[use]\nget = "empty"\n',
    })  # fmt: skip
    assert found["projects/shop/presets/two"] == Preset(
        {HEALTH: "off", PAY: "off", GET: Pinned("empty")}, {"": "flaky", "projects/shop": "flaky"}
    )


def test_one_of_the_workspace_may_name_mocks_of_projects(tmp_path: Path) -> None:
    found = presets(tmp_path, {"workspace/presets/a.toml": f'[use]\n"{PAY}" = "off"\n"cart/get" = "off"\n'})
    assert found["workspace/presets/a"].switches == {PAY: "off", GET: "off"}


def test_an_overlay_says_its_own(tmp_path: Path) -> None:
    files = {
        "projects/shop/presets/a.toml": 'faults = "flaky"\n[use]\npay = "off"\nget = "full"\n',
        "private/ada/projects/shop/presets/a.toml": '[use]\nget = "empty"\n',
    }
    assert presets(tmp_path, files, "ada")["projects/shop/presets/a"] == Preset(
        {PAY: "off", GET: Pinned("empty")}, {"projects/shop": "flaky"}
    )
    assert presets(tmp_path, files, "bob")["projects/shop/presets/a"].switches[GET] == Pinned("full")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[use]\n"cart/gte" = "empty"\n',
         ("no-such-mock", 2, "there is no mock `cart/gte`", "did you mean `cart/get`?")),
        ('[use]\nhealth = "off"\n', ("no-such-mock", 2, "there is no mock `health`", "")),
        ('[use]\n"cart/get" = "emtpy"\n',
         ("no-such-answer", 2, f"{GET} has no answer `emtpy`", "did you mean `empty`?")),
        ('[use]\n"me.GET" = 500\n', ("no-such-answer", 2, f"{ME} has no answer `500`", "it has `200`, `401`")),
        ('extends = "b"\n', ("no-such-preset", 1, "there is no preset `b` in projects/shop or workspace", "")),
        ('extends = "a"\n', ("preset-cycle", 1, "presets extend each other in a circle: a → a", "")),
        ('faults = "flakey"\n',
         ("no-such-profile", 1, "there is no fault profile `flakey` in keymock.toml", "did you mean `flaky`?")),
    ],
)  # fmt: skip
def test_what_is_not_there_is_told_at_its_line(tmp_path: Path, text: str, problem: tuple[str, int, str, str]) -> None:
    assert told(tmp_path, text) == [problem]


def test_a_longer_circle_is_told_once_and_the_rest_holds(tmp_path: Path) -> None:
    catalog = load(plant(tmp_path, {
        **SHOP,
        "workspace/presets/a.toml": 'extends = "b"\n[use]\nhealth = "off"\n',
        "workspace/presets/b.toml": 'extends = "a"\n',
    }))  # fmt: skip
    assert [problem.message for problem in catalog.problems] == ["presets extend each other in a circle: a → b → a"]
    assert catalog.presets.presets["workspace/presets/a"].switches == {HEALTH: "off"}


def test_a_broken_preset_keeps_its_last_good_version(tmp_path: Path) -> None:
    name = "projects/shop/presets/a.toml"
    before = load(plant(tmp_path, {**SHOP, name: '[use]\npay = "off"\n'}))
    plant(tmp_path, {name: "[use\n"})
    after = load(tmp_path, before=before)
    assert [problem.code for problem in after.problems] == ["toml-syntax"]
    assert after.presets.presets == before.presets.presets


def test_a_mock_that_lost_an_answer_is_told_of_in_the_preset(tmp_path: Path) -> None:
    before = load(plant(tmp_path, {**SHOP, "projects/shop/presets/a.toml": '[use]\n"cart/get" = "empty"\n'}))
    plant(tmp_path, {"projects/shop/mocks/cart/get.toml": CART.replace("empty", "bare")})
    assert [problem.code for problem in load(tmp_path, before=before).problems] == ["no-such-answer"]
