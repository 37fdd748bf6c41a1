"""`keymock.testing.serve`: a server for a block, sessions, overrides, verdicts."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from tree_answers import mock, plant

from keymock.problems import Stop
from keymock.serve.beside import alive
from keymock.testing import Mocks, serve

pytestmark = pytest.mark.live

TREE: dict[str, str | bytes] = {
    "keymock.toml": 'name = "acme"\n',
    "workspace/mocks/hello.toml": mock("/hello", response='body = "hello"'),
    "workspace/mocks/order.toml": mock("/orders", 'method = "POST"', response="status = 201"),
    "workspace/mocks/two.toml": '[request]\npath = "/two"\n[[responses]]\nname = "fine"\nbody = "fine"\n'
                                '[[responses]]\nname = "busy"\nstatus = 503\nwhen.query.b = "1"\n',
    "workspace/mocks/pay.toml": mock("/pay", 'method = "POST"', response="status = 204")
                                + '\n[scenario]\nname = "order"\nsets = "paid"\n',
    "projects/shop/project.toml": 'name = "Shop"\nmount = "/shop"\n',
    "projects/shop/mocks/user.toml": mock("/users/:id", response='body = "user"'),
    "private/ada@example.com/mocks/mine.toml": mock("/mine", response='body = "mine"'),
}  # fmt: skip


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plant(tmp_path_factory.mktemp("tree"), TREE)


@pytest.fixture(scope="module")
def server(root: Path) -> Iterator[Mocks]:
    with serve(root, actor="ada@example.com") as mocks:
        yield mocks


def ask(url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
    given = dict(headers or {})
    if body is not None:
        given.setdefault("content-type", "application/json")
    try:
        with urlopen(Request(url, body, given), timeout=10) as answer:  # noqa: S310  (loopback)
            return answer.status, answer.read().decode()
    except HTTPError as answer:
        return answer.code, answer.read().decode()


def test_sessions_do_not_see_each_other(server: Mocks) -> None:
    with server.session("one") as one, server.session("two") as two:
        one.override("GET", "/hello", body="mine")
        assert [ask(each.url + "/hello")[1] for each in (one, two, server)] == ["mine", "hello", "hello"]
        assert ask(server.url + "/hello", headers=one.headers)[1] == "mine"
        assert ask(one.url_of("shop") + "/users/1") == (200, "user")
        one.verify("GET", "/hello", times=2)
        two.verify("GET", "/hello", times=1)
        assert [entry["path"] for entry in one.journal] == ["/hello", "/hello", "/shop/users/1"]
    assert ask(server.url + "/hello", headers=one.headers)[1] == "hello"
    server.reset()


def test_what_does_not_hold_is_told_with_what_came_near(server: Mocks) -> None:
    with server.session("near") as mocks:
        ask(mocks.url + "/orders", b'{"sku": "a", "count": 2}')
        mocks.verify("POST", "/orders", json={"count": {"$gt": 1}})
        with pytest.raises(AssertionError) as caught:
            mocks.verify("POST", "/orders", json={"sku": "b"})
        assert re.sub(r"entry \d+", "entry N", str(caught.value)) == (
            "POST /orders: never, expected at least 1 time\n"
            "nearest:\n"
            "\n"
            "  POST /orders  201  workspace/mocks/order  (entry N)\n"
            "    ✓ method  POST\n"
            "    ✓ path  /orders\n"
            '    ✗ body.json.$.sku  "b"  came: "a"'
        )
        with pytest.raises(AssertionError, match="expected at most 1 time"):
            ask(mocks.url + "/orders", b"{}")
            mocks.verify("POST", "/orders", times=(0, 1))


def test_order_and_nothing_else(server: Mocks) -> None:
    with server.session("order") as mocks:
        ask(mocks.url + "/hello")
        ask(mocks.url + "/orders", b"{}")
        mocks.verify_order(("GET", "/hello"), {"method": "POST", "path": "/orders"})
        mocks.verify_nothing_else(("GET", "/hello"), ("POST", "/orders"))
        with pytest.raises(AssertionError, match="it came before"):
            mocks.verify_order(("POST", "/orders"), ("GET", "/hello"))
        with pytest.raises(AssertionError, match=r"1 more than these: POST /orders"):
            mocks.verify_nothing_else(("GET", "/hello"))


def test_overrides_switches_and_settings(server: Mocks) -> None:
    with server.session("different") as mocks:
        mocks.override("shop/mocks/user", json={"name": "{{ Ada }}"}, headers={"X-A": "1"})
        assert ask(mocks.url_of("shop") + "/users/1")[1] == '{"name":"{{ Ada }}"}'
        mocks.override("GET", "/hello", status=500, times=1)
        assert [ask(mocks.url + "/hello")[0] for _ in range(2)] == [500, 200]
        mocks.use("busy", mock="mocks/two")
        assert ask(mocks.url + "/two")[0] == 503
        mocks.use("off", mock="mocks/hello")
        assert ask(mocks.url + "/hello")[0] == 404
        assert [entry["path"] for entry in mocks.unmatched] == ["/hello"]
        mocks.settings(seed=7, freeze_time="2030-01-01T00:00:00Z")
        ask(mocks.url + "/pay", b"")
        assert mocks.state("workspace/order") == "paid"
        assert mocks.state("workspace/order", "sent") == "sent"
        mocks.reset()
        assert mocks.state("workspace/order") == "Started"
        assert ask(mocks.url_of("shop") + "/users/1")[1] == "user"


def test_a_test_run_leaves_private_mocks_out_unless_asked(server: Mocks, root: Path) -> None:
    assert ask(server.url + "/mine")[0] == 404
    with serve(root, actor="ada@example.com", with_private=True) as mocks:
        assert ask(mocks.url + "/mine")[0] == 200
        assert mocks.ready.url != server.ready.url
    server.reset()


def test_an_edit_is_served_after_a_sync(server: Mocks, root: Path) -> None:
    plant(root, {"workspace/mocks/new.toml": mock("/new", response='body = "new"')})
    server.sync()
    assert ask(server.url + "/new") == (200, "new")


def test_the_server_is_gone_after_the_block(root: Path) -> None:
    with serve(root) as mocks:
        assert alive(mocks.ready.pid)
    assert not alive(mocks.ready.pid)
    assert not list((root / ".keymock/run").glob(f"{mocks.ready.pid}*"))


def test_one_that_cannot_serve_says_why(tmp_path: Path) -> None:
    with pytest.raises(Stop) as caught, serve(tmp_path):
        pass
    assert "no keymock workspace" in caught.value.problems[0].message


def test_a_pattern_has_no_other_keys(server: Mocks) -> None:
    with pytest.raises(TypeError, match="'colour'"):
        server.verify("GET", "/hello", colour="red")


def test_a_verdict_waits_for_what_is_on_its_way(server: Mocks) -> None:
    import threading

    with server.session("late") as mocks:
        asking = threading.Timer(0.1, lambda: ask(mocks.url + "/hello"))
        asking.start()
        began = time.monotonic()
        mocks.verify("GET", "/hello", timeout=30)
        assert time.monotonic() - began < 25
        asking.join()


def test_whoever_started_it_need_not_end_it(root: Path, tmp_path: Path) -> None:
    import subprocess
    import sys

    program = (
        "import sys, os\nfrom keymock.testing import serve\n"
        "held = serve(sys.argv[1])\nprint(held.__enter__().ready.pid, flush=True)\nos._exit(1)\n"
    )
    environ = {**os.environ, "TMPDIR": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-c", program, str(root)], capture_output=True, text=True, env=environ, check=False
    )
    pid = int(ended.stdout)
    end = time.monotonic() + 20
    while alive(pid):
        assert time.monotonic() < end
        time.sleep(0.05)
