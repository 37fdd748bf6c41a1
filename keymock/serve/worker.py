"""The process that serves: the apps, the watcher and the state on one event loop, until the supervisor says stop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import resource
import signal
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, NamedTuple

from keymock.serve.granian_server import App, GranianServer
from keymock.serve.line import Generation, Line, Serving
from keymock.serve.sockets import Listener
from keymock.serve.turn import Turn

DRAIN_SECONDS = 4.0
"""For the requests that are in flight on the mock ports; the supervisor ends whatever takes longer than 5 s."""

_CONTROL_SECONDS = 0.3
_GOODBYE = 0.05
"""For WebSockets to say that the server stops: granian drops them at once."""
_MANY_FILES = 65_536

Job = Callable[[], Coroutine[Any, Any, None]]


class Workshop(NamedTuple):
    """What one worker runs: an app for each face that listens, and the jobs beside them (the watcher).

    Jobs are cancelled in the end. One that returns or raises before ends the worker, and the supervisor starts
    another: better new than blind. `facts` go into the supervisor's banner.
    """

    apps: Mapping[str, App]
    generation: int
    jobs: Sequence[Job]
    facts: Mapping[str, Any]


Open = Callable[[int, Callable[[int], None], asyncio.Event], Workshop]
"""Loads the workspace and makes the apps, on the running loop. Told the first generation, a function that reports
later ones, and an event that is set when the worker stops: answers without an end, such as the event stream, end then.
"""


def run_worker(line: Line, listening: Mapping[str, Listener], open_workshop: Open, generation: int) -> int:
    """Serve until SIGTERM, or until the supervisor is gone; then finish what is in flight. Returns the exit code."""
    allow_many_files()
    finish_what_was_begun()
    turn = Turn()
    with asyncio.Runner(loop_factory=turn.loop) as runner:
        return runner.run(_work(line, listening, open_workshop, generation, turn))


def allow_many_files() -> None:
    """Raise the soft limit of open files as far as we may: it is 1 024 (macOS: 256) for the sake of select().

    Every connection is a file, and where there are no more, granian spins until one is closed.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MANY_FILES if hard == resource.RLIM_INFINITY else min(hard, _MANY_FILES)
    if 0 <= soft < most:
        with contextlib.suppress(OSError, ValueError):  # some systems refuse what their own hard limit allows
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def finish_what_was_begun() -> None:
    """Ask the kernel not to interrupt one of our threads because another has something to do.

    Each answer wakes the thread of the sockets. Where they share a processor, that one would go first: one write, two
    changes of thread, for every answer. This way several are written at once; of answers that take 30 µs there were 1.4
    times as many.
    """
    if hasattr(os, "SCHED_BATCH"):  # Linux
        with contextlib.suppress(OSError):  # some sandboxes refuse
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


async def _work(line: Line, listening: Mapping[str, Listener], open_workshop: Open, generation: int, turn: Turn) -> int:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    gc.disable()  # until here nearly nothing is garbage, and looking for it costs 10 000 mocks 150 ms
    workshop = open_workshop(generation, lambda later: line.report(Generation(later)), stopping)
    gc.freeze()  # the index lives as long as the worker: the collector need not walk it time and again
    gc.enable()

    control = _servers(listening, workshop.apps, lambda face: face == "control")
    mocks = _servers(listening, workshop.apps, lambda face: face != "control", turn)
    serving = [loop.create_task(server.serve()) for server in mocks]
    serving_control = [loop.create_task(server.serve()) for server in control]
    jobs = [loop.create_task(job()) for job in workshop.jobs]
    needed = {*serving, *serving_control, *jobs}
    await asyncio.sleep(0)  # each has begun: from here on whoever connects is answered
    line.report(Serving(workshop.generation, dict(workshop.facts)))
    # The supervisor says nothing on the line, so what can be read from it is its end.
    loop.add_reader(line, _supervisor_gone, loop, line, stopping)

    told = loop.create_task(stopping.wait())
    own = asyncio.all_tasks()  # those of the servers, too
    await asyncio.wait({told, *needed}, return_when=asyncio.FIRST_COMPLETED)
    ended = [task for task in needed if task.done()]
    if ended:
        raise _failure(ended)

    under_way = asyncio.all_tasks() - own
    if under_way:
        await asyncio.wait(under_way, timeout=_GOODBYE)
    for server in (*mocks, *control):
        server.stop()
    for job in jobs:
        job.cancel()
    await asyncio.wait(serving, timeout=DRAIN_SECONDS)
    if serving_control:
        await asyncio.wait(serving_control, timeout=_CONTROL_SECONDS)
    return 0


def _servers(
    listening: Mapping[str, Listener], apps: Mapping[str, App], wanted: Callable[[str], bool], turn: Turn | None = None
) -> list[GranianServer]:
    return [
        GranianServer(apps[face], listener_socket, turn)
        for face, listener in listening.items()
        if wanted(face)
        for listener_socket in listener.sockets
    ]


def _supervisor_gone(loop: asyncio.AbstractEventLoop, line: Line, stopping: asyncio.Event) -> None:
    loop.remove_reader(line)
    stopping.set()


def _failure(ended: Sequence[asyncio.Task[Any]]) -> BaseException:
    """Why the worker cannot go on: what a task died of, else that it ended at all."""
    for task in ended:
        failure = task.exception()
        if failure is not None:
            return failure
    return RuntimeError("a job that the worker needs has ended by itself")
