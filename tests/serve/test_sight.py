"""What somebody sees of a tree, may not use, and is answered by."""

from __future__ import annotations

from pathlib import Path

import pytest
from tree_answers import load, mock, plant

from keymock.index import Route
from keymock.serve.options import Options
from keymock.serve.sight import Sight, sight

ADA, BOB = "ada@example.com", "bob@example.com"
ROLES = f"""
* viewer:{BOB} user:{ADA}
/projects/hidden/ admin:ops@example.com
/workspace/mocks/open/ user:anyone
"""
SHOP = 'base_path = "/v1"\nmount = "/shop"\n[upstream]\nurls.live = "https://shop.example.com"\n'
FLOW = '[[steps]]\nrequest = { method = "GET", url = "http://localhost/a" }\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return plant(tmp_path, {
        "ROLES": ROLES,
        "keymock.toml": 'roles = "full"\nallow_env = ["CITY"]\n',
        "workspace/mocks/open/a.toml": mock("/a"),
        "workspace/mocks/b.toml": mock("/b"),
        "workspace/presets/calm.toml": '[use]\n"b.GET" = "off"\n',
        "workspace/flows/buy.toml": FLOW,
        "projects/shop/project.toml": SHOP,
        "projects/shop/mocks/c.toml": mock("/c"),
        "projects/hidden/project.toml": 'mount = "/hidden"',
        "projects/hidden/mocks/d.toml": mock("/d"),
    })  # fmt: skip


def of(root: Path, actor: str | None, **more: object) -> Sight:
    options = Options(workspace=str(root), actor=actor, env={"CITY": "Bern", "HOME": "/"}, **more)  # type: ignore[arg-type]
    return sight(load(root, actor), options)


def known(root: Path, actor: str | None, name: str) -> Route:
    return load(root, actor).routes[name]


@pytest.mark.parametrize(
    ("actor", "seen", "refused"),
    [
        (ADA, ["projects/shop/mocks/c", "workspace/mocks/b", "workspace/mocks/open/a"], []),
        (BOB, ["projects/shop/mocks/c", "workspace/mocks/b", "workspace/mocks/open/a"],
         ["projects/shop/mocks/c", "workspace/mocks/b"]),
        (None, ["workspace/mocks/open/a"], []),
    ],
)  # fmt: skip
def test_what_is_seen_and_what_of_that_may_not_be_used(
    root: Path, actor: str | None, seen: list[str], refused: list[str]
) -> None:
    here = of(root, actor)
    views, refusals = here.whole()
    assert sorted(views.routes) == seen
    assert sorted(refusals) == refused
    for name in seen:  # by the whole, and one by one
        route = known(root, actor, name)
        assert here.sees(route)
        assert (here.refusal(route) is not None) is (name in refused)
    assert not here.sees(known(root, actor, "projects/hidden/mocks/d"))


def test_a_refusal_says_who_can(root: Path) -> None:
    why = of(root, BOB).refusal(known(root, BOB, "workspace/mocks/b"))
    assert why is not None
    assert ADA in why.who


def test_a_mount_betrays_no_project_that_is_not_seen(root: Path) -> None:
    assert sorted(of(root, ADA).whole()[0].projects) == ["shop"]
    assert sorted(of(root, "ops@example.com").whole()[0].projects) == ["hidden"]


def test_presets_flows_and_real_apis_are_those_that_may_be_used(root: Path) -> None:
    ada, bob = of(root, ADA), of(root, BOB)
    assert (list(ada.presets()), list(ada.flows()), list(ada.upstreams())) == (
        ["calm"], ["workspace/flows/buy"], ["shop"],
    )  # fmt: skip
    assert (list(bob.presets()), list(bob.flows()), list(bob.upstreams())) == ([], [], [])


def test_the_world_that_this_makes(root: Path) -> None:
    here = of(root, BOB)
    views, refused = here.whole()
    world = here.world(views, refused, 7, 1_700_000_000.0)
    assert (world.generation, world.views, world.refused, world.closed) == (7, views, refused, "")
    assert world.env == {"CITY": "Bern"}


def test_where_roles_cannot_be_read_the_world_is_closed(root: Path) -> None:
    (root / "ROLES").write_text("/x nonsense:ada\n")
    here = of(root, ADA)
    assert "ROLES cannot be read" in here.world(*here.whole(), 1, 0.0).closed
