"""Recordings in settings that no mock draws from."""

from __future__ import annotations

from pathlib import Path

from planting import codes, found, mock
from recorded import waits

DAY = {"workspace/data/day.har": waits(("GET", "/orders/1", 10))}
DRAWN = 'delay = { recorded = "day.har" }'


def test_defaults_above_no_such_mock(tmp_path: Path) -> None:
    files = {**DAY, "workspace/mocks/a.toml": mock('path = "/a"'), "keymock.toml": f"[defaults]\n{DRAWN}\n"}
    (problem,) = found(tmp_path, files)
    assert (problem.path, problem.code, problem.severity) == ("keymock.toml", "nothing-recorded", "warning")
    assert problem.message.startswith("`defaults.delay`: workspace/data/day.har has no exchange of any mock beneath")


def test_one_is_enough(tmp_path: Path) -> None:
    files = {
        **DAY,
        "workspace/mocks/a.toml": mock('path = "/a"'),
        "workspace/mocks/b.toml": mock('path = "/orders/:id"'),
        "workspace/mocks/_defaults.toml": f"[response]\n{DRAWN}\n",
    }
    assert codes(tmp_path, files) == []


def test_profiles_look_at_the_mocks_that_they_are_for(tmp_path: Path) -> None:
    files = {
        **DAY,
        "workspace/mocks/a.toml": mock('path = "/a"'),
        "workspace/mocks/orders/b.toml": mock('path = "/orders/:id"'),
        "keymock.toml": f'[faults.good]\n{DRAWN}\n[faults.none]\non = ["workspace/mocks/a"]\n{DRAWN}\n',
    }
    assert [problem.message[:20] for problem in found(tmp_path, files)] == ["`faults.none.delay`:"]


def test_without_a_recording_nothing_is_looked_at(tmp_path: Path) -> None:
    assert codes(tmp_path, {"workspace/mocks/a.toml": mock('path = "/a"')}) == []
