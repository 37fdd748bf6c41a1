"""Faults that need what this system has not."""

from __future__ import annotations

from pathlib import Path

from planting import catalog, mock

from keymock import checks

MOCKS = "workspace/mocks"
FILES = {
    f"{MOCKS}/reset.toml": mock('path = "/a"', response='fault = "reset"'),
    f"{MOCKS}/often.toml": mock('path = "/b"', response='fault = { kind = "empty", rate = 0.5 }'),
    f"{MOCKS}/cut.toml": mock('path = "/c"', response='fault = "truncated"'),
    f"{MOCKS}/none.toml": mock('path = "/d"', response='fault = "none"'),
    "keymock.toml": '[faults.flaky]\nkind = "garbage"\n[faults.slow]\ndelay = "1s"\n',
}


def test_they_are_told_where_connections_cannot_be_broken(tmp_path: Path) -> None:
    found = checks.run(catalog(tmp_path, FILES), breaks=False)
    assert [(each.path, each.code, each.severity) for each in found] == [
        ("keymock.toml", "fault-elsewhere", "warning"),
        (f"{MOCKS}/often.toml", "fault-elsewhere", "warning"),
        (f"{MOCKS}/reset.toml", "fault-elsewhere", "warning"),
    ]
    assert found[0].message.startswith("the fault `garbage` of the profile `flaky` needs the connection itself")


def test_and_not_where_they_can(tmp_path: Path) -> None:
    assert checks.run(catalog(tmp_path, FILES)) == ()
