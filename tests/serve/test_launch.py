"""A server for a block. `tests/test_testing.py` asks one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from keymock.problems import Stop
from keymock.serve.beside import alive
from keymock.serve.launch import launched
from keymock.serve.runfiles import read_ready


@pytest.mark.live
def test_it_serves_for_the_block(tmp_path: Path) -> None:
    (tmp_path / "keymock.toml").write_text("")
    with launched(tmp_path, ["--seed=7"], os.environ) as (ready, file):
        assert read_ready(file) == ready
        assert (ready.workspace, alive(ready.pid)) == (str(tmp_path), True)
    assert not alive(ready.pid)


@pytest.mark.live
def test_one_that_does_not_serve_says_why(tmp_path: Path) -> None:
    with pytest.raises(Stop) as caught, launched(tmp_path / "nowhere", [], os.environ):
        pass
    assert "nowhere is no folder" in caught.value.problems[0].message
