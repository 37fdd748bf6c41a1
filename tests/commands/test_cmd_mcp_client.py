"""`keymock mcp` as the official client of the protocol finds it, in a process of its own: its warnings are its own."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from prompt import Shell

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(find_spec("mcp") is None, reason="the SDK is not there: pip install mcp"),
]

ROOT = Path(__file__).parent.parent.parent

CLIENT = """
import asyncio, json, os, sys
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

asked = json.loads(sys.argv[1])

async def main():
    words = ["-m", "keymock", "mcp"]
    server = StdioServerParameters(command=sys.executable, args=words, env=dict(os.environ), cwd=os.getcwd())
    told = []
    async with stdio_client(server) as (incoming, outgoing), ClientSession(incoming, outgoing) as session:
        began = await session.initialize()
        told.append(began.model_dump(mode="json"))
        for method, *arguments in asked:
            try:
                found = await asyncio.wait_for(getattr(session, method)(*arguments), 30)
                told.append(found.model_dump(mode="json"))
            except Exception as refused:
                told.append({"refused": str(refused)})
        try:
            await asyncio.wait_for(session.call_tool("check", {}), 0)
        except TimeoutError:
            told.append("cancelled")
        told.append((await asyncio.wait_for(session.send_ping(), 30)).model_dump(mode="json"))
    print(json.dumps(told))

asyncio.run(main())
"""


def play(shop: Shell, *asked: tuple[Any, ...]) -> list[Any]:
    """What the client was told: at the beginning, to each call, to one that it gave up, to a ping after that."""
    ended = subprocess.run(
        [sys.executable, "-c", CLIENT, json.dumps(asked)], cwd=shop.folder,
        env={**shop.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    told: list[Any] = json.loads(ended.stdout)
    return told


def test_every_tool_and_every_mock_can_be_reached(shop: Shell) -> None:
    calls: tuple[tuple[str, dict[str, str]], ...] = (
        ("list_mocks", {}), ("read_mock", {"mock": "get-user"}), ("explain", {"method": "GET", "url": "/health"}),
        ("check", {}), ("draft_mock", {"path": "/made", "scope": "workspace"}), ("journal", {}),
        ("verify", {"request": "GET /a"}),
    )  # fmt: skip
    asked: list[tuple[Any, ...]] = [
        ("list_tools",),
        ("list_resources",),
        ("read_resource", "keymock://mock/workspace/mocks/health"),
    ]
    began, tools, resources, health, *answers, _, _ = play(shop, *asked, *(("call_tool", *each) for each in calls))
    assert began.get("server_info", began.get("serverInfo"))["name"] == "keymock"
    assert [tool["name"] for tool in tools["tools"]] == [name for name, _ in calls]
    assert "keymock://mock/workspace/mocks/health" in {resource["uri"] for resource in resources["resources"]}
    assert json.loads(health["contents"][0]["text"])["mock"] == "workspace/mocks/health"
    failed = [answer.get("is_error", answer.get("isError")) for answer in answers]
    assert failed == [False, False, False, False, False, True, True]  # no server runs: two have nobody to ask
    said = [json.loads(answer["content"][0]["text"]) for answer in answers]
    assert said[2]["answer"]["mock"] == "workspace/mocks/health"
    assert said[5]["problems"][0]["code"] == "no-server"


def test_mistakes_are_told_and_a_call_that_is_given_up_leaves_the_server_well(shop: Shell) -> None:
    asked: list[tuple[Any, ...]] = [
        ("call_tool", "no_such_tool", {}), ("call_tool", "read_mock", {}), ("read_resource", "file:///etc/passwd"),
        ("read_resource", "keymock://mock/workspace/mocks/nothing"), ("list_prompts",),
    ]  # fmt: skip
    _, *refused, cancelled, _ = play(shop, *asked)
    said = [each["refused"] for each in refused]
    assert "there is no such tool" in said[0]
    assert "`mock` is missing" in said[1]
    assert "a resource is keymock://mock/ID" in said[2]
    assert "there is no mock" in said[3]
    assert "there is no method prompts/list" in said[4]
    assert cancelled == "cancelled"
