from __future__ import annotations

from pathlib import Path

from planting import codes, found, mock

USERS = mock('path = "/users/:id"\nquery.q = "1"')
SAME = mock('path = "/users/{n}"\nquery.q = "1"')


def test_the_project_answers_before_the_workspace(tmp_path: Path) -> None:
    [problem] = found(tmp_path, {
        "workspace/mocks/users.toml": USERS,
        "projects/shop/project.toml": 'mount = "/shop"',
        "projects/shop/mocks/users.toml": SAME,
    })  # fmt: skip
    assert (problem.code, problem.severity, problem.path) == (
        "duplicate-route",
        "warning",
        "workspace/mocks/users.toml",
    )
    assert "is also in projects/shop/mocks/users.toml:2, which answers in the project `shop`" in problem.message


def test_one_route_that_nothing_but_its_double_answers_is_told_of_once(tmp_path: Path) -> None:
    files = {"workspace/mocks/users.toml": USERS, "projects/shop/mocks/users.toml": SAME}
    assert codes(tmp_path, files) == ["duplicate-route"]


def test_a_mock_of_ones_own_is_told_of_overlays(tmp_path: Path) -> None:
    files = {"workspace/mocks/users.toml": USERS, "private/ada/mocks/mine.toml": SAME}
    [problem] = found(tmp_path, files, "ada")
    assert problem.code == "duplicate-route"
    assert "lay private/ada/workspace/mocks/users.toml over it" in problem.hint


def test_an_overlay_is_none(tmp_path: Path) -> None:
    files = {"workspace/mocks/users.toml": USERS, "private/ada/workspace/mocks/users.toml": "[response]\nstatus = 201"}
    assert codes(tmp_path, files, "ada") == []


def test_other_conditions_make_another_route(tmp_path: Path) -> None:
    files = {
        "workspace/mocks/users.toml": USERS,
        "projects/shop/mocks/users.toml": mock('path = "/users/:id"\nquery.q = "2"'),
    }
    assert codes(tmp_path, files) == []


def test_projects_with_one_route_each_have_addresses_of_their_own(tmp_path: Path) -> None:
    files = {f"projects/{name}/mocks/a.toml": USERS for name in ("pay", "shop")}
    files |= {f"projects/{name}/project.toml": f'mount = "/{name}"' for name in ("pay", "shop")}
    assert codes(tmp_path, files) == []
