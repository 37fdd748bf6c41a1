"""Fault profiles that are for nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from planting import found, mock

MOCKS = {
    "projects/shop/mocks/pay/card.toml": mock('path = "/card"'),
    "projects/shop/mocks/off.toml": mock('path = "/off"', "enabled = false"),
}


def profile(on: str) -> dict[str, str]:
    return {**MOCKS, "keymock.toml": f"[faults.flaky]\non = {on}\nstatus = 503\n"}


@pytest.mark.parametrize(
    ("on", "hint"),
    [
        ('["shop/**"]', "did you mean `projects/shop/**`?"),
        ('["projects/shp/**"]', "did you mean `projects/shop/**`?"),
        ('["pay/card"]', "did you mean `projects/shop/mocks/pay/card`?"),
        ('["/zzz"]', "a pattern is like projects/shop/** or workspace/mocks/orders/*"),
    ],
)
def test_a_pattern_that_is_nobodys(tmp_path: Path, on: str, hint: str) -> None:
    (problem,) = found(tmp_path, profile(on))
    assert (problem.path, problem.code, problem.severity) == ("keymock.toml", "covers-nothing", "warning")
    assert problem.message.endswith("of the fault profile `flaky` is no mock's name")
    assert problem.hint == hint


@pytest.mark.parametrize("on", ['["projects/shop/**"]', '["**/card"]', '["**/off"]', '["projects/shop/"]', '["**"]'])
def test_and_one_that_is_somebodys(tmp_path: Path, on: str) -> None:
    assert found(tmp_path, profile(on)) == ()
