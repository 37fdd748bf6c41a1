"""`keymock doctor`."""

from __future__ import annotations

import socket

from prompt import Shell


def findings(shell: Shell) -> dict[str, dict[str, object]]:
    return {each["what"]: each for each in shell("doctor", "--json").json}


def test_a_healthy_workspace(shop: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]  # whoever runs the tests may have a server on the usual one
    settings = (shop.folder / "keymock.toml").read_text()
    shop.put("keymock.toml", f"port = {port}\n{settings}")
    done = shop("doctor")
    assert done.code == 0
    assert f"✓ workspace  {shop.folder}" in done.out
    found = findings(shop)
    assert found["files"]["said"] == "3 mocks, no errors"
    assert found["actor"]["said"] == "ada@example.com (KEYMOCK_USER)"
    assert found["roles"]["said"] == "1 mock withheld from you"


def test_what_is_wrong_makes_it_no(shop: Shell) -> None:
    shop.put("workspace/mocks/broken.toml", "[request\n")
    done = shop("doctor")
    assert done.code == 1
    assert "✗ files      1 error in 4 mocks\n             keymock check" in done.out


def test_without_a_workspace(shell: Shell) -> None:
    done = shell("doctor")
    assert done.code == 1
    assert "✗ workspace" in done.out
    assert "keymock init" in done.out


def test_a_port_that_somebody_has(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        shell.put("keymock.toml", f"port = {other.getsockname()[1]}\n")
        assert findings(shell)["server"]["ok"] is False
