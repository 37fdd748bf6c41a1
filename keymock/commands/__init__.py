"""The commands: one file each, and this table, which is all that the overview needs."""

from __future__ import annotations

COMMANDS = (
    ("Write mocks", (
        ("init", "make this folder a workspace"),
        ("new", "write a mock: METHOD PATH [STATUS] [BODY]"),
        ("private", "lay something of your own over a shared mock"),
        ("promote", "make a private mock, or your overlay, everybody's"),
        ("fmt", "put files into canonical form"),
        ("check", "find every problem of the workspace"),
        ("contract", "mocks, OpenAPI documents and the real API: check, sync, drift"),
        ("export", "print mocks as OpenAPI, or ROLES as CODEOWNERS"),
    )),
    ("Serve them", (
        ("up", "serve the workspace, and follow every edit"),
        ("sync", "wait until all that is on disk is served"),
        ("run", "serve while a command runs: keymock run -- npm test"),
        ("journal", "show what a running server was asked"),
        ("verify", "say whether a running server was asked for this"),
        ("coverage", "say which mocks were used, and which never"),
        ("session", "make, tell, list and end sessions of a running server"),
        ("client", "print the client for tests in JavaScript"),
        ("use", "mock or real; switch mocks off, pin an answer, put a preset on"),
        ("state", "show, set, reset or save what requests left behind"),
        ("allow", "let this workspace reach a host; kept outside of it"),
    )),
    ("Send requests", (
        ("request", "saved requests: send, ls, show, new, curl"),
        ("flow", "chains of requests: run, ls, show, new"),
        ("vars", "what each variable comes to, and why"),
    )),
    ("Ask", (
        ("ls", "list the mocks that you may see"),
        ("show", "print one mock, defaults and overlay included"),
        ("url", "print the address that reaches a mock"),
        ("explain", "say which mock would answer a request, and why"),
    )),
    ("Look back", (
        ("log", "list the commits that made a mock what it is"),
        ("blame", "say who made an answer what it is, line by line"),
    )),
    ("Review", (
        ("diff", "say what callers will see differently since BASE"),
        ("review", "say whether BASE..HEAD may be merged, and why not"),
        ("hook", "look at what is staged before each commit"),
        ("merge-driver", "put two changes of one mock together by key, for git"),
    )),
    ("People", (
        ("whoami", "say who you are here, and how keymock knows"),
        ("roles", "list who may do what"),
        ("can", "decide one question: USER VERB PATH"),
        ("token", "issue and revoke tokens for keymock up --tokens"),
    )),
    ("Around it", (
        ("mcp", "the verbs for a model, over standard input and output"),
        ("schema", "print the JSON Schema of a kind of file"),
        ("doctor", "look for what could keep keymock from working here"),
        ("completion", "print a completion script for your shell"),
        ("help", "explain a command, or the code of a problem"),
    )),
)  # fmt: skip
"""Every command under its heading: its name, which is also its module's, and what it does, in a few words."""

COMPLETE = "_KEYMOCK_COMPLETE"
"""The variable by which a shell asks what could come next."""

ALIASES = {"serve": "up", "start": "up"}

LATER = frozenset({
    "import", "record",
})  # fmt: skip
"""Commands that are planned and not there: asked for, they are not taken for a slip of the pen."""

GLOBAL = (
    ("--workspace PATH", "the workspace, instead of the one around this folder"),
    ("--as USER", "act as this person"),
    ("--json", "print JSON for a program"),
    ("--no-color", "print no colours; NO_COLOR does the same"),
    ("-q, -v", "say less, say more"),
    ("--version", "print the version"),
)
"""Options of every command, taken before it and after it."""


def names() -> list[str]:
    """All commands, in the order of the overview."""
    return [name for _, rows in COMMANDS for name, _ in rows]


def module_of(name: str) -> str | None:
    """The module that a command lies in, aliases included; None if there is no such command."""
    name = ALIASES.get(name, name)
    return f"keymock.commands.{name.replace('-', '_')}" if name in names() else None


def overview() -> str:
    """What `keymock --help` prints."""
    lines = ["Mock APIs that live in git: one small file each, served on loopback.", ""]
    lines.append("  keymock COMMAND [OPTIONS]      keymock COMMAND --help")
    for heading, rows in COMMANDS:
        lines += ["", heading]
        lines += [f"  {name:<14}{summary}" for name, summary in rows]
    lines += ["", "Everywhere"]
    lines += [f"  {flags:<19}{meaning}" for flags, meaning in GLOBAL]
    lines += ["", "Begin with:  keymock init  ·  keymock new GET /hello 200 'Hello'  ·  keymock up"]
    return "\n".join(lines)
