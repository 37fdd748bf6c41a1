""" "A seed file that is broken: the mock keeps its last good data, named." """

from __future__ import annotations

import time
from pathlib import Path

import pytest
from asgi_driver import ask
from conversation import Said
from tree_answers import plant

from keymock.serve.app import MockApp
from keymock.serve.options import Options
from keymock.serve.service import Service

SEED = "workspace/mocks/orders.json"
LIST = Said("GET", "/orders", (), b"")
NEW = Said("POST", "/orders", (("content-type", "application/json"),), b'{"n": 1}')


@pytest.mark.parametrize("broken", ["[", '[{"id": 1}, {"id": 1}]', "7"])
def test_the_last_good_records_go_on_and_so_does_what_was_changed(broken: str, tmp_path: Path) -> None:
    files = {"workspace/mocks/orders.toml": '[data]\nresource = "orders"\nseed = "orders.json"\n', SEED: '[{"id": 1}]'}
    service = Service(Options(workspace=str(plant(tmp_path, files))), time.time_ns)
    here = MockApp(service, time.time_ns, time.perf_counter_ns, None)
    assert ask(here, NEW).status == 201
    plant(tmp_path, {SEED: broken})
    service.rescan([SEED])
    assert [(found.code, found.path) for found in service.problems] == [("invalid-seed", "workspace/mocks/orders.toml")]
    assert service.problems[0].message.startswith("orders.json")
    assert ask(here, LIST).body == b'[{"id":1},{"id":2,"n":1}]'
    plant(tmp_path, {SEED: '[{"id": 9}]'})
    service.rescan([SEED])
    assert service.problems == ()
    assert ask(here, LIST).body == b'[{"id":9}]'
