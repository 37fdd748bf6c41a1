"""Whoever can open a pull request can write a template: none of them stops the process or fills the memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("resource", reason="the limit is set as Unix sets it")

from hostile import HOSTILE

SECONDS = 8.0
"""Of processor time, for three renderings; the slowest takes a fifth of it on a busy machine."""


def test_hostile_templates_are_bounded() -> None:
    """Within 512 MiB of address space and a few seconds each ends, either filled in or with one sentence."""
    ended = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("hostile.py"))],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    told = {name: (how, seconds) for name, how, seconds in map(json.loads, ended.stdout.splitlines())}
    died = next((name for name in HOSTILE if name not in told), None)
    assert died is None, f"the process ended at {died}: {ended.stderr[-2000:]}"
    for name, (how, seconds) in told.items():
        assert all(one.startswith("refused: ") or one.endswith(" characters") for one in how), name
        assert seconds < SECONDS, name
