"""`keymock mcp`: the verbs of keymock for a model, by the Model Context Protocol over standard input and output.

A tool is a command line with `--json`, run in this process: the same words, the same roles, the same sentences about
what is wrong. A mock is a resource too, by its id. The protocol is little enough to be spoken here
(https://modelcontextprotocol.io, lines of JSON-RPC); docs/decisions/2026-11-23-mcp-by-hand.md says why.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, BinaryIO
from urllib.parse import quote, unquote

import msgspec

from keymock import __version__
from keymock.commands.invocation import Invocation
from keymock.commands.verb import verb
from keymock.exchange import read_json

VERSIONS = ("2025-06-18", "2025-03-26", "2024-11-05")
"""Versions of the protocol that are spoken, the newest first."""

LONGEST = 4 * 1024 * 1024
"""Bytes of one message."""

URI = "keymock://mock/"

_PARSE, _INVALID, _NO_METHOD, _BAD_PARAMS, _NO_RESOURCE = -32700, -32600, -32601, -32602, -32002

Arguments = Mapping[str, Any]


class Tool(msgspec.Struct, frozen=True):
    """One verb for a model. `takes` are its arguments: a JSON type, and what it means; `words` make a command line."""

    says: str
    takes: Mapping[str, tuple[str, str]]
    words: Callable[[Arguments], list[str]]
    needs: tuple[str, ...] = ()
    writes: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        """Its arguments as JSON Schema."""
        properties = {name: {"type": kind, "description": says} for name, (kind, says) in self.takes.items()}
        return {"type": "object", "properties": properties, "required": list(self.needs), "additionalProperties": False}


def _options(given: Arguments, *names: str) -> list[str]:
    """`--name=value` for each that is given: a value that begins with a dash stays a value."""
    return [f"--{name.replace('_', '-')}={given[name]}" for name in names if given.get(name) not in (None, "")]


TOOLS: Mapping[str, Tool] = {
    "list_mocks": Tool(
        "List the mocks of the workspace that you may see: id, method, path, scope, file.",
        {"method": ("string", "only those of this method"), "scope": ("string", "private, workspace, or project:NAME")},
        lambda given: ["ls", *_options(given, "method", "scope")],
    ),
    "read_mock": Tool(
        "Read one mock, resolved: what it takes, what it answers, defaults and overlay included.",
        {"mock": ("string", "its id, or the end of it")},
        lambda given: ["show", "--", given["mock"]],
        needs=("mock",),
    ),
    "explain": Tool(
        "Say which mock would answer a request, and for every other one on its path which condition does not hold.",
        {"method": ("string", "GET, POST, …"), "url": ("string", "a path or an address"),
         "body": ("string", "the body, as it would be sent"), "header": ("string", "one header, as `Name: value`")},
        lambda given: ["explain", *(_options({"data": given.get("body"), **given}, "data", "header")), "--",
                       given["method"], given["url"]],
        needs=("method", "url"),
    ),
    "check": Tool("Find every problem of the workspace, with file, line and what to do.", {}, lambda _: ["check"]),
    "draft_mock": Tool(
        "Write a new mock as a small file, if your role allows it; nothing that exists is overwritten. `path` is as "
        "callers send it, :id for what varies.",
        {"method": ("string", "GET if left out"), "path": ("string", "/users/:id"), "status": ("integer", "200"),
         "body": ("string", "text, or JSON"), "name": ("string", "what to call it"),
         "scope": ("string", "private, workspace, or project:NAME")},
        lambda given: ["new", *_options({"route": given["path"], **given}, "route", "method", "status"),
                       *_options(given, "name", "scope", "body")],
        needs=("path",),
        writes=True,
    ),
    "journal": Tool(
        "What the running server was asked and what answered, without secrets; `id` for one exchange with the "
        "conditions that held or what came near.",
        {"id": ("integer", "one exchange"), "unmatched": ("boolean", "only what found no mock"),
         "session": ("string", "of one session"), "limit": ("integer", "the newest so many, 100 if left out")},
        lambda given: ["journal", *(["--unmatched"] if given.get("unmatched") else []),
                       *_options(given, "session", "limit"), *([str(given["id"])] if "id" in given else [])],
    ),
    "verify": Tool(
        "Say whether the running server was asked for a request, and what came near if not.",
        {"request": ("string", "`POST /orders`"), "times": ("integer", "exactly so often; at least once if left out"),
         "json_body": ("string", "JSON that the body has at least"), "session": ("string", "of one session")},
        lambda given: ["verify", *_options(given, "times", "json_body", "session"), "--", given["request"]],
        needs=("request",),
    ),
}  # fmt: skip


@verb(
    "mcp",
    examples=(
        "keymock mcp                            started by a client, which speaks to it over standard input",
        '{"mcpServers": {"keymock": {"command": "keymock", "args": ["mcp"]}}}',
    ),
)
def command(invocation: Invocation) -> int:
    """Serve the verbs of keymock to a model, by the Model Context Protocol over standard input and output.

    It acts as you do, with your roles: list, read, explain, check, write a new mock, ask the journal, verify.
    """
    serve(invocation, sys.stdin.buffer, sys.stdout.buffer)
    return 0


def serve(invocation: Invocation, incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Answers messages, one a line, until there are no more."""
    while line := incoming.readline(LONGEST + 1):
        reply = answer(invocation, line)
        if reply is not None:
            outgoing.write(msgspec.json.encode(reply) + b"\n")
            outgoing.flush()


def answer(invocation: Invocation, line: bytes) -> dict[str, Any] | None:
    """The reply to one message; None for one that wants none."""
    try:
        message = msgspec.json.decode(line) if len(line) <= LONGEST else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _failed(None, _PARSE, "this is no JSON")
    if not isinstance(message, dict) or not isinstance(message.get("method"), str):
        return _failed(None, _INVALID, "this is no request of JSON-RPC")
    if "id" not in message:
        return None
    number, method, params = message["id"], message["method"], message.get("params") or {}
    if method == "initialize":
        return _done(number, _introduced(params))
    if method == "ping":
        return _done(number, {})
    if method == "tools/list":
        return _done(number, {"tools": [_described(name, tool) for name, tool in TOOLS.items()]})
    if method == "tools/call":
        fault = _fault(params)
        return _failed(number, _BAD_PARAMS, fault) if fault else _done(number, _called(invocation, params))
    if method == "resources/list":
        return _done(number, {"resources": _resources(invocation)})
    if method == "resources/templates/list":
        return _done(number, {"resourceTemplates": []})
    if method == "resources/read":
        return _read(invocation, number, params)
    return _failed(number, _NO_METHOD, f"there is no method {method}")


def _introduced(params: Any) -> dict[str, Any]:
    wanted = params.get("protocolVersion") if isinstance(params, dict) else None
    return {
        "protocolVersion": wanted if wanted in VERSIONS else VERSIONS[0],
        "capabilities": {"tools": {}, "resources": {}},
        "serverInfo": {"name": "keymock", "version": __version__},
    }


def _described(name: str, tool: Tool) -> dict[str, Any]:
    hints = {"readOnlyHint": not tool.writes, "destructiveHint": False, "openWorldHint": False}
    return {"name": name, "description": tool.says, "inputSchema": tool.schema, "annotations": hints}


_KINDS: Mapping[str, type] = {"string": str, "integer": int, "boolean": bool}


def _fault(params: Any) -> str:
    """What is wrong with a call; empty if nothing is."""
    tool = TOOLS.get(str(params.get("name"))) if isinstance(params, dict) else None
    if tool is None:
        return f"there is no such tool: {', '.join(TOOLS)}"
    given = params.get("arguments") or {}
    if not isinstance(given, dict):
        return "the arguments are no object"
    missing = [name for name in tool.needs if not given.get(name)]
    if missing:
        return f"`{missing[0]}` is missing"
    for name, value in given.items():
        if name not in tool.takes:
            return f"there is no argument `{name}`: {', '.join(tool.takes)}"
        kind = _KINDS[tool.takes[name][0]]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            return f"`{name}` is no {tool.takes[name][0]}"
        if name == "body" and (str(value).startswith("@") or value == "-"):
            return "a body that begins with @, or is -, names a file on the command line: send its content"
    return ""


def _called(invocation: Invocation, params: Mapping[str, Any]) -> dict[str, Any]:
    tool = TOOLS[params["name"]]
    code, text = _run(invocation, tool.words(params.get("arguments") or {}))
    failed = code > 1 or (code > 0 and tool.writes)  # 1 is an answer, but for what was to be written
    result: dict[str, Any] = {"content": [{"type": "text", "text": text}], "isError": failed}
    value = read_json(text.encode())
    return {**result, "structuredContent": value} if isinstance(value, dict) else result


def _run(invocation: Invocation, words: list[str]) -> tuple[int, str]:
    """One command line with `--json`, as whoever started this: its exit code, and what it says."""
    from keymock.commands.running import run  # noqa: PLC0415  (which imports the table of commands)

    told, beside = io.StringIO(), io.StringIO()
    shared = [*(["--workspace", invocation.workspace] if invocation.workspace else []),
              *(["--as", invocation.user] if invocation.user else [])]  # fmt: skip
    with redirect_stdout(told), redirect_stderr(beside):
        code = run(["--json", *shared, *words], invocation.environ, invocation.folder)
    return code, told.getvalue() or beside.getvalue()


def _resources(invocation: Invocation) -> list[dict[str, str]]:
    """The mocks that the actor sees."""
    _, text = _run(invocation, ["ls"])
    found = read_json(text.encode())
    return [
        {"uri": URI + quote(mock["mock"]), "name": mock["mock"], "title": mock["name"] or mock["mock"],
         "description": f"{mock['method']} {mock['path']}", "mimeType": "application/json"}
        for mock in (found if isinstance(found, list) else ())
    ]  # fmt: skip


def _read(invocation: Invocation, number: Any, params: Any) -> dict[str, Any]:
    uri = str(params.get("uri", "")) if isinstance(params, dict) else ""
    if not uri.startswith(URI):
        return _failed(number, _NO_RESOURCE, f"a resource is {URI}ID, with the id of a mock")
    code, text = _run(invocation, ["show", "--", unquote(uri.removeprefix(URI))])
    if code:
        return _failed(number, _NO_RESOURCE, text)
    return _done(number, {"contents": [{"uri": uri, "mimeType": "application/json", "text": text}]})


def _done(number: Any, result: Mapping[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "result": result}


def _failed(number: Any, code: int, message: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": message}}
