"""`keymock journal`: what a running server was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from keymock.commands.invocation import Invocation
from keymock.commands.printing import columns, put_json, remark
from keymock.commands.servers import client_of, server_option
from keymock.commands.verb import verb


@verb("journal", examples=("keymock journal", "keymock journal --unmatched", "keymock journal --json | jq .entries[0]"))
@server_option
@click.option("--unmatched", is_flag=True, help="Only requests that no mock answered.")
@click.option("--session", default="", metavar="NAME", help="Only those of this session.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="The newest so many.")
def command(invocation: Invocation, server: str, unmatched: bool, session: str, limit: int) -> int:
    """Show what the running server was asked and what answered, oldest first; secrets are hidden."""
    entries = client_of(invocation, server).journal(unmatched=unmatched, session=session, limit=limit, commits=True)
    if invocation.json:
        put_json({"entries": entries})
        return 0
    for line in columns([_row(entry) for entry in entries]):
        print(line)
    if not entries:
        remark(invocation, "no request yet" if not unmatched else "every request found its mock")
    return 0


def _row(entry: Mapping[str, Any]) -> tuple[str, ...]:
    query = entry.get("request", {}).get("query", "")
    path = entry["path"] + (f"?{query}" if query else "")
    error = entry.get("response", {}).get("error") or ""
    clock = entry["time"].partition("T")[2][:12]
    return (
        clock,
        entry["method"],
        path,
        str(entry["status"]),
        entry["mock"] or error,
        f"{entry['duration_ms']:.1f} ms",
        _origin(entry),
    )


def _origin(entry: Mapping[str, Any]) -> str:
    """`workspace/mocks/a.toml:3  3f9a2c1d04 ada@example.com`: where the answer stands, and who changed it last."""
    commit = entry.get("commit")
    last = f"  {commit['id'][:10]} {commit['author']}" if commit else ""
    return f"{entry['file']}:{entry['line']}{last}" if entry.get("file") else ""
