"""What flows are handed by a command: targets, sessions, a running server and its switches."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from a_store import Store, store
from prompt import Shell

__all__ = ["store"]


def test_flows_over_several_projects_resolve_each_address_by_its_own(store: Store) -> None:
    store.shell.put(
        "projects/store/flows/two.toml",
        '[[steps]]\nid = "a"\nurl = "{{ target_url(\'shop\') }}/health"\n'
        '[[steps]]\nid = "b"\nproject = "shop"\nurl = "{{ target_url }}/health"\n'
        '[[steps]]\nid = "c"\nurl = "{{ target_url(\'shpo\') }}/"\n',
    )
    code, out, _ = store("flow", "run", "two")
    assert code == 1
    assert "✓ a  GET http://shop.localhost:8787/health  200" in out
    assert "✓ b  GET http://shop.localhost:8787/health  200" in out
    assert "there is no project `shpo`" in out
    assert "did you mean `shop`?" in out


def test_the_order_of_targets(store: Store) -> None:
    """`--target`, the step's, `keymock use --flow`, the flow's."""
    flow = store.shell.folder / "projects/store/flows/checkout.toml"

    def target(*more: str) -> str:
        return "real" if f"POST {store.api.url}/login" in store("flow", "run", "checkout", *more)[1] else "mock"

    assert target() == "mock"
    store("use", "real", "--flow", "checkout")
    assert target() == "real"
    assert target("--target", "mock") == "mock"
    text = flow.read_text()
    flow.write_text(text.replace('id = "login"', 'id = "login"\ntarget = "mock"'))
    assert target() == "mock"
    assert target("--target", "real") == "real"
    store("use", "--reset")
    flow.write_text(text.replace('target = "mock"', 'target = "real"', 1))
    assert target() == "real"


def test_fallback_asks_mocks_first(store: Store) -> None:
    code, out, _ = store("flow", "run", "checkout", "--target", "fallback")
    assert code == 0, out
    assert "POST http://store.localhost:8787/login" in out
    assert store.api.asked


def test_several_at_the_same_time_in_process(store: Store) -> None:
    members = ", ".join(
        f'{{ id = "p{n}", url = "{{{{ target_url(\'shop\') }}}}/health", expect = {{ status = 200 }} }}'
        for n in range(5)
    )
    store.shell.put("projects/store/flows/par.toml", f'[[steps]]\nid = "g"\nparallel = [{members}]\n')
    code, out, _ = store("flow", "run", "par")
    assert (code, out.count("✓ p")) == (0, 5), out


def test_check_tells_what_is_wrong_with_flows(store: Store) -> None:
    assert store("check")[0] == 0
    store.shell.put("projects/store/flows/bad.toml", '[[steps]]\nrequest = "auth/lgoin"\n')
    code, out, _ = store("check")
    assert code == 1
    assert "projects/store/flows/bad.toml:2:11: error: there is no request `auth/lgoin` [no-such-request]" in out


@pytest.mark.live
def test_a_running_server_is_switched_in_the_middle_of_requests_and_none_fails(store: Store) -> None:
    store("new", "--from", "flow:checkout", "--run")
    ready = store.shell.folder.parent / "ready.json"
    with (store.shell.folder.parent / "up.log").open("wb") as log:
        environ = {**store.shell.environ, "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
        process = subprocess.Popen([sys.executable, "-m", "keymock", "up", "--port", "0", "--ready-file", str(ready)],
                                   cwd=store.shell.folder, env=environ, stdout=log, stderr=log)  # fmt: skip
        try:
            for _ in range(400):
                if ready.exists():
                    break
                assert process.poll() is None, Path(log.name).read_text()
                time.sleep(0.05)
            _switching(store.shell, store)
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
    assert "Unclosed" not in Path(log.name).read_text()


def _switching(shell: Shell, store: Store) -> None:
    port = int(shell.ready["url"].rpartition(":")[2])
    heard: list[list[tuple[int, str]]] = [[], []]
    stop = threading.Event()

    def client(sources: list[tuple[int, str]]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        while not stop.is_set():
            body = b'{"user": "ada", "password": "correct horse"}'
            connection.request("POST", "/store/login", body, {"x-keymock-session": "watched"})
            response = connection.getresponse()
            response.read()
            sources.append((response.status, response.getheader("x-keymock-source", "mock")))
        connection.close()

    clients = [threading.Thread(target=client, args=(sources,)) for sources in heard]
    for each in clients:
        each.start()
    try:
        for mode, source in (("real", "real"), ("mock", "mock"), ("fallback", "mock"), ("real", "real")):
            assert shell("use", mode, "--project", "store").code == 0
            before = [len(sources) for sources in heard]
            while any(len(sources) < had + 3 for sources, had in zip(heard, before, strict=True)):
                time.sleep(0.005)
            # The first of each client may have been under way when it was switched.
            assert [sources[had + 1][1] for sources, had in zip(heard, before, strict=True)] == [source] * 2
    finally:
        stop.set()
        for each in clients:
            each.join()
    assert {status for sources in heard for status, _ in sources} == {200}
    assert {source for sources in heard for _, source in sources} == {"mock", "real"}
    shell("use", "--reset")
    for _ in range(2):  # against the server, each run in a session of its own
        assert store("flow", "run", "checkout")[0] == 0
    assert any(entry["source"] == "real" for entry in shell("journal", "--json").json["entries"])
    secret = "c4n4ry-0f-t0d4y"
    login = 'method = "POST"\nurl = "{{ base_url }}/login"\nheaders.X-Mine = "{{ secret.CANARY }}"\n'
    shell.put(
        "projects/store/requests/c.toml",
        f'{login}query.q = "{{{{ secret.CANARY }}}}"\nbody = "{{{{ secret.CANARY }}}}"\n',
    )
    shell.put("projects/store/flows/c.toml", '[[steps]]\nrequest = "requests/c"\n')
    shell("sync")
    for target in ("mock", "real"):
        shell("use", target, "--project", "store")
        for words in (("flow", "run", "flows/c", "--target", "mock"), ("request", "send", "requests/c")):
            shell(*words, CANARY=secret)
    told = shell("journal", "--json").out
    assert "x-mine" in told
    assert secret not in told
    assert secret not in (shell.folder.parent / "up.log").read_text()


def test_a_single_request_goes_where_it_is_told(store: Store) -> None:
    words = ("request", "send", "auth/login", "--json")
    assert json.loads(store(*words, "--target", "real")[1])["request"]["url"] == f"{store.api.url}/login"
    assert json.loads(store(*words)[1])["response"]["status"] == 404
    assert json.loads(store(*words, "--target", "fallback")[1])["response"]["status"] == 200
    store("use", "real", "--project", "store")
    assert json.loads(store(*words)[1])["response"]["status"] == 200
    assert json.loads(store(*words, "--target", "mock")[1])["response"]["status"] == 404
