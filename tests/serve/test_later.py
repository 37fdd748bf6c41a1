from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from keymock.serve.later import Later, Waiting
from keymock.serve.turn import Turn


def test_what_is_put_is_called_in_the_order_of_its_moments() -> None:
    called: list[str] = []

    async def story() -> float:
        loop = asyncio.get_running_loop()
        waiting = Waiting(loop)
        began = loop.time()
        for seconds, name in ((0.06, "c"), (0.02, "a"), (0.04, "b"), (0.02, "a, too")):
            waiting.put(seconds, partial(called.append, name))
        while len(called) < 4:
            await asyncio.sleep(0.001)
        return loop.time() - began

    assert asyncio.run(asyncio.wait_for(story(), 30)) >= 0.06
    assert called == ["a", "a, too", "b", "c"]


def test_nothing_is_called_before_its_moment() -> None:
    late: list[float] = []

    async def story() -> None:
        loop = asyncio.get_running_loop()
        waiting = Waiting(loop)

        def called(due: float) -> None:
            late.append(loop.time() - due)

        for number in range(200):
            seconds = (number * 7 % 50) / 1000
            waiting.put(seconds, partial(called, loop.time() + seconds))
        while len(late) < 200:
            await asyncio.sleep(0.001)

    asyncio.run(asyncio.wait_for(story(), 30))
    assert min(late) >= -1e-6


def test_one_that_raises_keeps_nobody_waiting() -> None:
    told: list[str] = []
    called: list[int] = []

    async def story() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, context: told.append(str(context["exception"])))
        waiting = Waiting(loop)
        waiting.put(0.0, partial(called.remove, 7))
        waiting.put(0.0, partial(called.append, 1))
        waiting.put(0.01, partial(called.append, 2))
        while len(called) < 2:
            await asyncio.sleep(0.001)

    asyncio.run(asyncio.wait_for(story(), 30))
    assert (told, called) == (["list.remove(x): x not in list"], [1, 2])


def test_a_loop_that_sleeps_is_woken_by_who_has_its_turn() -> None:
    turn = Turn()
    called: list[float] = []

    async def story() -> None:
        loop = asyncio.get_running_loop()
        waiting = Waiting(loop)
        over = loop.create_future()

        def last() -> None:
            called.append(loop.time())
            over.set_result(None)

        def put() -> None:
            end = time.monotonic() + 30
            while not turn.take() and time.monotonic() < end:
                time.sleep(0)
            waiting.put(0.01, last)
            turn.give()

        await asyncio.gather(asyncio.to_thread(put), asyncio.wait_for(over, 30))

    with asyncio.Runner(loop_factory=turn.loop) as runner:
        runner.run(story())
    assert len(called) == 1


def test_called_as_an_app_it_waits_by_itself() -> None:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        raise AssertionError("nothing has to be read for it")

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    def give(say: Callable[[dict[str, Any]], object]) -> None:
        say({"n": 1})
        say({"n": 2})

    began = time.monotonic()
    asyncio.run(Later(0.02, give)(receive, send))
    assert time.monotonic() - began >= 0.019
    assert sent == [{"n": 1}, {"n": 2}]
