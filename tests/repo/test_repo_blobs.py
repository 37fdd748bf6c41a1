"""The content of many files at once."""

from __future__ import annotations

import pytest
from clone import Clone, needs_git

from keymock.problems import Stop
from keymock.repo import Glass
from keymock.repo.blobs import contents

pytestmark = needs_git


def test_contents_by_id(clone: Clone, glass: Glass) -> None:
    clone.put("binary", b"\0\n\xff\n")
    clone.put("long", b"x" * 100_000)
    clone.commit("more")
    ids = [clone.git("rev-parse", f"HEAD:{file}") for file in ("binary", "keymock.toml", "long", "binary")]
    assert list(contents(glass, ids).items()) == [(ids[0], b"\0\n\xff\n"), (ids[1], b""), (ids[2], b"x" * 100_000)]


def test_nothing_asked_nothing_started(glass: Glass) -> None:
    assert contents(glass, []) == {}


def test_an_object_that_is_missing(glass: Glass) -> None:
    with pytest.raises(Stop) as stop:
        contents(glass, ["0" * 39 + "1"])
    assert "is not in this clone" in stop.value.problems[0].message
