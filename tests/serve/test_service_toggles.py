"""Toggles of a service: live, by session, beside ready replies, and while files change."""

from __future__ import annotations

import time
from pathlib import Path

import asgi_driver
import pytest
from conversation import Said
from tree_answers import mock, plant

from keymock.exchange import Malformed
from keymock.index.switch import Pinned
from keymock.serve.app import MockApp
from keymock.serve.options import Options
from keymock.serve.service import Service
from keymock.toggles import Preset, Toggles

A, B = "workspace/mocks/a", "workspace/mocks/b.GET"
TREE = {
    "keymock.toml": 'session_from = ["header:X-Test-Id"]\n',
    f"{A}.toml": mock("/a", response='body = "a"'),
    f"{B}.txt": "b",
    f"{B}.500.txt": "broken",
    "workspace/presets/down.toml": '[use]\n"b.GET" = 500\n',
}


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(Options(workspace=str(plant(tmp_path, TREE))), time.time_ns)


def get(app: MockApp, target: str, **headers: str) -> tuple[int, bytes]:
    said = Said("GET", target, tuple((name.replace("_", "-"), value) for name, value in headers.items()), b"")
    answer = asgi_driver.ask(app, said)
    return answer.status, answer.body


def app_of(service: Service) -> MockApp:
    return MockApp(service, time.time_ns, time.perf_counter_ns, None)


def test_replies_that_were_ready_are_not_given_any_longer(service: Service) -> None:
    app = app_of(service)
    assert [get(app, "/a")[1] for _ in range(2)] == [b"a", b"a"]
    service.switch(Toggles(mocks={"a": "off"}))
    assert [get(app, "/a")[0] for _ in range(2)] == [404, 404]
    service.switch(Toggles())
    assert get(app, "/a") == (200, b"a")


@pytest.mark.parametrize("carrier", ["x_keymock_session", "x_test_id"])
def test_a_session_has_its_own_beside_ready_replies(service: Service, carrier: str) -> None:
    app = app_of(service)
    service.switch(Toggles(mocks={"a": "off"}), "mine")
    for _ in range(2):
        assert get(app, "/a") == (200, b"a")
        assert get(app, "/a", **{carrier: "mine"})[0] == 404
        assert get(app, "/a", **{carrier: "other"}) == (200, b"a")


def test_those_for_everybody_hold_beneath_a_session(service: Service) -> None:
    app = app_of(service)
    service.switch(Toggles(mocks={"a": "off"}, preset="down"))
    service.switch(Toggles(mocks={"b.GET": Pinned(200)}), "mine")
    assert get(app, "/a", x_keymock_session="mine")[0] == 404
    assert get(app, "/b", x_keymock_session="mine") == (200, b"b")
    assert get(app, "/b") == (500, b"broken")
    assert service.switched("mine") == Toggles(mocks={B: Pinned(200)})


def test_what_is_switched_stays_so_over_a_reload(service: Service) -> None:
    app = app_of(service)
    service.switch(Toggles(mocks={"a": "off"}))
    plant(Path(service.options.workspace), {f"{A}.toml": mock("/new", response='body = "new"')})
    service.rescan([f"{A}.toml"])
    assert get(app, "/new")[0] == 404
    service.switch(Toggles())
    assert get(app, "/new") == (200, b"new")


def test_a_preset_that_changes_is_served_anew(service: Service) -> None:
    app = app_of(service)
    service.switch(Toggles(preset="down"))
    assert get(app, "/b")[0] == 500
    plant(Path(service.options.workspace), {"workspace/presets/down.toml": '[use]\n"b.GET" = "off"\n'})
    assert service.rescan()
    assert service.world.generation == 2
    assert get(app, "/b")[0] == 404


def test_what_the_command_line_put_on_is_not_kept(tmp_path: Path) -> None:
    kept: list[Toggles] = []
    options = Options(workspace=str(plant(tmp_path, TREE)), preset="down", toggles=Toggles(preset="old"))
    service = Service(options, time.time_ns)
    service.keep_toggles = kept.append
    assert get(app_of(service), "/b")[0] == 500
    service.switch(Toggles(preset="down", mocks={"a": "off"}))
    service.switch(Toggles(preset="none"))
    assert kept == [Toggles(mocks={A: "off"}), Toggles(preset="none")]
    assert get(app_of(service), "/b")[0] == 200


def test_a_refusal_changes_nothing_and_is_kept_nowhere(service: Service) -> None:
    service.keep_toggles = lambda _: pytest.fail("was kept")
    with pytest.raises(Malformed, match="there is no mock `c`"):
        service.switch(Toggles(mocks={"c": "off"}))
    assert service.switched() == Toggles()


def test_whoever_listens_hears_of_it(service: Service) -> None:
    heard: list[object] = []
    service.listen(heard.append)
    service.switch(Toggles(mocks={"b.GET": Pinned(500)}, preset="down"), "mine")
    assert heard == [{"event": "toggles", "session": "mine", "switched": ["preset down", f"{B} answers 500"]}]


def test_presets_of_what_may_not_be_used_are_not_there(tmp_path: Path) -> None:
    shop = {
        "ROLES": "/workspace/ member:anyone\n/projects/shop/ viewer:anyone\n",
        "projects/shop/mocks/pay.toml": mock("/pay"),
        "projects/shop/presets/closed.toml": '[use]\npay = "off"\n',
    }
    service = Service(Options(workspace=str(plant(tmp_path, {**TREE, **shop}))), time.time_ns)
    assert service.world.presets == {"down": Preset({B: Pinned(500)})}


def test_the_routes_say_what_is_off(service: Service) -> None:
    service.switch(Toggles(mocks={"a": "off"}))
    assert {each["mock"]: each["enabled"] for each in service.routes()} == {A: False, B: True}
