"""What a person sees while keymock serves: the banner, a line a request, problems as they come and go."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec

from keymock.exchange import Malformed
from keymock.journal import Entry
from keymock.journal.showing import address_of, closed_places
from keymock.palette import Palette
from keymock.problems import Problem, printable, render
from keymock.variables.mask import Mask

LINES_AT_ONCE = 50
"""Request lines shown each tenth of a second; a load test does not scroll a terminal to death."""


MISSES_AT_ONCE = 3
"""Misses that are explained each tenth of a second."""


def banner(version: str, ready: Mapping[str, Any], facts: Mapping[str, Any], source: str, paint: Palette) -> str:
    """Address, projects, actor, what is served from which scope, what is withheld, what is broken.

    `ready` is the ready object, `facts` what the worker adds to it (`serve.workshop.facts`), `source` where the
    actor's name comes from.
    """
    name = facts.get("name") or "keymock"
    lines = [
        f"{paint.bold}{printable(name)}{paint.plain} {paint.dim}· keymock {version}{paint.plain}",
        f"  {paint.bold}{paint.cyan}{ready['url']}{paint.plain}",
    ]
    for project, address in sorted(ready["projects"].items()):
        port = ready["url"].rpartition(":")[2]
        hosts = [f"http://{project}.localhost:{port}"]
        if project in facts.get("hosts", {}):
            hosts.append(f"http://{facts['hosts'][project]}:{port}")
        if address["url"] != ready["url"]:
            hosts.append(address["url"])
        lines.append(f"  {paint.dim}{project}{paint.plain}  {'  '.join(hosts)}")
    if facts.get("revision"):
        lines.append(f"  {paint.yellow}at {printable(facts['revision'])}{paint.plain}, whatever the work tree becomes")
    if ready.get("control"):
        lines.append(f"  {paint.dim}control{paint.plain}  {ready['control']}")
    lines.append(f"  {_served(facts, paint)}")
    frozen = facts.get("frozen")
    when = f", the clock stands at {datetime.fromtimestamp(frozen, UTC).isoformat()}" if frozen is not None else ""
    lines.append(f"  {paint.dim}seed {facts.get('seed', 0)}{when}{paint.plain}")
    if "tokens" in facts:
        issue = "" if facts["tokens"] else ": issue one by keymock token issue USER"
        lines.append(
            f"  {paint.bold}each caller by their token{paint.plain}, {_count(facts['tokens'], 'token')}{issue}"
        )
    who = f"as {printable(ready['actor'])} ({source})" if ready["actor"] else "as nobody"
    lines.append(f"  {who}")
    lines += [f"  {paint.yellow}{line}{paint.plain}" for line in _withheld(ready["actor"], facts)]
    if facts.get("overlays"):
        lines.append(f"  {paint.yellow}your overlays in use:{paint.plain} {', '.join(facts['overlays'])}")
    lines += [f"  {paint.yellow}real:{paint.plain} {printable(line)}" for line in facts.get("real", ())]
    if facts.get("switched"):
        lines.append(f"  {paint.yellow}switched:{paint.plain} {switched_line(facts['switched'])}")
    problems = [msgspec.convert(each, Problem) for each in facts.get("problems", ())]
    if problems:
        errors = sum(problem.severity == "error" for problem in problems)
        lines.append(f"  {paint.red if errors else paint.yellow}{_count(len(problems), 'problem')}:{paint.plain}")
        lines += [_indented(render(problem, color=bool(paint.plain))) for problem in problems[:20]]
        if len(problems) > 20:
            lines.append(f"  … and {len(problems) - 20} more: keymock check")
    return "\n".join(lines)


def switched_line(switched: Sequence[str], session: str = "") -> str:
    """What `keymock use` has set, and how to undo it."""
    undo = "keymock use --reset" + (f" --session {session}" if session else "")
    return f"{printable(', '.join(switched))}  ({undo})"


def _served(facts: Mapping[str, Any], paint: Palette) -> str:
    counts: Mapping[str, int] = facts.get("mocks", {})
    total = sum(counts.values())
    if not total:
        return f"{paint.yellow}no mocks yet: keymock new GET /hello 200 'Hello'{paint.plain}"
    parts = ", ".join(f"{number} {space.removeprefix('projects/')}" for space, number in counts.items())
    off = f", {facts['disabled']} switched off" if facts.get("disabled") else ""
    return f"{_count(total, 'mock')} {paint.dim}({parts}{off}){paint.plain}"


def _withheld(actor: str, facts: Mapping[str, Any]) -> list[str]:
    who = actor or "nobody"
    remedy = "" if actor else "; set KEYMOCK_USER, or git config user.email"
    return [
        f"served as {printable(who)}: {_count(number, 'mock')} withheld by {place}{remedy}"
        for place, number in facts.get("withheld", {}).items()
    ]


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _indented(text: str) -> str:
    return "\n".join("    " + line for line in text.split("\n"))


def request_line(entry: Entry, paint: Palette, mask: Mask) -> str:
    """`GET /users/1  200  projects/shop/mocks/users/get-user  0.2 ms`."""
    sent = entry.sent
    tint = paint.green if sent.status < 400 else paint.yellow if sent.status < 500 else paint.red
    named = f"{paint.cyan}real{paint.plain}" if sent.source else ""
    answered = sent.mock or named or f"{paint.yellow}{sent.error or 'keymock'}{paint.plain}"
    if sent.mock and sent.response:
        answered += f" {paint.dim}({printable(sent.response)}){paint.plain}"
    return (
        f"{printable(entry.method):7} {printable(address_of(entry, mask))}  {tint}{sent.status}{paint.plain}  "
        f"{answered}  {paint.dim}{entry.duration / 1e6:.1f} ms{paint.plain}"
    )


def request_lines(entries: list[Entry], paint: Palette, why: Callable[[Entry], str], mask: Mask) -> list[str]:
    """A line each for the newest, with `why` beneath the last few that no mock answered; a count for the rest."""
    left_out = len(entries) - LINES_AT_ONCE
    missed = [entry for entry in entries if entry.sent.error == "no-mock"][-MISSES_AT_ONCE:]
    lines = [f"{paint.dim}… {left_out} requests not shown{paint.plain}"] if left_out > 0 else []
    for entry in entries[-LINES_AT_ONCE:]:
        lines.append(request_line(entry, paint, mask))
        if entry in missed:
            lines += filter(None, [why(entry)])
    return lines


def ticks(one: Mapping[str, Any], paint: Palette, remark: str = "") -> str:
    """A mock and where it is written, then a line a condition, with what came where it does not hold.

    `one` is a candidate in the shape of `keymock explain --json`.
    """
    place = f"{one['file']}:{one['line']}"
    told = f"  {paint.yellow}{remark}{paint.plain}" if remark else ""
    lines = [f"{paint.bold}{printable(one['route'])}{paint.plain}  {paint.dim}{printable(place)}{paint.plain}{told}"]
    for seen in one["conditions"]:
        mark = f"{paint.green}✓{paint.plain}" if seen["ok"] else f"{paint.red}✗{paint.plain}"
        came = printable(str(seen["actual"] or "nothing"))
        actual = "" if seen["ok"] else f"  {paint.dim}came:{paint.plain} {came}"
        lines.append(f"  {mark} {printable(seen['where'])}  {printable(str(seen['expected']))}{actual}")
    return "\n".join(lines)


def miss(service: Any, entry: Entry, paint: Palette) -> str:
    """The mock that came nearest to a request that none answered; empty if nothing is near."""
    query = b"?" + entry.query if entry.query else b""
    asked = {
        "method": entry.method,
        "url": (entry.path + query).decode("latin-1"),
        "headers": {name.decode("latin-1"): value.decode("latin-1") for name, value in entry.headers},
        "body": entry.body or b"",
    }
    try:
        near = service.explain(asked)["candidates"]
    except Malformed:
        return ""
    if not near or closed_places(entry, service.mask):
        return ""
    from keymock import verify  # noqa: PLC0415  (with all that explains: nobody waits for it at a start)

    shown = {**near[0], "conditions": [verify.clean(seen, service.mask) for seen in near[0]["conditions"]]}
    return "\n".join("        " + line for line in ticks(shown, paint).split("\n"))


def event_line(event: Mapping[str, Any], paint: Palette) -> str:
    """What a reload, a problem or its mending looks like; empty for an event that is nothing to look at."""
    if event["event"] == "reload":
        return f"{paint.dim}↻ generation {event['generation']}, {_count(event['mocks'], 'mock')}{paint.plain}"
    if event["event"] == "problem":
        return render(event["problem"], color=bool(paint.plain))
    if event["event"] == "toggles":
        whose = f" for the session {event['session']}" if event["session"] else ""
        now = switched_line(event["switched"], event["session"]) if event["switched"] else "nothing"
        return f"{paint.yellow}switched{whose}:{paint.plain} {now}"
    if event["event"] == "webhook":
        return webhook_line(event, paint)
    if event["event"] == "mended":
        return f"{paint.green}✓ {printable(event['path'])} is mended{paint.plain}"
    return ""


def webhook_line(event: Mapping[str, Any], paint: Palette) -> str:
    """`→ POST http://127.0.0.1:9000/hook  200  projects/shop/mocks/pay`; with the reason if it did not get there."""
    tint = paint.green if event["state"] == "sent" and event["status"] < 400 else paint.red
    came = event["status"] or event["error"]
    line = f"→ {printable(event['method'])} {printable(event['url'])}  {tint}{came}{paint.plain}  {event['mock']}"
    why = "; ".join(printable(part) for part in (event["detail"], event["hint"]) if part)
    return f"{line}\n    {why}" if why else line


class Console:
    """Shows a service on a terminal (or, as JSON, to a program), off the path of its requests."""

    def __init__(self, write: Callable[[str], None], paint: Palette, *, requests: bool, as_json: bool) -> None:
        self.write = write
        self.paint = paint
        self.requests = requests
        self.as_json = as_json

    def attach(self, service: Any) -> Callable[[], None]:
        """Begins to listen; the function that comes back writes whatever is new."""
        events: deque[Mapping[str, Any]] = deque()  # filled from other threads too
        service.listen(events.append)
        seen = service.journal.count

        def show() -> None:
            nonlocal seen
            fresh = [events.popleft() for _ in range(len(events))]
            entries = service.journal.since(seen) if self.requests else []
            seen = service.journal.count
            lines = self._json_lines(fresh) if self.as_json else self._lines(service, fresh, entries)
            if lines:
                self.write("\n".join(lines) + "\n")

        return show

    def _lines(self, service: Any, events: list[Mapping[str, Any]], entries: list[Entry]) -> list[str]:
        told = [line for line in (event_line(event, self.paint) for event in events) if line]
        why = partial(miss, service, paint=self.paint)
        return told + request_lines(entries, self.paint, why, service.mask)

    def _json_lines(self, events: list[Mapping[str, Any]]) -> list[str]:
        return [msgspec.json.encode(event).decode() for event in events]
