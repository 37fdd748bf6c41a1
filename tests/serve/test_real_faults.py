"""Fault profiles over what the real API answers: late, broken on the way back, or another status without asking."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asgi_driver
import pytest
from conversation import Answer as Got
from conversation import Said
from on_granian import needs_curl, raw, request, while_served
from real_api import Answer, RealApi, real_api
from tree_answers import mock, plant

from keymock.serve.app import MockApp
from keymock.serve.options import Options
from keymock.serve.service import Service

PROFILES = """
[faults.slow]
source = "real"
delay = "120ms"
[faults.down]
source = "both"
on = ["projects/shop/mocks/users"]
status = 503
[faults.mocks]
status = 500
[faults.reset]
source = "real"
kind = "reset"
[faults.half]
source = "real"
kind = "truncated"
[faults.flaky]
source = "real"
rate = 0.5
status = 502
[faults.project]
source = "real"
on = ["projects/shop/**"]
status = 418
"""


def app_of(root: Path, api: RealApi, mode: str = "real", **options: Any) -> MockApp:
    project = f'[upstream]\nmode = "{mode}"\nurls.local = "{api.url}"\n'
    users = {"projects/shop/mocks/users.toml": mock("/users", response='body = "mock"')}
    tree = plant(root, {"keymock.toml": PROFILES, "projects/shop/project.toml": project, **users})
    service = Service(Options(workspace=str(tree), **options), time.time_ns)
    assert service.problems == ()
    return MockApp(service, time.time_ns, time.perf_counter_ns, None)


def ask(app: MockApp, *targets: str, **headers: str) -> list[Got]:
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())

    async def every() -> list[Got]:
        try:
            return [await asgi_driver.answer(app, Said("GET", target, pairs, b"")) for target in targets]
        finally:
            await app.close()

    return asyncio.run(every())


def test_a_delay_comes_on_top_and_the_answer_is_the_real_one(tmp_path: Path) -> None:
    with real_api(lambda _: Answer(body=b"real")) as api:
        app = app_of(tmp_path, api)
        began = time.perf_counter()
        (got,) = ask(app, "/users", X_Keymock_Faults="slow")
    assert time.perf_counter() - began >= 0.12
    assert (got.status, got.body, dict(got.headers)["x-keymock-source"]) == (200, b"real", "real")


def test_a_status_is_given_without_asking_for_the_mocks_that_are_meant(tmp_path: Path) -> None:
    with real_api(lambda _: Answer(body=b"real")) as api:
        app = app_of(tmp_path, api, faults="down")
        assert [got.status for got in ask(app, "/users", "/other")] == [503, 200]
        assert [one.target for one in api.asked] == ["/other"]
        (got,) = ask(app, "/users", X_Keymock_Faults="none")
        assert got.status == 200
        (got,) = ask(app, "/users", X_Keymock_Faults="mocks")
        assert got.body == b"real", "a profile of mocks leaves the real API alone"
        assert [got.status for got in ask(app, "/users", "/other", X_Keymock_Faults="project")] == [418, 418]
        fallback = app_of(tmp_path / "fallback", api, "fallback", faults="project")
        assert [got.status for got in ask(fallback, "/users", "/other")] == [200, 418]


def test_a_rate_repeats_with_the_seed(tmp_path: Path) -> None:
    def statuses(number: int, seed: int, api: RealApi) -> list[int]:
        app = app_of(tmp_path / str(number), api, seed=seed)
        return [got.status for got in ask(app, *["/a"] * 40, X_Keymock_Faults="flaky")]

    with real_api(lambda _: Answer(body=b"real")) as api:
        runs = [statuses(number, seed, api) for number, seed in enumerate((7, 7, 8))]
    assert runs[0] == runs[1] != runs[2]
    assert {*runs[0]} == {200, 502}


@pytest.mark.live
@needs_curl
def test_an_answer_breaks_on_its_way_back(tmp_path: Path) -> None:
    def serving(app: MockApp, profile: str) -> Callable[[int], Any]:
        async def story(port: int) -> None:
            seen = await raw(port, request("/users", "GET", f"x-keymock-faults: {profile}"), 3)
            if profile == "reset":
                assert (seen.data, seen.end) == (b"", "reset")
            else:
                assert seen.head.startswith(b"http/1.1 200")
                assert (seen.body, seen.end) == (b"01234", "end")
            await app.close()

        return story

    with real_api(lambda _: Answer(body=b"0123456789")) as api:
        for profile in ("reset", "half"):
            app = app_of(tmp_path / profile, api)
            while_served(app, serving(app, profile))
        assert len(api.asked) == 2, "it was asked all the same"
