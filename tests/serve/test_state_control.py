"""Records and snapshots of sessions, as the control plane has them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from asgi_driver import ask
from conversation import Said
from tree_answers import plant

from keymock.exchange import Malformed
from keymock.serve import state_control
from keymock.serve.app import MockApp
from keymock.serve.options import Options
from keymock.serve.service import Service

TREE: dict[str, str | bytes] = {
    "projects/shop/project.toml": "",
    "projects/shop/mocks/orders.toml": '[data]\nresource = "orders"\nseed = "orders.json"\n',
    "projects/shop/mocks/orders.json": '[{"id": 1, "userId": 1}]',
    "projects/shop/mocks/users.toml": '[data]\nresource = "users"\n',
    "projects/shop/mocks/pay.toml": '[request]\npath = "/pay"\n[scenario]\nname = "order"\nsets = "paid"\n',
}


def app(root: Path) -> tuple[MockApp, Service]:
    service = Service(Options(workspace=str(plant(root, TREE))), time.time_ns)
    return MockApp(service, time.time_ns, time.perf_counter_ns, None), service


def post(here: MockApp, path: str, session: str = "") -> int:
    headers = (("content-type", "application/json"), *((("x-keymock-session", session),) if session else ()))
    return ask(here, Said("POST", path, headers, b"{}")).status


def counts(service: Service, session: str = "") -> dict[str, Any]:
    return {name: (each["records"], each["changed"]) for name, each in service.state_control.stores(session).items()}


def test_records_are_those_of_the_session(tmp_path: Path) -> None:
    here, service = app(tmp_path)
    assert counts(service) == {"shop/orders": (1, False), "shop/users": (0, False)}
    assert post(here, "/orders", "ada") == 201
    assert counts(service, "ada") == {"shop/orders": (2, True), "shop/users": (0, False)}
    assert counts(service) == {"shop/orders": (1, False), "shop/users": (0, False)}
    found = service.state_control.records("ada", "shop", "orders")
    assert (found["records"], found["seed"]) == ([{"id": 1, "userId": 1}, {"id": 2}], "projects/shop/mocks/orders.json")
    assert service.state_control.forget("ada", "shop", "orders")["records"] == [{"id": 1, "userId": 1}]
    assert counts(service, "ada")["shop/orders"] == (1, False)
    assert service.sessions.get("nobody") is None


def test_a_seed_that_changed_begins_anew(tmp_path: Path) -> None:
    here, service = app(tmp_path)
    post(here, "/orders")
    plant(tmp_path, {"projects/shop/mocks/orders.json": "[]"})
    service.rescan()
    assert counts(service)["shop/orders"] == (0, False)


def test_a_snapshot_is_come_back_to_by_any_session(tmp_path: Path) -> None:
    here, service = app(tmp_path)
    state = service.state_control
    post(here, "/orders", "ada")
    ask(here, Said("GET", "/pay", (("x-keymock-session", "ada"),), b""))
    assert state.take("paid", "ada") == ["paid"]
    post(here, "/orders", "ada")
    service.reset("ada")
    assert counts(service, "ada")["shop/orders"] == (1, False)
    for session in ("ada", "bob", ""):
        assert state.restore("paid", session) == ["paid"]
        assert counts(service, session)["shop/orders"] == (2, True)
        found = service.sessions.get(session)
        assert found is not None
        assert found.scenario("projects/shop", "order") == "paid"
    post(here, "/orders", "bob")
    assert (counts(service, "bob")["shop/orders"], counts(service, "ada")["shop/orders"]) == ((3, True), (2, True))
    assert state.drop("paid") == []
    assert state.take("default", "") == ["default"]  # a name as any other
    assert state.drop("default") == []


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    _, service = app(tmp_path)
    state = service.state_control
    for asked in (
        lambda: state.restore("nothing", ""),
        lambda: state.drop("nothing"),
        lambda: state.take("a b", ""),
        lambda: state.records("", "shop", "oders"),
        lambda: state.forget("", "workspace", "orders"),
    ):
        with pytest.raises(Malformed):
            asked()
    for number in range(state_control.MOST):
        state.take(f"s{number}", "")
    state.take("s0", "")
    with pytest.raises(Malformed, match="100 snapshots"):
        state.take("more", "")


def test_a_resource_finds_others_that_nobody_has_asked_for_yet(tmp_path: Path) -> None:
    plant(tmp_path, {"projects/shop/mocks/users.json": '[{"id": 1, "name": "Ada"}]'})
    with_users = {**TREE, "projects/shop/mocks/users.toml": '[data]\nresource = "users"\nseed = "users.json"\n'}
    service = Service(Options(workspace=str(plant(tmp_path, with_users))), time.time_ns)
    here = MockApp(service, time.time_ns, time.perf_counter_ns, None)
    found = ask(here, Said("GET", "/orders/1?_expand=user", (), b""))
    assert found.body == b'{"id":1,"userId":1,"user":{"id":1,"name":"Ada"}}'
