"""Sessions over the control plane: made by name, told what is different for them, ended."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from asgi_driver import ask
from conversation import Answer, Said
from tree_answers import mock, plant

from keymock import overriding
from keymock.exchange import Malformed
from keymock.serve.app import MockApp
from keymock.serve.options import Options
from keymock.serve.service import Service
from keymock.serve.session_control import SessionControl
from keymock.serve.shapes import SessionWish
from keymock.toggles import Toggles

TREE: dict[str, str | bytes] = {
    "keymock.toml": '[faults.down]\nstatus = 503\n',
    "workspace/presets/busy.toml": '[use]\n"mocks/two" = "busy"\n',
    "workspace/mocks/hello.toml": mock("/hello", response='body = "hello"'),
    "workspace/mocks/two.toml": '[request]\npath = "/two"\n[[responses]]\nname = "fine"\nbody = "fine"\n'
                                '[[responses]]\nname = "busy"\nstatus = 503\nbody = "busy"\nwhen.query.b = "1"\n',
    "workspace/mocks/when.toml": mock("/when", response='body = "{{ now() }}"'),
    "workspace/mocks/draw.toml": mock("/draw", response='body = "{{ random_int(1, 1000000000) }}"'),
    "workspace/mocks/pay.toml": mock("/pay", 'method = "POST"', response="status = 204")
                                + '\n[scenario]\nname = "order"\nsets = "paid"\n',
    "projects/shop/project.toml": 'name = "Shop"\nmount = "/shop"\n',
    "projects/shop/mocks/user.toml": mock("/users/:id", response='body = "user"'),
}  # fmt: skip


class Rig:
    """A workspace in process: asked like a server, and told like its control plane."""

    def __init__(self, root: Path) -> None:
        self.service = Service(Options(workspace=str(plant(root, TREE))), time.time_ns)
        assert self.service.catalog.problems == ()
        self.app = MockApp(self.service, time.time_ns, time.perf_counter_ns, None)

    @property
    def control(self) -> SessionControl:
        return self.service.session_control

    def get(self, target: str, session: str = "", method: str = "GET") -> Answer:
        headers = (("x-keymock-session", session),) if session else ()
        return ask(self.app, Said(method, target, headers, b""))

    def body(self, target: str, session: str = "") -> str:
        return self.get(target, session).body.decode()

    def put(self, name: str, **wish: Any) -> Any:
        return asyncio.run(self.control.put(name, msgspec.convert(wish, SessionWish)))

    def end(self, name: str) -> Any:
        return asyncio.run(self.control.end(name))

    def override(self, name: str, *tables: Any, keep: bool = True) -> Any:
        return self.control.override(name, [overriding.read(each) for each in tables], keep=keep)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def test_an_override_lives_in_its_session_alone(rig: Rig) -> None:
    assert rig.body("/hello") == "hello"
    rig.override("a", {"request": {"path": "/hello"}, "response": {"body": "mine"}})
    assert [rig.body("/hello", session) for session in ("a", "b", "")] == ["mine", "hello", "hello"]
    answer = rig.get("/hello", "a")
    assert answer.values("x-keymock-mock") == ["override-always-0001"]


def test_an_override_of_the_default_session_reaches_answers_that_were_ready(rig: Rig) -> None:
    assert [rig.body("/hello") for _ in range(3)] == ["hello"] * 3
    rig.override("default", {"request": {"path": "/hello"}, "response": {"body": "mine"}})
    assert [rig.body("/hello") for _ in range(2)] == ["mine"] * 2
    rig.override("default", keep=False)
    assert rig.body("/hello") == "hello"


def test_once_and_then_as_before(rig: Rig) -> None:
    rig.override("a", {"request": {"path": "/hello"}, "response": {"body": "always"}})
    rig.override("a", {"request": {"path": "/hello"}, "responses": [{"status": 500, "times": 2}]})
    assert [rig.get("/hello", "a").status for _ in range(3)] == [500, 500, 200]
    assert rig.body("/hello", "a") == "always"


def test_an_override_of_a_mock_is_reached_like_the_mock(rig: Rig) -> None:
    rig.override("a", {"mock": "shop/mocks/user", "response": {"body": "mine"}})
    assert rig.body("/shop/users/7", "a") == "mine"
    assert rig.body("/shop/users/7") == "user"


def test_a_new_path_exists_in_the_session_alone_and_other_methods_are_told(rig: Rig) -> None:
    rig.override("a", {"request": {"method": "PUT", "path": "/new"}})
    assert (rig.get("/new", "a", "PUT").status, rig.get("/new", "", "PUT").status) == (200, 404)
    assert (rig.get("/new", "a").status, rig.get("/new", "a").values("allow")) == (405, ["OPTIONS, PUT"])


def test_all_of_a_list_or_none(rig: Rig) -> None:
    good = {"request": {"path": "/hello"}, "response": {"body": "mine"}}
    with pytest.raises(Malformed):
        rig.override("a", good, {"request": {}})
    assert rig.body("/hello", "a") == "hello"


def test_overrides_survive_an_edit_of_the_tree_and_follow_a_mount(rig: Rig, tmp_path: Path) -> None:
    rig.override("a", {"mock": "shop/mocks/user", "response": {"body": "mine"}})
    plant(tmp_path, {"projects/shop/project.toml": 'name = "Shop"\nmount = "/store"\n'})
    assert rig.service.rescan()
    assert rig.body("/store/users/7", "a") == "mine"


def test_a_seed_of_its_own(rig: Rig) -> None:
    drawn = rig.body("/draw", "a")
    rig.end("a")
    assert rig.body("/draw", "a") == drawn
    rig.put("a", seed=99)
    rig.service.reset("a")
    assert rig.body("/draw", "a") != drawn


def test_a_clock_of_its_own(rig: Rig) -> None:
    assert rig.put("a", freeze_time="2030-01-01T00:00:00Z").freeze_time == "2030-01-01T00:00:00+00:00"
    assert rig.body("/when", "a").startswith("2030-01-01")
    assert not rig.body("/when").startswith("2030")
    rig.put("a", freeze_time=None)
    assert not rig.body("/when", "a").startswith("2030")


def test_a_fault_profile_a_preset_and_toggles_of_its_own(rig: Rig) -> None:
    rig.put("a", faults="down")
    assert [rig.get("/hello", session).status for session in ("a", "b")] == [503, 200]
    rig.put("b", preset="busy")
    assert [rig.body("/two", session) for session in ("b", "")] == ["busy", "fine"]
    assert rig.put("b", toggles={"mocks": {"mocks/hello": "off"}}).toggles.mocks == {"workspace/mocks/hello": "off"}
    assert [rig.get("/hello", session).status for session in ("b", "")] == [404, 200]


@pytest.mark.parametrize(
    "wish", [{"faults": "nope"}, {"preset": "nope"}, {"freeze_time": "noon"}, {"toggles": {"mocks": {"nope": "off"}}}]
)
def test_what_is_not_there_is_refused(rig: Rig, wish: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        rig.put("a", **wish)


def test_the_end_takes_everything_and_says_what_was_missed(rig: Rig) -> None:
    rig.override("a", {"request": {"path": "/hello"}, "response": {"body": "mine"}})
    rig.put("a", toggles={"mocks": {"mocks/two": "off"}})
    rig.get("/hello", "a")
    rig.get("/helo?token=hunter2", "a")
    ended = rig.end("a")
    assert (ended["ended"], ended["requests"]) == (True, 2)
    (missed,) = ended["unmatched"]
    assert (missed["path"], missed["near_misses"][0]["mock"]) == ("/helo", "override-always-0001")
    assert "hunter2" not in str(missed)
    assert rig.body("/hello", "a") == "hello"
    assert rig.body("/two", "a") == "fine"
    assert rig.service.session_toggles == {}
    assert rig.end("nobody")["ended"] is False


def test_what_sessions_there_are(rig: Rig) -> None:
    rig.get("/hello", "a")
    rig.put("b", seed=3)
    shown = {session.session: session for session in rig.control.all()}
    assert set(shown) == {"default", "a", "b"}
    assert (shown["a"].requests, shown["b"].seed, shown["b"].toggles) == (1, 3, Toggles())
    with pytest.raises(Malformed) as caught:
        rig.control.one("c")
    assert caught.value.status == 404


def test_scenarios_are_seen_and_moved(rig: Rig) -> None:
    rig.get("/pay", "a", "POST")
    assert rig.control.state("a")["scenarios"] == {"workspace/order": "paid"}
    assert rig.control.state("")["scenarios"] == {"workspace/order": "Started"}
    assert rig.control.move("", "workspace", "order", "sent") == {"scenario": "workspace/order", "state": "sent"}
    assert rig.control.move("a", "workspace", "order", "")["state"] == "Started"
    assert rig.control.scenario("", "workspace", "order")["state"] == "sent"
    with pytest.raises(Malformed) as caught:
        rig.control.scenario("", "workspace", "ordr")
    assert "did you mean `workspace/order`?" in caught.value.detail


def test_a_reset_takes_state_journal_and_overrides_of_that_session_alone(rig: Rig) -> None:
    for name in ("a", "b"):
        rig.override(name, {"request": {"path": "/hello"}, "response": {"body": "mine"}})
        rig.put(name, seed=5)
        rig.get("/hello", name)
    rig.service.reset("a")
    assert (rig.body("/hello", "a"), rig.body("/hello", "b")) == ("hello", "mine")
    assert [len(rig.service.journal.held(name)) for name in ("a", "b")] == [1, 2]
    assert rig.control.one("a").seed == 5
    rig.service.reset("*")
    assert rig.service.journal.held() == []


def test_idle_sessions_are_forgotten_and_the_others_are_not(rig: Rig) -> None:
    rig.get("/hello", "old")
    rig.get("/hello", "new")
    session = rig.service.sessions.get("old")
    assert session is not None
    session.used -= 10**15
    asyncio.run(rig.service.forget_idle())
    assert sorted(each.name for each in rig.service.sessions) == ["", "new"]
