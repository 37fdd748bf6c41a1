"""Levels out of TOML text, as environments are."""

from __future__ import annotations

from typing import Any

from keymock import document
from keymock.variables import Level, Outside


def level(text: str, path: str = "environments/local.toml", name: str = "workspace environment local") -> Level:
    """The level that an environment file is."""
    parsed = document.parse(text.encode(), path, dict[str, Any])
    assert parsed.value is not None, parsed.problems
    return Level(name, parsed.value, parsed)


def outside(**given: Any) -> Outside:
    """A world with one process variable, one secret, and a mock of the shop."""
    known: dict[str, Any] = {
        "now": 1780315200.0,
        "env": {"REGION": "eu"},
        "secret": {"PASSWORD": "hunter22"}.get,
        "target_url": lambda project: f"http://{project or 'shop'}.localhost",
    }
    return Outside(**{**known, **given})
