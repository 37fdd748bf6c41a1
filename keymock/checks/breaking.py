"""Ways to break a connection that this system has not: there a client would see another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from keymock.checks.served import Served
from keymock.faults import Fault, Profile
from keymock.index import Answer
from keymock.problems import Problem, warning

ON_THE_WIRE = ("reset", "empty", "garbage", "malformed")
"""The kinds that need the very connection; the others are said in HTTP, or not at all."""


def check(served: Served, profiles: Mapping[str, Profile]) -> Iterator[Problem]:
    """`fault-elsewhere`: a fault of a mock or of a profile that is a cut body on this system."""
    for route in served.routes:
        for kind in dict.fromkeys(filter(None, map(_kind, route.answers))):
            yield _problem(route.file, route.line, f"the fault `{kind}`")
    for name, profile in profiles.items():
        if profile.kind in ON_THE_WIRE:
            yield _problem("keymock.toml", 0, f"the fault `{profile.kind}` of the profile `{name}`")


def _kind(answer: Answer) -> str:
    fault = answer.play.fault
    kind = fault.kind if isinstance(fault, Fault) else fault
    return kind if kind in ON_THE_WIRE else ""


def _problem(file: str, line: int, what: str) -> Problem:
    message = f"{what} needs the connection itself, which programs cannot find on this system"
    return warning(
        file, "fault-elsewhere", message, hint="here its body is cut short instead; it works on Linux", line=line
    )
