from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

from keymock.serve.turn import Turn


def asking(turn: Turn, over: threading.Event, work: Callable[[], None]) -> threading.Thread:
    """A thread that takes the turn as often as it can."""

    def run() -> None:
        while not over.is_set():
            if turn.take():
                work()
                turn.give()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_new_turn_is_the_loops() -> None:
    assert not Turn().take()


def test_the_turn_is_had_while_the_loop_waits_and_never_beside_it() -> None:
    turn, over = Turn(), threading.Event()
    taken: list[int] = []
    beside: list[int] = []
    running: list[int] = []

    def work() -> None:
        taken.append(1)
        beside.extend(running)

    async def story() -> None:
        asker = asking(turn, over, work)
        running.append(1)
        for _ in range(50):
            running.append(1)
            sum(range(5_000))
            running.clear()
            await asyncio.sleep(0.001)
            running.append(1)
        running.clear()
        over.set()
        await asyncio.to_thread(asker.join)

    with asyncio.Runner(loop_factory=turn.loop) as runner:
        runner.run(story())
    assert taken
    assert beside == []


def test_who_asks_often_does_not_keep_the_loop_waiting() -> None:
    turn, over = Turn(), threading.Event()
    done = []

    async def story() -> None:
        asker = asking(turn, over, lambda: time.sleep(0.001))
        for _ in range(20):
            await asyncio.sleep(0.001)
            done.append(1)
        over.set()
        await asyncio.to_thread(asker.join)

    with asyncio.Runner(loop_factory=turn.loop) as runner:
        runner.run(asyncio.wait_for(story(), 20))
    assert len(done) == 20


def test_what_is_called_from_another_thread_wakes_the_loop() -> None:
    turn = Turn()

    async def story() -> int:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[int] = loop.create_future()
        threading.Timer(0.01, lambda: loop.call_soon_threadsafe(answer.set_result, 7)).start()
        return await asyncio.wait_for(answer, 20)

    with asyncio.Runner(loop_factory=turn.loop) as runner:
        assert runner.run(story()) == 7
