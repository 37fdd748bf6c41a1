from __future__ import annotations

import asyncio
import os
import resource
import threading
import time
import urllib.request
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import pytest

from keymock.problems import Stop, error
from keymock.serve.line import Generation, Line, News, Serving, pair
from keymock.serve.sockets import Face, Listener, listen
from keymock.serve.worker import Open, Workshop, allow_many_files, finish_what_was_begun, run_worker

pytestmark = pytest.mark.live


async def hello(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["path"] == "/slow":
        await asyncio.sleep(0.3)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


async def forever() -> None:
    await asyncio.sleep(3600)


def workshop(*jobs: Callable[[], Coroutine[Any, Any, None]], generation: int = 1) -> Workshop:
    return Workshop({"mock": hello, "control": hello}, generation, jobs or (forever,), {"mocks": 1})


def opening(*jobs: Callable[[], Coroutine[Any, Any, None]]) -> Open:
    def open_workshop(first: int, report: object, stopping: asyncio.Event) -> Workshop:
        return workshop(*jobs, generation=first)

    return open_workshop


def get(listener: Listener, path: str = "/") -> bytes:
    with urllib.request.urlopen(listener.url + path, timeout=5) as answer:  # noqa: S310 - loopback, our own
        body: bytes = answer.read()
        return body


def supervised(
    open_workshop: Open, generation: int = 1, visit: Callable[[Mapping[str, Listener], Line], object] | None = None
) -> tuple[int, list[News], object]:
    """Run a worker in this thread and play its supervisor in another.

    `visit` runs once the worker serves; then the supervisor hangs up. Returns the worker's exit code, all it said,
    and what `visit` returned.
    """
    ours, theirs = pair()
    listening = listen([Face("mock"), Face("control")])
    said: list[News] = []
    seen: list[object] = []

    def supervise() -> None:
        while (news := ours.read()) is not None:
            said.extend(news)
            if any(isinstance(item, Serving) for item in news):
                seen.append(visit(listening, ours) if visit else None)
                break
        ours.close()

    supervisor = threading.Thread(target=supervise)
    supervisor.start()
    try:
        code = run_worker(theirs, listening, open_workshop, generation)
    finally:
        theirs.close()
        supervisor.join(10)
        for listener in listening.values():
            listener.close()
    return code, said, seen[0]


def test_it_serves_every_face_on_every_address_until_its_supervisor_is_gone() -> None:
    def visit(listening: Mapping[str, Listener], line: Line) -> object:
        return {name: get(listener) for name, listener in listening.items()}

    code, said, seen = supervised(opening(), 7, visit)
    assert code == 0
    assert said == [Serving(7, {"mocks": 1})]
    assert seen == {"mock": b"hello", "control": b"hello"}


def test_a_later_generation_is_reported() -> None:
    def open_workshop(first: int, report: Callable[[int], None], stopping: asyncio.Event) -> Workshop:
        async def watcher() -> None:
            await asyncio.sleep(0.05)
            report(first + 1)
            await forever()

        return workshop(watcher, generation=first)

    def visit(listening: Mapping[str, Listener], line: Line) -> object:
        return line.read()

    _, _, seen = supervised(open_workshop, visit=visit)
    assert seen == [Generation(2)]


def test_what_is_in_flight_is_answered_before_it_ends() -> None:
    answers: list[bytes] = []
    clients: list[threading.Thread] = []

    def visit(listening: Mapping[str, Listener], line: Line) -> object:
        clients.append(threading.Thread(target=lambda: answers.append(get(listening["mock"], "/slow"))))
        clients[0].start()
        time.sleep(0.1)
        return None

    assert supervised(opening(), visit=visit)[0] == 0
    clients[0].join(5)
    assert answers == [b"hello"]


def test_jobs_are_cancelled_and_endless_answers_told_in_the_end() -> None:
    ends: list[str] = []

    def open_workshop(first: int, report: object, stopping: asyncio.Event) -> Workshop:
        async def watcher() -> None:
            try:
                await forever()
            finally:
                ends.append(f"cancelled, stopping: {stopping.is_set()}")

        return workshop(watcher)

    supervised(open_workshop)
    assert ends == ["cancelled, stopping: True"]


def test_a_job_that_fails_ends_the_worker_with_its_reason() -> None:
    async def watcher() -> None:
        raise LookupError("the watcher is lost")

    with pytest.raises(LookupError, match="the watcher is lost"):
        supervised(opening(watcher))


def test_a_job_that_ends_by_itself_ends_the_worker() -> None:
    async def watcher() -> None:
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="ended by itself"):
        supervised(opening(watcher))


def test_a_workspace_that_cannot_be_opened_is_the_callers_to_tell() -> None:
    def open_workshop(first: int, report: object, stopping: asyncio.Event) -> Workshop:
        raise Stop(error("keymock.toml", "no-workspace", "there is no workspace here"))

    ours, theirs = pair()
    with pytest.raises(Stop, match="no workspace"):
        run_worker(theirs, {}, open_workshop, 1)
    theirs.close()
    assert ours.read() is None
    ours.close()


def test_open_files_are_allowed_as_far_as_the_system_lets_us() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = 512
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (few, hard))
        allow_many_files()
        raised = resource.getrlimit(resource.RLIMIT_NOFILE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert raised[0] > few
    assert raised[1] == hard


@pytest.mark.skipif(not hasattr(os, "SCHED_BATCH"), reason="Linux has it")
def test_the_threads_of_a_worker_let_each_other_finish() -> None:
    before = os.sched_getscheduler(0)
    try:
        finish_what_was_begun()
        assert os.sched_getscheduler(0) == os.SCHED_BATCH
        inherited: list[int] = []
        thread = threading.Thread(target=lambda: inherited.append(os.sched_getscheduler(0)))
        thread.start()
        thread.join()
        assert inherited == [os.SCHED_BATCH]
    finally:
        os.sched_setscheduler(0, before, os.sched_param(0))
