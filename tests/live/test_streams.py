"""Streams of a real `keymock up`: read by a client of the trade, kept in the journal, closed when the server stops."""

from __future__ import annotations

import asyncio
import importlib.util
from pathlib import Path

import pytest
from live_server import Serve, Server
from raw_websocket import connected
from tree_answers import plant

from keymock.serve.calls import ControlClient

pytestmark = pytest.mark.live

COMPLETION = """
[request]
method = "POST"
path = "/v1/chat/completions"
body.json = { stream = true }

[response.events]
every = "5ms"
list = [
    { data = { id = "c-1", object = "chat.completion.chunk", created = 0, model = "{{ request.json.model }}", choices = [{ index = 0, delta = { role = "assistant", content = "Hel" } }] } },
    { data = { id = "c-1", object = "chat.completion.chunk", created = 0, model = "{{ request.json.model }}", choices = [{ index = 0, delta = { content = "lo" } }] } },
    { data = { id = "c-1", object = "chat.completion.chunk", created = 0, model = "{{ request.json.model }}", choices = [{ index = 0, delta = {}, finish_reason = "stop" }] } },
    { data = "[DONE]" },
]
"""  # noqa: E501  (TOML has no inline table over several lines)

TREE = {
    "keymock.toml": 'name = "streams"\n',
    "workspace/mocks/completion.toml": COMPLETION,
    "workspace/mocks/stay.toml": (
        '[request]\npath = "/stay"\n[response.events]\nlist = [{ data = "a" }]\nat_end = "stay"\n'
    ),
    "workspace/mocks/chat.toml": '[request]\npath = "/chat"\n[websocket]\nprotocols = ["v2"]\non_connect = "hi"\n',
}


def served(serve: Serve, tmp_path: Path) -> Server:
    return serve(plant(tmp_path / "tree", TREE))


@pytest.mark.skipif(importlib.util.find_spec("openai") is None, reason="needs the openai client")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_openai_client_reads_a_token_stream_to_its_end(serve: Serve, tmp_path: Path) -> None:
    import openai

    server = served(serve, tmp_path)
    with openai.OpenAI(base_url=f"{server.ready.url}/v1", api_key="k", max_retries=0) as client:
        chunks = list(
            client.chat.completions.create(model="m", messages=[{"role": "user", "content": "Hi"}], stream=True)
        )
    assert [chunk.choices[0].delta.content for chunk in chunks] == ["Hel", "lo", None]
    assert {chunk.model for chunk in chunks} == {"m"}
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_a_server_that_stops_ends_streams_and_says_goodbye(serve: Serve, tmp_path: Path) -> None:
    server = served(serve, tmp_path)

    async def story() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /stay HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert (await reader.readuntil(b"data: a\n\n")).startswith(b"HTTP/1.1 200 OK\r\n")
        async with connected(server.port, "/chat") as chat:
            assert await chat.text() == "hi"
            assert await asyncio.to_thread(server.stop) == 0
            assert await chat.end() == (1001, "the server stops")
        assert (await reader.read()).endswith(b"0\r\n\r\n")
        writer.close()

    asyncio.run(asyncio.wait_for(story(), 20))


def test_the_journal_has_one_entry_for_a_websocket(serve: Serve, tmp_path: Path) -> None:
    server = served(serve, tmp_path)

    async def story() -> None:
        for path in ("/chat", "/nowhere"):
            async with connected(server.port, path, "Sec-WebSocket-Protocol: v1, v2"):
                pass

    asyncio.run(asyncio.wait_for(story(), 20))
    entries = ControlClient(server.ready.control, server.ready.token).journal()
    assert [(entry["path"], entry["status"], entry["mock"]) for entry in entries] == [
        ("/chat", 101, "workspace/mocks/chat"),
        ("/nowhere", 404, None),
    ]
    assert entries[0]["response"]["headers"] == [["sec-websocket-protocol", "v2"]]
