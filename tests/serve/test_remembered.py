"""What a server remembers, asked: why, how often, which mocks were used."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from asgi_driver import ask
from conversation import Said
from tree_answers import mock, plant

from keymock import units
from keymock.exchange import Malformed
from keymock.journal.showing import Choice
from keymock.redaction import HIDDEN
from keymock.serve.app import MockApp
from keymock.serve.options import Options
from keymock.serve.remembered import Remembered
from keymock.serve.service import Service
from keymock.verify import Expectation

TREE: dict[str, str | bytes] = {
    "workspace/mocks/hello.toml": mock("/hello", 'headers.X-Tenant = "a"', response='body = "hello"'),
    "workspace/mocks/two.toml": '[request]\npath = "/two"\n[[responses]]\nname = "fine"\nbody = "fine"\n'
                                '[[responses]]\nname = "busy"\nstatus = 503\nwhen.query.b = "1"\n',
    "workspace/mocks/ship.toml": mock("/ship", 'method = "POST"', response="status = 204")
                                 + '\n[scenario]\nname = "order"\nrequires = "Started"\nsets = "shipped"\n',
    "workspace/mocks/off.toml": "enabled = false\n" + mock("/off"),
    "projects/shop/project.toml": 'name = "Shop"\nmount = "/shop"\n',
    "projects/shop/mocks/user.toml": mock("/users/:id", response='body = "user"'),
}  # fmt: skip


class Rig:
    """A workspace in process."""

    def __init__(self, root: Path) -> None:
        self.service = Service(Options(workspace=str(plant(root, TREE))), time.time_ns)
        assert self.service.catalog.problems == ()
        self.app = MockApp(self.service, time.time_ns, time.perf_counter_ns, None)

    @property
    def remembered(self) -> Remembered:
        return self.service.remembered

    def ask(self, target: str, method: str = "GET", **headers: str) -> int:
        given = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        return ask(self.app, Said(method, target, given, b"")).status

    def verify(self, session: str | None = "", **wanted: Any) -> Any:
        asked = msgspec.convert(wanted, Expectation, dec_hook=units.dec_hook)
        return asyncio.run(self.remembered.verify(asked, session))


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def test_the_conditions_that_held_and_the_state_of_then(rig: Rig) -> None:
    rig.ask("/hello", x_tenant="a")
    rig.ask("/ship", "POST")
    rig.ask("/shop/users/7")
    hello, ship, user = (rig.remembered.entry(number) for number in (1, 2, 3))
    assert [(one["where"], one["ok"]) for one in hello["conditions"]] == [
        ("method", True), ("path", True), ("headers.x-tenant", True),
    ]  # fmt: skip
    assert ship["response"]["state"] == {"scenario": "order", "before": "Started", "after": "shipped"}
    assert all(one["ok"] for one in ship["conditions"])
    assert (user["mock"], [one["ok"] for one in user["conditions"]]) == ("projects/shop/mocks/user", [True, True])
    assert (hello["response"]["file"], hello["response"]["line"]) == ("workspace/mocks/hello.toml", 2)


def test_what_came_near_a_miss_without_its_secrets(rig: Rig) -> None:
    rig.ask("/hello", x_tenant="b", authorization="Bearer hunter2")
    (entry,) = rig.remembered.entries(Choice(unmatched=True), near_misses=True)
    first = entry["near_misses"][0]
    assert (first["mock"], [one["ok"] for one in first["conditions"]]) == ("workspace/mocks/hello", [True, True, False])
    assert "hunter2" not in str(entry)
    assert HIDDEN in str(entry)
    assert "near_misses" not in rig.remembered.entries(Choice(unmatched=True))[0]


def test_a_request_that_cannot_be_read_has_no_near_misses(rig: Rig) -> None:
    rig.ask("/%zz")
    assert rig.remembered.entry(1)["near_misses"] == []


def test_an_entry_that_is_not_there(rig: Rig) -> None:
    with pytest.raises(Malformed) as caught:
        rig.remembered.entry(5)
    assert (caught.value.status, caught.value.code) == (404, "no-entry")


def test_verdicts_are_about_one_session_or_all(rig: Rig) -> None:
    rig.ask("/two", x_keymock_session="a")
    assert rig.verify("a", path="/two")["ok"]
    assert not rig.verify("", path="/two")["ok"]
    assert rig.verify(None, path="/two")["ok"]
    assert not rig.verify("a", path="/two", since=1)["ok"]


def test_a_verdict_waits_until_it_holds_or_the_time_is_over(rig: Rig) -> None:
    async def both() -> tuple[Any, float]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        wanted = msgspec.convert({"path": "/two", "timeout": 20}, Expectation)
        waiting = asyncio.create_task(rig.remembered.verify(wanted, ""))
        await asyncio.sleep(0.05)
        rig.service.journal.add(*_two())
        return await waiting, loop.time() - began

    verdict, took = asyncio.run(both())
    assert verdict["ok"]
    assert took < 15
    assert rig.verify(path="/never", timeout=0.05)["ok"] is False


def _two() -> tuple[Any, ...]:
    from keymock.journal import Sent

    return 1, 1, 1, "", "GET", b"/two", b"", [(b"host", b"localhost")], Sent(200), 1, None


def test_coverage_says_what_was_used_and_what_was_not(rig: Rig) -> None:
    rig.ask("/two", x_keymock_session="a")
    rig.ask("/two?b=1")
    rig.ask("/nope?token=x")
    rig.ask("/nope")
    rig.service.reset("*")  # what was used stays known
    rig.ask("/nope")
    found = rig.remembered.coverage()
    by_name = {one.mock: one for one in found.mocks}
    assert set(by_name) == {
        "workspace/mocks/hello", "workspace/mocks/two", "workspace/mocks/ship", "projects/shop/mocks/user",
    }  # fmt: skip
    assert [(one.response, one.status, one.used) for one in by_name["workspace/mocks/two"].answers] == [
        ("fine", 200, 1), ("busy", 503, 1),
    ]  # fmt: skip
    assert [one.mock for one in found.unused] == [
        "projects/shop/mocks/user", "workspace/mocks/hello", "workspace/mocks/ship",
    ]  # fmt: skip
    assert (found.unmatched, found.answers) == (3, (2, 5))
    assert [(one.path, one.count) for one in found.misses] == [("/nope", 1)]


def test_metrics_are_what_prometheus_reads(rig: Rig) -> None:
    rig.ask("/two")
    rig.ask("/two?b=1")
    rig.ask("/nope")
    lines = rig.remembered.metrics().splitlines()
    assert 'keymock_requests_total{mock="workspace/mocks/two",response="fine",status="200"} 1' in lines
    assert 'keymock_requests_total{error="no-mock",status="404"} 1' in lines
    assert "keymock_generation 1" in lines
    for line in lines:
        assert line.startswith(("# HELP keymock_", "# TYPE keymock_", "keymock_"))


def test_what_keymock_toml_redacts_is_hidden_as_soon_as_it_says_so(rig: Rig, tmp_path: Path) -> None:
    def asked() -> str:
        every = rig.remembered.entries(Choice(), near_misses=True)
        verdict = rig.verify(path="/nope", headers={"x-internal": "other"})
        return str([every, [rig.remembered.entry(one["id"]) for one in every], verdict])

    rig.ask("/hello?iban=canary-1", x_tenant="a", x_internal="canary-2")
    rig.ask("/nope?iban=canary-1", x_internal="canary-2")
    assert "canary-1" in asked()
    assert "canary-2" in asked()
    (tmp_path / "keymock.toml").write_text('[redact]\nheaders = ["X-Internal"]\njson_keys = ["iban"]\n')
    assert rig.service.rescan()
    assert "canary" not in asked()
    assert HIDDEN in asked()
    assert rig.verify(path="/nope", headers={"x-internal": "canary-2"})["ok"], "matching sees what came"


def test_many_entries_come_some_at_a_time(rig: Rig) -> None:
    for _ in range(450):
        rig.ask("/hello", x_tenant="a")
    pages = list(rig.remembered.pages(Choice(limit=1_000)))
    assert [len(page) for page in pages] == [200, 200, 50]
    assert [entry["id"] for page in pages for entry in page] == list(range(1, 451))


def test_who_remembers_nothing_says_so(tmp_path: Path) -> None:
    """An empty journal would say that nothing was asked."""
    service = Service(Options(workspace=str(plant(tmp_path, TREE)), journal=False), time.time_ns)
    app = MockApp(service, time.time_ns, time.perf_counter_ns, None)
    assert ask(app, Said("GET", "/hello", (("x-tenant", "a"),), b"")).status == 200
    remembered = service.remembered
    asked = (
        lambda: remembered.entries(Choice()), lambda: remembered.entry(1), remembered.coverage,
        lambda: remembered.tail(Choice(), None), lambda: asyncio.run(remembered.verify(Expectation(), "")),
    )  # fmt: skip
    for each in asked:
        with pytest.raises(Malformed, match="--no-journal") as caught:
            each()
        assert (caught.value.code, caught.value.status) == ("no-journal", 409)
    assert asyncio.run(service.session_control.end("default"))["unmatched"] == []
    assert "keymock_generation 1" in remembered.metrics()
    assert service.journal.count == 1
