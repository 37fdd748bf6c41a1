"""What a run came to, in words: verdicts that do not hold, requests without a mock, what was never used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from keymock.coverage import Coverage
from keymock.palette import PLAIN, Palette
from keymock.problems import printable
from keymock.terminal import ticks

MOST = 5
"""Things of one kind that are shown; the rest is counted."""


def exchange(entry: Mapping[str, Any]) -> str:
    """`POST /orders?page=1  404  no-mock  (entry 7)`."""
    query = entry["request"].get("query", "")
    target = entry["path"] + (f"?{query}" if query else "")
    answered = entry["mock"] or entry["response"].get("error") or "keymock"
    return printable(f"{entry['method']} {target}  {entry['status']}  {answered}  (entry {entry['id']})")


def verdict(found: Mapping[str, Any], paint: Palette = PLAIN) -> str:
    """What did not hold, and the exchanges that came nearest, each condition with a tick or a cross."""
    lines = [printable(found["said"])]
    if found["near_misses"]:
        lines.append("nearest:")
    for near in found["near_misses"]:
        lines += ["", f"  {paint.bold}{exchange(near['entry'])}{paint.plain}"]
        lines += [f"  {_condition(seen, paint)}" for seen in near["conditions"]]
    if not found["near_misses"] and not found["ok"]:
        lines += [f"  {exchange(entry)}" for entry in found["entries"][-MOST:]]
    return "\n".join(lines)


def _condition(seen: Mapping[str, Any], paint: Palette) -> str:
    mark = f"{paint.green}✓{paint.plain}" if seen["ok"] else f"{paint.red}✗{paint.plain}"
    came = "" if seen["ok"] else f"  {paint.dim}came:{paint.plain} {printable(str(seen['actual'] or 'nothing'))}"
    return f"  {mark} {printable(seen['where'])}  {printable(str(seen['expected']))}{came}"


def missed(entries: Sequence[Mapping[str, Any]], paint: Palette = PLAIN) -> str:
    """Requests that no mock answered, each with the mock that came nearest."""
    number = len(entries)
    lines = ["1 request found no mock:" if number == 1 else f"{number} requests found no mock:"]
    for entry in entries[:MOST]:
        lines += ["", f"  {exchange(entry)}"]
        for near in entry.get("near_misses", ())[:1]:
            lines += ["    " + line for line in ticks({"file": "", "line": 0, "route": "", **near}, paint).split("\n")]
    if number > MOST:
        lines += ["", f"  … and {number - MOST} more"]
    return "\n".join(lines)


def coverage(report: Coverage, paint: Palette = PLAIN) -> str:
    """Mocks and answers that were used, in numbers, and the ones that were not, by name."""
    used, declared = report.answers
    mocks, unused = len(report.mocks), report.unused
    runs = f" in {report.runs} runs" if report.runs > 1 else ""
    lines = [f"{mocks - len(unused)} of {mocks} mocks used{runs}, {used} of {declared} answers"]
    for mock in report.mocks:
        if mock in unused:
            lines.append(f"  {paint.red}✗{paint.plain} {mock.mock}  {paint.dim}{mock.route}{paint.plain}")
            continue
        left = [answer for answer in mock.answers if answer.declared and not answer.used]
        lines += [
            f"  {paint.yellow}–{paint.plain} {mock.mock}  {answer.response or answer.status} never given"
            for answer in left
        ]
    if report.operations:
        lines += _operations(report, paint)
    if report.unmatched:
        lines.append(f"{report.unmatched} request{'s' * (report.unmatched != 1)} found no mock")
        lines += [f"  {paint.red}✗{paint.plain} {printable(f'{one.method} {one.path}')}  {one.count}×"
                  for one in report.misses[:20]]  # fmt: skip
    return "\n".join(lines)


def _operations(report: Coverage, paint: Palette) -> list[str]:
    """The operations of contracts: which were never asked, and the statuses that were never given."""
    unused, (given, declared) = report.unused_operations, report.statuses
    number = len(report.operations)
    lines = [f"{number - len(unused)} of {number} operations of contracts used, {given} of {declared} statuses"]
    for one in report.operations:
        if not one.used:
            lines.append(f"  {paint.red}✗{paint.plain} {one.operation}  {paint.dim}{one.route}{paint.plain}")
            continue
        left = [status.status for status in one.statuses if status.declared and not status.used]
        more = [status.status for status in one.statuses if not status.declared]
        if left:
            lines.append(f"  {paint.yellow}–{paint.plain} {one.operation}  {', '.join(left)} never given")
        if more:
            lines.append(f"  {paint.yellow}–{paint.plain} {one.operation}  {', '.join(more)} given, and not declared")
    return lines
