"""The stream of events: what a reader gets, and that nothing is left when it ends."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from standin import GOOD, PORT, TOKEN, Service, pairs, scope

from keymock.serve.control import create
from keymock.serve.events import Waiting, as_text, stream
from keymock.serve.granian_server import GranianServer


class Reader:
    """A client of `GET /events` that can leave, or stop reading."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.left = asyncio.Event()
        self.reads = asyncio.Event()
        self.reads.set()

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        await self.reads.wait()
        self.sent.append(message)

    @property
    def text(self) -> str:
        return b"".join(message.get("body", b"") for message in self.sent).decode()

    async def has(self, text: str) -> None:
        async with asyncio.timeout(2):
            while text not in self.text:
                await asyncio.sleep(0.001)


def play(scene: Callable[[Service, Reader, asyncio.Event, asyncio.Task[None]], Awaitable[None]]) -> None:
    """Runs the scene beside `GET /events`; then only the scene's own task may be left."""

    async def run() -> None:
        service, reader, stopping = Service(), Reader(), asyncio.Event()
        app = create(service, token=TOKEN, port=PORT, stopping=stopping)
        serving = asyncio.create_task(_as_none(app(scope("GET", "/events", pairs(GOOD)), reader.receive, reader.send)))
        await reader.has(": keymock")
        await scene(service, reader, stopping, serving)
        async with asyncio.timeout(2):
            await asyncio.gather(serving, return_exceptions=True)
        assert service.listening == 0
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())


async def _as_none(answering: Awaitable[None]) -> None:
    await answering


def test_events_are_sent_as_they_happen_until_the_reader_leaves() -> None:
    async def scene(service: Service, reader: Reader, _: asyncio.Event, serving: asyncio.Task[None]) -> None:
        service.events.put_nowait({"event": "reload", "generation": 4})
        await reader.has('event: reload\ndata: {"event":"reload","generation":4}\n\n')
        assert (b"content-type", b"text/event-stream") in reader.sent[0]["headers"]
        assert (b"cache-control", b"no-store") in reader.sent[0]["headers"]
        assert service.listening == 1
        reader.left.set()

    play(scene)


def test_exchanges_are_told_to_who_asks_for_them_after_the_last_one_heard() -> None:
    async def run() -> None:
        service, reader = Service(), Reader()
        app = create(service, token=TOKEN, port=PORT)
        headers = pairs({**GOOD, "last-event-id": "7"})
        target = scope("GET", "/events?exchanges=true&session=ada&unmatched=true", headers)
        serving = asyncio.create_task(_as_none(app(target, reader.receive, reader.send)))
        await reader.has('id: 8\nevent: exchange\ndata: {"event":"exchange","id":8,"path":"/a"}\n\n')
        service.events.put_nowait({"event": "reload", "generation": 4})
        await reader.has("event: reload")
        assert "tail ada True 7" in service.calls
        reader.left.set()
        await asyncio.gather(serving, return_exceptions=True)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())


@pytest.mark.parametrize("said", ["", "x", "-1", "9" * 30])
def test_a_last_event_that_is_none_of_ours_is_as_none(said: str) -> None:
    async def run() -> None:
        service, reader = Service(), Reader()
        app = create(service, token=TOKEN, port=PORT)
        target = scope("GET", "/events?exchanges=true", pairs({**GOOD, "last-event-id": said}))
        serving = asyncio.create_task(_as_none(app(target, reader.receive, reader.send)))
        await reader.has("event: exchange")
        assert "tail None False None" in service.calls
        reader.left.set()
        await asyncio.gather(serving, return_exceptions=True)

    asyncio.run(run())


def test_the_server_stops() -> None:
    async def scene(service: Service, reader: Reader, stopping: asyncio.Event, serving: asyncio.Task[None]) -> None:
        stopping.set()
        await serving
        assert reader.sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}

    play(scene)


def test_the_task_that_serves_is_cancelled() -> None:
    async def scene(service: Service, reader: Reader, _: asyncio.Event, serving: asyncio.Task[None]) -> None:
        service.events.put_nowait({"event": "reload"})
        await reader.has("reload")
        serving.cancel()

    play(scene)


def test_a_reader_that_does_not_read_holds_up_nobody_and_can_leave() -> None:
    async def scene(service: Service, reader: Reader, _: asyncio.Event, serving: asyncio.Task[None]) -> None:
        reader.reads.clear()
        for number in range(5_000):
            service.events.put_nowait({"event": "exchange", "id": number})
        while not service.events.empty():
            await asyncio.sleep(0)
        reader.left.set()
        await serving

    play(scene)


def test_a_slow_reader_is_told_how_much_it_missed() -> None:
    async def run() -> None:
        waiting = Waiting(most=3)
        for number in range(5):
            waiting.put({"event": "e", "n": number})
        taken = await waiting.take()
        assert taken[0] == {"event": "lost", "count": 2}
        assert [event["n"] for event in taken[1:]] == [2, 3, 4]
        waiting.put({"event": "e", "n": 5})
        assert await waiting.take() == [{"event": "e", "n": 5}]

    asyncio.run(run())


def test_the_events_come_to_an_end() -> None:
    async def two() -> AsyncIterator[dict[str, Any]]:
        yield {"event": "one"}
        yield {"event": "two"}

    async def run() -> None:
        reader = Reader()
        await stream([two()], reader.receive, reader.send, [], asyncio.Event())
        assert "one" in reader.text
        assert "two" in reader.text
        assert reader.sent[-1]["more_body"] is False

    asyncio.run(run())


def test_events_that_fail_are_a_bug_and_shown_as_one() -> None:
    async def broken() -> AsyncIterator[dict[str, Any]]:
        yield {"event": "one"}
        raise ZeroDivisionError

    async def run() -> None:
        reader = Reader()
        with pytest.raises(ZeroDivisionError):
            await stream([broken()], reader.receive, reader.send, [], asyncio.Event())

    asyncio.run(run())


def test_no_line_of_an_event_can_be_mistaken_for_another() -> None:
    assert as_text({"event": "problem", "message": "a\n\ndata: b"}).count(b"\n") == 3


@pytest.mark.live
@pytest.mark.parametrize("ends", ["close", "reset", "stop"])
def test_over_the_wire_nothing_is_left_however_it_ends(ends: str) -> None:
    async def run() -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        service, stopping = Service(), asyncio.Event()
        server = GranianServer(create(service, token=TOKEN, port=port, stopping=stopping), listener)
        serving = asyncio.create_task(server.serve())
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"GET /events HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer {TOKEN}\r\n\r\n"
        writer.write(head.encode())
        await reader.readuntil(b": keymock")
        service.events.put_nowait({"event": "reload", "generation": 9})
        await reader.readuntil(b'"generation":9}')
        if ends == "reset":
            linger_for_nothing = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_for_nothing)
        if ends == "stop":
            stopping.set()
            await reader.readuntil(b"0\r\n\r\n")
        writer.close()
        async with asyncio.timeout(2):
            while service.listening:
                await asyncio.sleep(0.005)
        server.stop()
        await asyncio.wait_for(serving, 5)

    asyncio.run(run())
