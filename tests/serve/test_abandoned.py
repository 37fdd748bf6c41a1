""" "10 000 abandoned streams leave descriptors and tasks where they were": events, dribbles, delays nobody awaits."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from on_granian import descriptors, raw, request, settled, tasks, while_served
from tree_answers import mock, plant

from keymock.serve.app import MockApp
from keymock.serve.options import Options
from keymock.serve.service import Service
from keymock.serve.worker import allow_many_files

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]

ABANDONED = 10_000
TOGETHER = 250
TREE: dict[str, str | bytes] = {
    "workspace/mocks/fine.toml": mock("/fine", response='body = "fine"'),
    "workspace/mocks/stream.toml": (
        '[request]\npath = "/stream"\n[response.events]\nlist = [{ data = "first" }]\nat_end = "stay"\n'
    ),
    "workspace/mocks/dribble.toml": mock("/dribble", response=f'body = "first{"x" * 99_995}"\n'
                                         "throttle = { bytes_per_second = 20000 }"),
    "workspace/mocks/delay.toml": mock("/delay", response='body = "late"\ndelay = "1h"'),
}  # fmt: skip


async def abandoned(port: int, number: int) -> None:
    """Asks for something slow and leaves, every other time by a reset."""
    path = ("/stream", "/dribble", "/stream", "/delay")[number % 4]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request(path))
    if path != "/delay":
        await reader.readuntil(b"first")
    if number % 8 < 4:
        writer.transport.abort()
    writer.close()


def test_they_leave_nothing_behind(tmp_path: Path) -> None:
    allow_many_files()
    service = Service(Options(workspace=str(plant(tmp_path, TREE))), time.time_ns)
    app = MockApp(service, time.time_ns, time.perf_counter_ns, None)

    async def visit(port: int) -> None:
        await raw(port, request("/fine", "GET", "connection: close"))
        files, running = descriptors(), tasks()
        for start in range(0, ABANDONED, TOGETHER):
            await asyncio.gather(*(abandoned(port, number) for number in range(start, start + TOGETHER)))
        assert await settled(descriptors, files, 60) <= files
        assert await settled(tasks, running, 60) <= running
        assert (await raw(port, request("/fine", "GET", "connection: close"))).body == b"fine"

    while_served(app, visit, seconds=590)
