from __future__ import annotations

import pytest
from drawn_routes import route

from keymock.index import Address, Views
from keymock.index.views import prefix

PROJECTS = {
    "shop": Address(mount="/shop", host="shop.test", port=9001),
    "pay": Address(mount="/shop/pay"),
    "one": Address(),
    "two": Address(),
}
SPACES = ("projects/shop", "projects/pay", "projects/one", "projects/two", "private/ada", "workspace")
ROUTES = {one.id: one for one in (*(route("m", "/", space=each) for each in SPACES), route("off", "/", enabled=False))}


@pytest.mark.parametrize(
    ("host", "port", "project"),
    [
        ("shop.localhost", None, "shop"),
        ("shop.test", 80, "shop"),
        ("localhost", 9001, "shop"),
        ("127.0.0.1", 9002, ""),
        ("localhost", None, ""),
        ("unknown.localhost", None, ""),
        ("shop.example.com", None, ""),
    ],
)
def test_the_project_that_an_address_stands_for(host: str, port: int | None, project: str) -> None:
    assert Views(ROUTES, PROJECTS).project(host, port) == project
    assert Views(ROUTES, PROJECTS, "pay").project(host, port) == "pay"


def spaces(views: Views, project: str) -> list[tuple[str, list[str]]]:
    """What is tried: mount, and the spaces whose mocks are there."""
    return [
        ("/" + "/".join(mount), sorted(one.space for one in table.routes.values()))
        for mount, table in views.mounts(project)
    ]


def test_a_project_has_its_own_the_private_and_the_workspaces_mocks() -> None:
    assert spaces(Views(ROUTES, PROJECTS), "pay") == [("/", ["private/ada", "projects/pay", "workspace"])]


def test_the_bare_host_has_every_mount_the_longest_first() -> None:
    assert spaces(Views(ROUTES, PROJECTS), "") == [
        ("/shop/pay", ["private/ada", "projects/pay", "workspace"]),
        ("/shop", ["private/ada", "projects/shop", "workspace"]),
        ("/", ["private/ada", "projects/one", "projects/two", "workspace"]),
    ]


def test_projects_with_one_mount_share_a_table() -> None:
    both = {name: Address(mount="/api") for name in ("one", "two")}
    routes = {name: one for name, one in ROUTES.items() if "shop" not in name and "pay" not in name}
    assert spaces(Views(routes, both), "")[0] == ("/api", ["private/ada", "projects/one", "projects/two", "workspace"])


def test_an_edit_carries_over_the_tables_that_were_in_use() -> None:
    before = Views(ROUTES, PROJECTS)
    tables = dict(before.mounts(""))
    after = before.changed(["projects/shop/mocks/m"], [route("new", "/new", space="projects/shop")])
    for mount, table in after.mounts(""):
        assert (table is tables[mount]) == (mount != ("shop",))
    assert spaces(after, "shop") == spaces(before, "shop")
    assert sorted(after.routes) == sorted({*before.routes, "projects/shop/mocks/new"} - {"projects/shop/mocks/m"})


def test_a_mock_that_is_switched_off_leaves_and_comes_back() -> None:
    views = Views(ROUTES, PROJECTS)
    views.mounts("")
    off = views.changed(["workspace/mocks/m"], [route("m", "/", enabled=False)])
    assert spaces(off, "")[2] == ("/", ["private/ada", "projects/one", "projects/two"])
    assert spaces(off.changed(["workspace/mocks/m"], [route("m", "/")]), "") == spaces(views, "")


def test_views_are_warmed_by_those_before() -> None:
    before = Views(ROUTES, PROJECTS)
    before.mounts("")
    after = Views(ROUTES, {"shop": Address(mount="/moved")})
    after.warm(before)
    assert {mount for mount, _ in after.mounts("")} == {("moved",), ()}
    assert ("one", "two") not in after._tables


@pytest.mark.parametrize(
    ("mount", "segments"), [("/", ()), ("", ()), ("/shop", ("shop",)), ("shop/", ("shop",)), ("/a b/é", ("a b", "é"))]
)
def test_mounts_are_written_decoded(mount: str, segments: tuple[str, ...]) -> None:
    assert prefix(mount) == segments
