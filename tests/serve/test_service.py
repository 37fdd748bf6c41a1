"""The live state of a worker: what a change on disk makes of the addresses."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tree_answers import mock, plant

from keymock.catalog import Catalog
from keymock.exchange import Malformed
from keymock.serve.gitlock import GitState
from keymock.serve.options import Options
from keymock.serve.service import MOST_SECRETS, Service
from keymock.workspace import Workspace

ROLES = "* admin:ops@example.com\n/projects/ajar/mocks/open/ user:anyone\n"


def test_a_hidden_project_has_an_address_while_a_mock_of_it_may_be_seen(tmp_path: Path) -> None:
    plant(tmp_path, {
        "ROLES": ROLES,
        "projects/ajar/project.toml": 'mount = "/ajar"',
        "projects/ajar/mocks/shut/a.toml": mock("/a"),
    })  # fmt: skip
    service = Service(Options(workspace=str(tmp_path)), itertools.count().__next__)
    assert list(service.world.views.projects) == []
    plant(tmp_path, {"projects/ajar/mocks/open/b.toml": mock("/b")})
    assert service.rescan()
    assert list(service.world.views.projects) == ["ajar"]
    (tmp_path / "projects/ajar/mocks/open/b.toml").unlink()
    assert service.rescan()
    assert list(service.world.views.projects) == []


class Interrupted:
    """A tree in whose listings something happens, each time another thing."""

    def __init__(self, root: Path, deeds: list[Callable[[], None]]) -> None:
        self.workspace = Workspace(root, None)
        self.deeds = deeds

    def load(self, *given: Any, **more: Any) -> Catalog:
        loaded = self.workspace.load(*given, **more)
        if self.deeds:
            self.deeds.pop(0)()
        return loaded


def test_secrets_are_hidden_up_to_a_bound_and_none_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / "keymock.toml").write_text("")
    service = Service(Options(workspace=str(tmp_path)), time.time_ns)
    assert service.hide(f"secret-{number}" for number in range(MOST_SECRETS)) == MOST_SECRETS
    assert service.hide(["secret-0"]) == MOST_SECRETS
    with pytest.raises(Malformed, match="hidden already"):
        service.hide(["one-more"])
    assert service.mask.text("secret-0 one-more") == "••• one-more"


def two_branches(root: Path) -> tuple[Service, list[GitState], list[Callable[[], None]]]:
    """A service in the middle of a checkout: one of two files is on the new branch, and git ends after the listing."""
    plant(root, {"workspace/mocks/a.toml": mock("/a", response='body = "old"'),
                 "workspace/mocks/b.toml": mock("/b", response='body = "old"')})  # fmt: skip
    git = [GitState(False, (1, 1))]
    deeds: list[Callable[[], None]] = []
    service = Service(Options(workspace=str(root)), time.time_ns, Interrupted(root, deeds))
    service.git_state = lambda: git[0]
    plant(root, {"workspace/mocks/a.toml": mock("/a", response='body = "newer"')})
    git[0] = GitState(True, (1, 1))

    def git_ends() -> None:
        plant(root, {"workspace/mocks/b.toml": mock("/b", response='body = "newer"')})
        git[0] = GitState(False, (2, 2))

    deeds.append(git_ends)
    return service, git, deeds


def test_a_checkout_that_ends_while_the_tree_is_read_is_one_change(tmp_path: Path) -> None:
    service, _, _ = two_branches(tmp_path)
    assert service.rescan()
    assert service.world.generation == 2
    assert not service.rescan()
    assert {route.answers[0].body for route in service.catalog.routes.values()} == {b"newer"}


def test_a_checkout_that_begins_and_ends_while_the_tree_is_read_is_one_change(tmp_path: Path) -> None:
    service, git, _ = two_branches(tmp_path)
    git[0] = GitState(False, (1, 1))
    asyncio.run(service.settle())
    assert service.world.generation == 2
    assert {route.answers[0].body for route in service.catalog.routes.values()} == {b"newer"}


def test_git_that_never_rests_does_not_keep_edits_from_being_served(tmp_path: Path) -> None:
    service, git, deeds = two_branches(tmp_path)
    deeds.clear()
    assert git[0].held
    assert service.rescan()
    assert service.world.generation == 2


def test_a_file_written_while_the_tree_is_read_is_waited_for_however_long_that_takes(tmp_path: Path) -> None:
    """What counts is when the looking began: at its end, a file listed half written may be old."""
    root = tmp_path
    plant(root, {"workspace/mocks/a.toml": mock("/a", response='body = "old"')})
    now = [time.time_ns()]
    deeds: list[Callable[[], None]] = []
    service = Service(Options(workspace=str(root)), lambda: now[0], Interrupted(root, deeds))
    plant(root, {"workspace/mocks/a.toml": mock("/a", response='body = "half"')})
    now[0] = time.time_ns()

    def a_slow_look() -> None:
        plant(root, {"workspace/mocks/a.toml": mock("/a", response='body = "whole"')})
        now[0] += 10**9

    deeds.append(a_slow_look)
    asyncio.run(service.settle())
    assert (service.world.generation, service.catalog.routes["workspace/mocks/a"].answers[0].body) == (2, b"whole")
