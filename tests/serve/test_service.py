"""The live state of a worker: what a change on disk makes of the addresses."""

from __future__ import annotations

import itertools
from pathlib import Path

from tree_answers import mock, plant

from keymock.serve.service import Options, Service

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
