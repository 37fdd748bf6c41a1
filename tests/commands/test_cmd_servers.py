"""The running server that a command talks to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from prompt import Shell

pytestmark = pytest.mark.live


def test_the_only_one_is_found(served: Shell, tmp_path: Path) -> None:
    assert served("sync").code == 0
    assert served("sync", at=served.folder / "projects").code == 0
    ready = tmp_path / "ready.json"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert served("sync", "--server", "../ready.json", at=elsewhere).code == 0
    assert served("sync", at=elsewhere, KEYMOCK_SERVER=str(ready)).code == 0
    facts = served.ready
    assert served("sync", "--server", facts["control"]).code == 0
    named = {"KEYMOCK_SERVER": facts["control"], "KEYMOCK_TOKEN": facts["token"]}
    assert served("sync", at=elsewhere, **named).code == 0
    done = served("sync", at=elsewhere, **{**named, "KEYMOCK_TOKEN": "wrong"})
    assert (done.code, "[wrong-token]" in done.err) == (2, True)
    assert facts["token"] not in done.err


def test_a_ready_file_that_is_named_is_taken(served: Shell, tmp_path: Path) -> None:
    ready: dict[str, Any] = {"KEYMOCK_SERVER": str(tmp_path / "ready.json")}
    base = served.ready["url"].rstrip("/")
    assert served("url", "health", **ready).out == f"{base}/health\n"
    assert f"✓ server     {served.ready['url']}" in served("doctor", **ready).out
    gone: dict[str, Any] = {"KEYMOCK_SERVER": "gone.json"}
    assert served("url", "health", **gone).out == "http://127.0.0.1:8787/health\n"
    assert "gone.json: cannot read it" in served("doctor", **gone).out
    assert "gone.json: error: cannot read it" in served("sync", **gone).err


def test_an_address_of_another_workspace_has_no_say(served: Shell) -> None:
    other: dict[str, Any] = {"KEYMOCK_CONTROL": "http://127.0.0.1:9", "KEYMOCK_TOKEN": "t"}
    assert served("url", "health", **other).out == f"{served.ready['url'].rstrip('/')}/health\n"


def test_none_is_a_sentence(shop: Shell) -> None:
    done = shop("journal")
    assert done.code == 2
    assert "no server runs for this workspace [no-server]\n  start one with `keymock up`" in done.err


def test_no_workspace_and_no_server(shell: Shell) -> None:
    done = shell("sync")
    assert (done.code, "[no-workspace]" in done.err) == (2, True)


def test_addresses_are_those_of_the_running_server(served: Shell) -> None:
    assert served("url", "health").out == f"{served.ready['url'].rstrip('/')}/health\n"
