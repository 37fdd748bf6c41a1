from __future__ import annotations

from pathlib import Path

import pytest
from planting import catalog, mock

from keymock import checks
from keymock.checks.served import Served, shared_methods

FILES = {
    "projects/bare/mocks/m.toml": mock('path = "/a"'),
    "projects/shop/mocks/m.toml": mock('path = "/b"'),
    "projects/away/mocks/m.toml": mock('path = "/c"\nmethod = "*"'),
    "projects/away/project.toml": 'mount = "/away"',
    "workspace/mocks/m.toml": mock('path = "/d"\nmethod = ["PUT", "GET"]'),
    "workspace/mocks/off.toml": mock('path = "/d"', "enabled = false"),
    "private/ada/mocks/m.toml": mock('path = "/e"'),
}


@pytest.mark.parametrize(
    ("one", "other", "meeting"),
    [
        ("workspace", "projects/shop", "view"),
        ("workspace", "private/ada", "view"),
        ("projects/shop", "projects/shop", "view"),
        ("projects/bare", "projects/shop", "mount"),
        ("projects/away", "projects/shop", ""),
    ],
)
def test_which_mocks_one_request_can_reach(tmp_path: Path, one: str, other: str, meeting: str) -> None:
    loaded = catalog(tmp_path, FILES, "ada")
    served = Served.of(loaded.routes.values(), loaded.addresses)
    by_id = {route.id: route for route in served.routes}
    assert "workspace/mocks/off" not in by_id
    assert served.meeting(by_id[f"{one}/mocks/m"], by_id[f"{other}/mocks/m"]) == meeting


def test_the_methods_that_two_mocks_share(tmp_path: Path) -> None:
    routes = catalog(tmp_path, FILES).routes
    every, some, get = (routes[f"{space}/mocks/m"] for space in ("projects/away", "workspace", "projects/shop"))
    assert shared_methods(every, every) == ["*"]
    assert shared_methods(every, some) == shared_methods(some, every) == ["PUT", "GET"]
    assert shared_methods(some, get) == ["GET"]


def test_only_what_the_reader_may_see_is_named(tmp_path: Path) -> None:
    loaded = catalog(
        tmp_path, {"workspace/mocks/a.toml": mock('path = "/a"'), "workspace/mocks/b.toml": mock('path = "/a"')}
    )
    assert [problem.code for problem in checks.run(loaded)] == ["ambiguous"]
    assert checks.run(loaded, [loaded.routes["workspace/mocks/b"]]) == ()
