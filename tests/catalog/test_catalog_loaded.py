from __future__ import annotations

from pathlib import Path

from tree_answers import load, mock, plant

from keymock.catalog import scene_of
from keymock.catalog.loaded import is_special
from keymock.index import Address

TREE = {
    "projects/pay/project.toml": 'mount = "/pay"\nhost = "Pay.Local"\nport = 9001\n'
    '[upstream]\ndefault = "staging"\nurls = { staging = "https://s.example/", live = "https://l.example" }\n',
    "projects/pay/mocks/m.toml": mock("/m"),
    "projects/plain/mocks/off.toml": "enabled = false\n" + mock("/off"),
    "workspace/mocks/broken.toml": "nonsense",
    "workspace/mocks/users/{id}.GET.404.json": "{}",
    "workspace/mocks/b.toml": mock("/b"),
    "workspace/mocks/b.body.txt": "text",
    "private/ada/workspace/mocks/b.toml": "[response]\nstatus = 201\n",
}  # fmt: skip


def test_where_each_project_answers(tmp_path: Path) -> None:
    catalog = load(plant(tmp_path, TREE))
    assert catalog.addresses == {"pay": Address("/pay", "pay.local", 9001), "plain": Address()}


def test_the_real_api_of_a_project_at_the_address_of_an_environment(tmp_path: Path) -> None:
    catalog = load(plant(tmp_path, TREE))
    usual, live = catalog.upstreams()["pay"], catalog.upstreams("live")["pay"]
    assert (usual.url, live.url) == ("https://s.example", "https://l.example")
    assert usual.place == "projects/pay/project.toml:6"
    assert "plain" not in catalog.upstreams()


def test_disabled_mocks_are_routes_and_broken_ones_are_problems(tmp_path: Path) -> None:
    catalog = load(plant(tmp_path, TREE))
    assert "projects/plain/mocks/off" in catalog.routes
    assert "workspace/mocks/broken" in catalog.units.keys() - catalog.routes.keys()
    assert {problem.path for problem in catalog.problems} == {"workspace/mocks/broken.toml"}


def test_the_scene_names_what_every_load_has_to_look_at(tmp_path: Path) -> None:
    catalog = load(plant(tmp_path, TREE), "ada")
    scene = scene_of(catalog, "ada")
    assert (scene.actor, scene.owner) == ("ada", "ada")
    assert set(scene.special) == {
        "projects/pay/project.toml", "workspace/mocks/users/{id}.GET.404.json", "private/ada/workspace/mocks/b.toml",
    }  # fmt: skip
    assert {file for file, item in catalog.items.items() if is_special(item)} == set(scene.special)
    assert scene.overlays == {"workspace/mocks/b": "private/ada/workspace/mocks/b.toml"}
    assert scene.others == ("workspace/mocks/users/{id}.GET",)
