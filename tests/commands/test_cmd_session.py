"""`keymock session`: made, told, ended over a server that runs."""

from __future__ import annotations

import pytest
from prompt import Shell

pytestmark = pytest.mark.live


def test_a_session_from_its_beginning_to_its_end(served: Shell) -> None:
    override = served.put("override.json", '{"request": {"path": "/health"}, "response": {"status": 500}}')
    shown = served("session", "set", "ada", "--seed", "7", "--freeze-time", "2030-01-01T00:00:00Z").out
    assert shown == "ada  seed 7  0 requests  freeze time 2030-01-01T00:00:00+00:00\n"
    assert served("session", "override", "ada", str(override)).out == "override-always-0001\n"
    assert served.get("/health", **{"x-keymock-session": "ada"})[0] == 500
    assert served.get("/health")[0] == 200
    assert served.get("/helth", **{"x-keymock-session": "ada"})[0] == 404
    assert served("session", "ls").out.splitlines()[1].startswith("ada      2 requests")
    assert served("session", "show", "ada", "--json").json["overrides"] == ["override-always-0001"]
    ended = served("session", "end", "ada")
    assert (ended.code, "1 request found no mock:" in ended.out) == (1, True)
    assert served.get("/health", **{"x-keymock-session": "ada"})[0] == 200
    assert served("session", "reset", "ada").code == 0
    assert served("session", "end", "ada").code == 0
    assert served("session", "end", "a b").code == 2
    assert served("session", "set", "ada").code == 2
    assert served("session", "show").code == 2
