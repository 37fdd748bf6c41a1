"""`keymock sync`: returns when all that is on disk is served or refused."""

from __future__ import annotations

import pytest
from prompt import Shell

pytestmark = pytest.mark.live


def test_what_was_just_written_is_served(served: Shell) -> None:
    served("new", "/fresh", "200", "Hello", "--scope", "workspace")
    done = served("sync")
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("generation ")
    assert served.get("/fresh") == (200, b"Hello")


def test_what_was_refused_is_told(served: Shell) -> None:
    served.put("workspace/mocks/broken.toml", "[request\n")
    assert served("sync").out.startswith("workspace/mocks/broken.toml:1:")
    found = served("sync", "--json").json
    assert found["generation"] >= 1
    assert found["problems"][0]["path"] == "workspace/mocks/broken.toml"
