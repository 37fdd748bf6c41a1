"""The webhook of docs/answers.md, as a real server sends it: with consent, over a reload, and not after the end."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from pathlib import Path
from typing import Any

import pytest
from live_server import Serve, Server
from receiver import Answer, receiving
from test_docs import blocks
from tree_answers import plant

from keymock.serve.calls import ControlClient

pytestmark = pytest.mark.live

PAGE = (Path(__file__).parent.parent.parent / "docs/answers.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("\n## Webhooks\n")[2].partition("\n## ")[0]
(PAY,) = (block.text for block in blocks(SECTION) if block.title == "pay.toml")
FILE = "workspace/mocks/pay.toml"


def paying(port: int, delay: str = "100ms") -> str:
    return PAY.replace("127.0.0.1:9000", f"127.0.0.1:{port}").replace('delay = "100ms"', f'delay = "{delay}"')


def pay(server: Server) -> Any:
    status, _, body = server.ask("/orders/7/payments", "POST", content_type="application/json")
    assert status == 201
    return json.loads(body)


def test_it_is_called_as_the_page_says(serve: Serve, tmp_path: Path) -> None:
    with receiving(Answer(503), Answer(204)) as other:
        text = paying(other.port).replace('backoff = "1s"', 'backoff = "10ms"')
        server = serve(plant(tmp_path / "tree", {FILE: text}), "--allow-outbound", f"127.0.0.1:{other.port}")
        paid = pay(server)
        _, received = other.wait_for(2)
        control = ControlClient(server.ready.control, server.ready.token)
        server.until(lambda: control.journal()[0]["webhooks"][0]["state"] == "sent", 30)
    assert json.loads(received.body) == {"type": "payment.succeeded", "payment": paid["payment"], "order": 7}
    signed = hmac.new(b"s3cret", received.body, hashlib.sha256).hexdigest()
    assert {name.lower(): value for name, value in received.headers.items()}["x-signature"] == f"sha256={signed}"


def test_a_reload_leaves_it_on_its_way(serve: Serve, tmp_path: Path) -> None:
    with receiving() as other:
        root = plant(tmp_path / "tree", {FILE: paying(other.port, "1s")})
        server = serve(root, "--allow-outbound", f"127.0.0.1:{other.port}")
        pay(server)
        (root / FILE).unlink()
        server.until(lambda: server.ask("/orders/7/payments", "POST")[0] == 404, 30)
        other.wait_for(1)


def test_nobody_is_called_without_consent_and_the_line_to_type_helps_at_once(serve: Serve, tmp_path: Path) -> None:
    with receiving() as other:
        server = serve(plant(tmp_path / "tree", {FILE: paying(other.port, "0ms")}))
        control = ControlClient(server.ready.control, server.ready.token)
        pay(server)
        server.until(lambda: control.journal()[0]["webhooks"][0]["state"] == "refused", 30)
        assert control.call("GET", "/webhooks")["webhooks"][0]["hint"] == f"keymock allow 127.0.0.1:{other.port}"
        assert other.received == []


def test_offline_calls_nobody_and_own_ports_are_never_called(serve: Serve, tmp_path: Path) -> None:
    hook = '[request]\nmethod = "POST"\npath = "/a"\n[[webhooks]]\nurl = "{{ request.url }}"\n'
    root = plant(tmp_path / "tree", {"workspace/mocks/a.toml": hook})
    server = serve(root)
    control = ControlClient(server.ready.control, server.ready.token)
    server.ask("/a", "POST")
    server.until(lambda: control.journal()[0]["webhooks"][0]["error"] == "own-port", 30)
    server.stop()
    offline = serve(root, "--offline")
    control = ControlClient(offline.ready.control, offline.ready.token)
    offline.ask("/a", "POST")
    offline.until(lambda: control.journal()[0]["webhooks"][0]["error"] == "offline", 30)


def test_the_end_of_the_server_does_not_wait_for_it(serve: Serve, tmp_path: Path) -> None:
    with receiving() as other:
        root = plant(tmp_path / "tree", {FILE: paying(other.port, "1h")})
        server = serve(root, "--allow-outbound", f"127.0.0.1:{other.port}")
        pay(server)
        assert server.stop() == 0
        assert other.received == []
        assert not re.search("Traceback|Exception", server.process.stderr.read() if server.process.stderr else "")
