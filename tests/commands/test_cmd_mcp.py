"""`keymock mcp`: the verbs for a model, with the roles of whom it acts as."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from prompt import ADA, Shell

from keymock.commands.invocation import Invocation
from keymock.commands.mcp import TOOLS, answer


def ask(shell: Shell, method: str, user: str = "", **params: Any) -> Any:
    invocation = Invocation(folder=shell.folder, environ=shell.environ, user=user)
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return answer(invocation, json.dumps(message).encode())


def call(shell: Shell, tool: str, user: str = "", **arguments: Any) -> Any:
    result = ask(shell, "tools/call", user, name=tool, arguments=arguments)["result"]
    (content,) = result["content"]
    return result["isError"], json.loads(content["text"])


def test_it_introduces_itself_in_a_version_that_both_speak(shell: Shell) -> None:
    old = ask(shell, "initialize", protocolVersion="2024-11-05", capabilities={}, clientInfo={})["result"]
    assert (old["protocolVersion"], old["serverInfo"]["name"]) == ("2024-11-05", "keymock")
    assert ask(shell, "initialize", protocolVersion="1999-01-01")["result"]["protocolVersion"] == "2025-06-18"
    assert ask(shell, "ping")["result"] == {}


def test_every_tool_says_what_it_takes_and_whether_it_writes(shell: Shell) -> None:
    tools = {tool["name"]: tool for tool in ask(shell, "tools/list")["result"]["tools"]}
    assert set(tools) == set(TOOLS) >= {"list_mocks", "read_mock", "explain", "draft_mock", "journal", "verify"}
    assert [name for name, tool in tools.items() if not tool["annotations"]["readOnlyHint"]] == ["draft_mock"]
    for tool in tools.values():
        assert set(tool["inputSchema"]["required"]) <= set(tool["inputSchema"]["properties"])


def test_what_there_is_as_the_actor_sees_it(shop: Shell) -> None:
    failed, mocks = call(shop, "list_mocks")
    assert (failed, "projects/shop/mocks/users/get-user" in {mock["mock"] for mock in mocks}) == (False, True)
    assert not any("secret" in mock["mock"] or "bob@" in mock["mock"] for mock in mocks)
    assert call(shop, "read_mock", mock="get-user")[0] is False
    assert call(shop, "read_mock", mock="plans")[0] is True


def test_mocks_are_resources_and_what_is_json_is_given_as_that_too(shop: Shell) -> None:
    listed = ask(shop, "resources/list")["result"]["resources"]
    (health,) = [each for each in listed if each["name"] == "workspace/mocks/health"]
    assert (health["uri"], health["description"]) == ("keymock://mock/workspace/mocks/health", "GET /health")
    assert not any("secret" in each["uri"] or "bob@" in each["uri"] for each in listed)
    (content,) = ask(shop, "resources/read", uri=health["uri"])["result"]["contents"]
    assert json.loads(content["text"])["mock"] == "workspace/mocks/health"
    assert (
        ask(shop, "resources/read", uri="keymock://mock/private/bob@example.com/mocks/plans")["error"]["code"] == -32002
    )
    assert ask(shop, "resources/read", uri="file:///etc/passwd")["error"]["code"] == -32002
    assert ask(shop, "resources/templates/list")["result"] == {"resourceTemplates": []}
    found = ask(shop, "tools/call", name="check", arguments={})["result"]
    assert found["structuredContent"] == json.loads(found["content"][0]["text"])


def test_why_a_mock_answers(shop: Shell) -> None:
    failed, found = call(shop, "explain", method="GET", url="/health")
    assert (failed, found["answer"]["mock"]) == (False, "workspace/mocks/health")
    failed, found = call(shop, "explain", method="GET", url="/nowhere", header="X-A: 1", body="--as=ops@example.com")
    assert (failed, found["answer"]) == (False, None)


def test_a_mock_is_written_where_the_role_allows_it(shop: Shell) -> None:
    failed, made = call(shop, "draft_mock", path="/made/:id", status=201, body='{"a": 1}', scope="project:shop")
    assert (failed, made["mock"]) == (False, "projects/shop/mocks/made/get-by-id")
    assert (shop.folder / "projects/shop/mocks/made/get-by-id.toml").exists()
    failed, refused = call(shop, "draft_mock", user="vic@example.com", path="/other", scope="project:shop")
    assert (failed, refused["problems"][0]["code"]) == (True, "forbidden")
    assert call(shop, "draft_mock", path="/dash", body="-rf", name="--force", scope="workspace")[0] is False


def test_without_a_server_the_journal_says_how_to_start_one(shop: Shell) -> None:
    failed, told = call(shop, "journal")
    assert (failed, told["problems"][0]["code"]) == (True, "no-server")


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"name": "rm"}, "no such tool"),
        ({"name": "read_mock"}, "`mock` is missing"),
        ({"name": "read_mock", "arguments": {"mock": 3}}, "`mock` is no string"),
        ({"name": "list_mocks", "arguments": {"colour": "red"}}, "no argument `colour`"),
        ({"name": "journal", "arguments": {"id": True}}, "`id` is no integer"),
        ({"name": "list_mocks", "arguments": [1]}, "no object"),
        ({"name": "draft_mock", "arguments": {"path": "/a", "body": "@/etc/passwd"}}, "names a file"),
        ({"name": "explain", "arguments": {"method": "POST", "url": "/a", "body": "-"}}, "names a file"),
    ],
)
def test_a_call_that_makes_no_sense(shell: Shell, params: dict[str, Any], said: str) -> None:
    error = ask(shell, "tools/call", **params)["error"]
    assert (error["code"], said in error["message"]) == (-32602, True)


@pytest.mark.parametrize(
    ("line", "code"), [(b"{", -32700), (b"[1]", -32600), (b'{"id":1}', -32600), (b'{"id":1,"method":"x"}', -32601)]
)
def test_what_is_no_request(shell: Shell, line: bytes, code: int) -> None:
    reply = answer(Invocation(folder=shell.folder, environ={}), line)
    assert reply is not None
    assert reply["error"]["code"] == code


def test_a_notification_wants_no_reply(shell: Shell) -> None:
    assert answer(Invocation(folder=shell.folder, environ={}), b'{"method":"notifications/initialized"}') is None


def test_over_standard_input_and_output(shop: Shell) -> None:
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18"}},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "check", "arguments": {}}},
    ]
    said = "".join(json.dumps(message) + "\n" for message in messages)
    command = [sys.executable, "-m", "keymock", "mcp", "--as", ADA]
    ended = subprocess.run(
        command, cwd=shop.folder, env={**shop.environ, "PYTHONPATH": ":".join(sys.path)}, input=said,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    replies = [json.loads(line) for line in ended.stdout.splitlines()]
    assert (ended.returncode, [reply["id"] for reply in replies]) == (0, [1, 2])
    assert json.loads(replies[1]["result"]["content"][0]["text"])["mocks"] == 3
