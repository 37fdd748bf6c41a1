"""What the control plane takes is closed, what it gives may grow."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from standin import GOOD, PORT, TOKEN, ask, pairs

from keymock.serve import control, routes, shapes
from keymock.serve.options import Options
from keymock.serve.routes import ROUTES
from keymock.serve.service import Service


def test_what_is_taken_refuses_unknown_names_and_what_is_given_may_have_more() -> None:
    for route in ROUTES:
        for taken in (route.query, route.body):
            assert taken is None or taken.__struct_config__.forbid_unknown_fields
        if route.answer is not None and route.answer is not str:
            assert issubclass(route.answer, msgspec.Struct)
            assert not route.answer.__struct_config__.forbid_unknown_fields


@pytest.mark.parametrize(
    ("name", "fits"),
    [("", True), ("a-B_9", True), ("*", False), ("a b", False), ("a\n", False), ("\n", False), ("x" * 65, False)],
)
def test_names_of_sessions(name: str, fits: bool) -> None:
    try:
        msgspec.convert({"session": name}, shapes.JournalQuery)
    except msgspec.ValidationError:
        assert not fits
    else:
        assert fits


def test_the_real_service_answers_in_these_shapes(tmp_path: Path) -> None:
    (tmp_path / "keymock.toml").touch()
    (tmp_path / "workspace/mocks").mkdir(parents=True)
    (tmp_path / "workspace/mocks/hello.toml").write_text('[request]\npath = "/hello"\n[response]\nbody = "hi"\n')
    (tmp_path / "workspace/mocks/broken.toml").write_text("[request\n")
    service = Service(Options(workspace=str(tmp_path)), time.time_ns)
    served: routes.Served = service
    app = control.create(served, token=TOKEN, port=PORT)
    ready = ("GET /status", "GET /routes", "POST /explain", "GET /wait?generation=1", "POST /sync", "POST /reset")
    for target in (*ready, "GET /journal", "DELETE /journal"):
        method, _, path = target.partition(" ")
        shape: Any = next(row.answer for row in ROUTES if (row.method, row.path) == (method, path.partition("?")[0]))
        body = b'{"path":"/hello"}' if path == "/explain" else b""
        given = GOOD | ({"content-type": "application/json", "content-length": str(len(body))} if body else {})
        reply = asyncio.run(ask(app, method, path, pairs(given), body))
        assert reply.status == 200, reply.body
        assert shape is not None
        msgspec.json.decode(reply.body, type=shape)
    status = asyncio.run(ask(app, "GET", "/status", pairs(GOOD))).json
    assert status["mocks"] == 1
    assert status["problems"][0]["path"] == "workspace/mocks/broken.toml"
