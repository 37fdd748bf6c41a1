"""What breaks in `example-workspace/`, as curl sees it: its exit codes are those of `man curl`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from live_server import Serve, Server

EXAMPLE = Path(__file__).parents[2] / "example-workspace"
FINE, EMPTY_REPLY, RECEIVE_FAILED = 0, 52, 56

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the body is cut instead"),
    pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl"),
]


@pytest.fixture
def server(serve: Serve, tmp_path: Path) -> Server:
    root = shutil.copytree(EXAMPLE, tmp_path / "example", ignore=shutil.ignore_patterns(".keymock"))
    return serve(root)


def curl(server: Server, path: str, *words: str) -> tuple[int, str]:
    """Exit code and body."""
    command = ["curl", "--silent", "--max-time", "10", *words, f"{server.ready.url}{path}"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout


def test_stock_is_reset_twice_and_then_answers(server: Server) -> None:
    answers = [curl(server, "/order-api/stock/hat") for _ in range(3)]
    assert answers == [(RECEIVE_FAILED, ""), (RECEIVE_FAILED, ""), (FINE, '{"sku":"hat","left":7}')]


def test_each_session_has_its_own_two_resets(server: Server) -> None:
    for name in ("ada", "bob"):
        codes = [curl(server, "/order-api/stock/hat", "-H", f"X-Keymock-Session: {name}")[0] for _ in range(3)]
        assert codes == [RECEIVE_FAILED, RECEIVE_FAILED, FINE]


def test_a_client_that_tries_again_gets_through(server: Server) -> None:
    tries = ("--retry", "3", "--retry-all-errors", "--retry-delay", "0")
    assert curl(server, "/order-api/stock/hat", *tries) == (FINE, '{"sku":"hat","left":7}')


def test_parcels_close_the_connection_without_a_byte(server: Server) -> None:
    assert [curl(server, "/order-api/parcels/1") for _ in range(2)] == [(EMPTY_REPLY, "")] * 2


def test_the_rest_goes_on_meanwhile(server: Server) -> None:
    assert curl(server, "/order-api/parcels/1") == (EMPTY_REPLY, "")
    assert curl(server, "/health") == (FINE, '{"status":"ok"}')
