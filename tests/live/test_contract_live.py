"""A document as a real server serves it: its callbacks are sent, with consent alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from live_server import Serve
from receiver import Answer, receiving
from tree_answers import plant

from keymock.serve.calls import ControlClient

pytestmark = pytest.mark.live

OPENAPI = """\
openapi: 3.1.0
info: {title: Jobs, version: "1"}
paths:
  /jobs:
    post:
      operationId: start
      parameters:
        - {name: tell, in: query, schema: {type: string, format: uri}}
      responses:
        "202": {description: started}
      callbacks:
        done:
          "{$request.query.tell}/hook":
            post:
              requestBody: {content: {application/json: {example: {state: done}}}}
              responses: {"204": {description: thanks}}
"""


def test_a_callback_follows_the_answer_to_whom_the_request_names(serve: Serve, tmp_path: Path) -> None:
    root = plant(tmp_path / "tree", {"keymock.toml": 'name = "x"', "projects/jobs/openapi.yaml": OPENAPI})
    with receiving(Answer(204)) as other, receiving(Answer(204)) as stranger:
        server = serve(root, "--allow-outbound", f"127.0.0.1:{other.port}")
        control = ControlClient(server.ready.control, server.ready.token)
        for each in (stranger, other):
            assert server.ask(f"/jobs?tell={each.url}", "POST")[0] == 202
        (received,) = other.wait_for(1)
        assert (received.method, received.path, json.loads(received.body)) == ("POST", "/hook", {"state": "done"})

        def became() -> list[tuple[str, str | None, str]]:
            sent = sorted(control.journal(), key=lambda entry: int(entry["id"]))
            return [(call["state"], call["error"], call["mock"]) for entry in sent for call in entry["webhooks"]]

        mock = "projects/jobs/openapi.yaml#start"
        server.until(lambda: became() == [("refused", "host-not-allowed", mock), ("sent", None, mock)], 30)
        assert stranger.received == []
