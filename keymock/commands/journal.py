"""`keymock journal`: what a running server was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
import msgspec

from keymock import __version__
from keymock.commands.invocation import Invocation
from keymock.commands.printing import columns, put_json, remark
from keymock.commands.servers import client_of, server_option
from keymock.commands.verb import Word, verb
from keymock.journal import abroad
from keymock.palette import Palette
from keymock.problems import Stop, error, printable
from keymock.serve.calls import ControlClient
from keymock.terminal import ticks

FORMS = ("text", "ndjson", "har", "curl", "pytest", "mock", "request")
OF_ONE = {"pytest": "a test", "mock": "a mock", "request": "a request"}
"""What is made of one exchange alone."""


@verb(
    "journal",
    examples=(
        "keymock journal                          the newest, oldest of them first",
        "keymock journal 17                       one exchange: what held, what came near, what was sent",
        "keymock journal --unmatched              what found no mock, and what came near",
        "keymock journal 17 --format curl         the same again; or --format pytest: a test that asks it",
        "keymock journal 17 --format mock         the mock that answers it; `keymock new --from journal:17` writes it",
        "keymock journal --format har > all.har  for the tools of browsers; ndjson: a line each",
        "keymock new --from journal:17            a mock of it",
    ),
)
@click.argument("number", type=int, required=False, metavar="[ID]")
@server_option
@click.option("--unmatched", is_flag=True, help="Only requests that no mock answered, with near misses.")
@click.option("--session", default="", metavar="NAME", help="Only those of this session; `default`: those without.")
@click.option("--mock", default="", metavar="MOCK", help="Only those that this mock answered.")
@click.option("--method", default="", metavar="METHOD", help="Only those by this method.")
@click.option("--path", default="", metavar="PATH", help="Only those of this path, which may end in *.")
@click.option("--status", type=click.IntRange(100, 599), default=None, help="Only those answered with this status.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="The newest so many.")
@click.option("--format", "form", type=Word(FORMS), default="text", show_default=True, help="How to print them.")
@click.option("--clear", is_flag=True, help="Forget them, of all sessions or of the one that is named.")
def command(
    invocation: Invocation, number: int | None, server: str, form: str, clear: bool, status: int | None, **chosen: Any
) -> int:
    """Show what the running server was asked and what answered, oldest first; secrets are hidden."""
    client = client_of(invocation, server)
    if clear:
        client.clear_journal(chosen["session"])
        remark(invocation, "forgotten")
        return 0
    if number is not None:
        return _one(invocation, client, number, form)
    near = chosen["unmatched"] and form == "text"
    entries = client.journal(**chosen, status=status or 0, near_misses=near, commits=form == "text")
    if invocation.json:
        put_json({"entries": entries})
        return 0
    if form != "text":
        _put(entries, client, form)
        return 0
    rows = columns([_row(entry) for entry in entries])
    for line, entry in zip(rows, entries, strict=True):
        print(line)
        for webhook in entry.get("webhooks", ()):
            print(f"    {_webhook(webhook)}")
        for miss in entry.get("near_misses", ())[:1]:
            print("\n".join("    " + told for told in _ticks(miss, invocation.paint).split("\n")))
    if not entries:
        remark(invocation, "no request yet" if not chosen["unmatched"] else "every request found its mock")
    return 0


def _one(invocation: Invocation, client: ControlClient, number: int, form: str) -> int:
    entry = client.entry(number)
    if invocation.json:
        put_json(entry)
    elif form != "text":
        _put([entry], client, form)
    else:
        _tell(entry, invocation.paint)
    return 0


def _put(entries: list[dict[str, Any]], client: ControlClient, form: str) -> None:
    url = client.url
    if form == "har":
        put_json(abroad.har(entries, url, __version__))
        return
    if form in OF_ONE and len(entries) != 1:
        said = f"{OF_ONE[form]} is made of one exchange"
        raise Stop(error("keymock journal", "usage", said, hint=f"keymock journal ID --format {form}"))
    if form in ("mock", "request"):
        _put_files(client.call("GET", f"/journal/{entries[0]['id']}/{form}")["files"])
        return
    for entry in entries:
        if form == "ndjson":
            print(msgspec.json.encode(entry).decode())
        else:
            print(abroad.curl(entry, url) if form == "curl" else abroad.pytest_of(entry), end="\n" * (form == "curl"))


def _put_files(files: list[dict[str, str]]) -> None:
    """The document, and what lies beside it; each under its name as a comment of TOML."""
    for file in reversed(files):
        print(f"# {printable(file['path'])}")
        print(file["text"].rstrip("\n") if "text" in file else "# no text, so it is not shown")


def _row(entry: Mapping[str, Any]) -> tuple[str, ...]:
    query = entry.get("request", {}).get("query", "")
    path = entry["path"] + (f"?{query}" if query else "")
    response = entry.get("response", {})
    answered = entry["mock"] or response.get("error") or ""
    broken = f"  fault {response['fault']}" if response.get("fault") else ""
    clock = entry["time"].partition("T")[2][:12]
    return (
        clock,
        entry["method"],
        path,
        str(entry["status"]),
        answered + broken,
        f"{entry['duration_ms']:.1f} ms",
        _origin(entry),
    )


def _origin(entry: Mapping[str, Any]) -> str:
    """`workspace/mocks/a.toml:3  3f9a2c1d04 ada@example.com`: where the answer stands, and who changed it last."""
    commit = entry.get("commit")
    last = f"  {commit['id'][:10]} {commit['author']}" if commit else ""
    return f"{entry['file']}:{entry['line']}{last}" if entry.get("file") else ""


def _tell(entry: Mapping[str, Any], paint: Palette) -> None:
    """One exchange, from the request line to the body of the answer."""
    request, response = entry["request"], entry["response"]
    query = f"?{request['query']}" if request.get("query") else ""
    session = f"  session {entry['session']}" if entry["session"] else ""
    print(f"{paint.bold}{printable(entry['method'] + ' ' + entry['path'] + query)}{paint.plain}{session}")
    _tell_part(request)
    named = f" ({response['name']})" if response.get("name") else ""
    answered = entry["mock"] or response.get("error") or "keymock"
    print(f"\n{paint.bold}{entry['status']}{paint.plain}  {printable(answered + named)}  {entry['duration_ms']} ms")
    for fact in ("seed", "call", "delay_ms", "delay_from", "fault"):
        if response.get(fact):
            print(f"  {paint.dim}{fact}{paint.plain} {response[fact]}")
    if "state" in response:
        state = response["state"]
        print(f"  {paint.dim}{state['scenario']}{paint.plain} {state['before']} → {state['after']}")
    _tell_part(response)
    for webhook in entry.get("webhooks", ()):
        print(f"\n{paint.bold}webhook {webhook['webhook']}{paint.plain}  {_webhook(webhook)}")
    if "talk" in response:
        _tell_talk(response["talk"], paint)
    if entry.get("conditions"):
        place = {"file": response.get("file", ""), "line": response.get("line", 0), "route": "because"}
        print("\n" + ticks({**place, "conditions": entry["conditions"]}, paint))
    for near in entry.get("near_misses", ()):
        print("\n" + _ticks(near, paint))


def _webhook(made: Mapping[str, Any]) -> str:
    """`→ POST http://127.0.0.1:9000/paid  sent 200  2 tries`; one that failed says why."""
    came = f"{made['state']} {made['status']}" if made["status"] else made["state"]
    tries = f"  {made['tries']} tries" if made["tries"] > 1 else ""
    why = f"  {made['detail']}" if made["detail"] else ""
    return printable(f"→ {made['method']} {made['url']}  {came}{tries}{why}")


def _tell_part(part: Mapping[str, Any]) -> None:
    for name, value in part.get("headers", ()):
        print(f"  {printable(name)}: {printable(value)}")
    if part.get("body"):
        print("\n" + "\n".join("  " + printable(line) for line in part["body"].splitlines()))


def _tell_talk(talk: Mapping[str, Any], paint: Palette) -> None:
    """The newest of what was said over a WebSocket, `>` what the client said, and the end."""
    hidden = talk["from_client"] + talk["to_client"] - len(talk["messages"])
    print(f"\n{paint.dim}{f'({hidden} messages before)' if hidden else ''}{paint.plain}".rstrip())
    for said in talk["messages"]:
        text = said["text"] if "text" in said else f"(binary) {said['base64']}"
        arrow = ">" if said["by"] == "client" else "<"
        print(f"  {said['after_ms']:>9.1f} ms  {arrow} {printable(text)}{' …' if 'size' in said else ''}")
    ended = talk["ended"]
    if ended is None:
        print(f"  {paint.dim}it goes on{paint.plain}")
    else:
        reason = f" {printable(ended['reason'])}" if ended["reason"] else ""
        print(f"  {ended['after_ms']:>9.1f} ms  closed by {ended['by']}: {ended['code']}{reason}")


def _ticks(near: Mapping[str, Any], paint: Palette) -> str:
    return ticks({"file": "", "line": 0, "route": near.get("mock", ""), **near}, paint)
