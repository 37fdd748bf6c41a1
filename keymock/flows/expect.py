"""What should have come back, held against what did: one line each, by the matchers that mocks use for requests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from keymock import match
from keymock.exchange import Request
from keymock.flows.capture import cookies_of
from keymock.flows.result import Check
from keymock.index import BodyFault
from keymock.learned import learned
from keymock.match import Body, Condition, Conditions, Fault, Value
from keymock.match.place import ReadFile
from keymock.sending import Incoming
from keymock.steps import Expect
from keymock.units import duration

_CLASS = re.compile(r"[1-5]xx")


class Compiled(NamedTuple):
    """Expectations, read. `faults` say what is wrong with them as they are written."""

    status: tuple[Condition, ...]
    conditions: tuple[Condition, ...]
    within: float | None
    faults: tuple[Fault, ...]
    shown: str = ""
    """The status as it is written."""


def compiled(expect: Expect, read_file: ReadFile | None = None) -> Compiled:
    """The expectations of a step, their templates filled in."""
    body = Body(
        text=expect.text, json=expect.json, json_equals=expect.json_equals, jsonpath=expect.jsonpath,
        schema=expect.schema, xpath=expect.xpath,
    )  # fmt: skip
    wanted = Conditions(headers=expect.headers, cookies=expect.cookies, body=body)
    conditions, faults = match.read(wanted, _told(read_file))
    status, wrong = match.read(Conditions(params=_status(expect.status)))
    shortened = tuple(_shortened(fault) for fault in faults)
    return Compiled(status, conditions, _seconds(expect.time), (*shortened, *map(_of_status, wrong)), _shown(expect))


def _told(read_file: ReadFile | None) -> ReadFile | None:
    """The same, with a file that is not there told as matchers take it."""
    if read_file is None:
        return None

    def read(name: str) -> bytes:
        try:
            return read_file(name)
        except BodyFault as fault:
            raise ValueError(fault.message) from None

    return read


def _status(value: Any) -> dict[str, Any]:
    if value is UNSET:
        return {}
    if isinstance(value, list):
        return _matcher({"one_of": [str(each) for each in value]})
    if isinstance(value, str) and _CLASS.fullmatch(value.lower()):
        return _matcher({"gte": int(value[0]) * 100, "lt": int(value[0]) * 100 + 100})
    return {"status": value}


def _matcher(table: dict[str, Any]) -> dict[str, Any]:
    return {"status": msgspec.convert(table, learned(Value))}


def _shown(expect: Expect) -> str:
    if isinstance(expect.status, list):
        return " or ".join(map(str, expect.status))
    return str(expect.status) if isinstance(expect.status, str | int) else ""


def _seconds(text: Any) -> float | None:
    if text is UNSET or "{{" in text:
        return None
    return float(duration(text))


def _shortened(fault: Fault) -> Fault:
    """A fault of `body.jsonpath` stands at `jsonpath` in a flow."""
    path = fault.path[1:] if fault.path[:1] == ("body",) else fault.path
    return Fault(path, fault.message, fault.hint, fault.code, fault.severity)


def _of_status(fault: Fault) -> Fault:
    return Fault(("status",), fault.message, fault.hint, fault.code, fault.severity)


def checked(wanted: Compiled, came: Incoming) -> tuple[Check, ...]:
    """What was expected of an answer, beside what came."""
    return tuple(_checks(wanted, came))


def _checks(wanted: Compiled, came: Incoming) -> Iterator[Check]:
    headers = [(name.lower().encode("latin-1", "replace"), value.encode()) for name, value in came.headers]
    cookies = "; ".join(f"{name}={value}" for name, value in cookies_of(came).items())
    answer = Request("GET", b"/", headers=[*headers, (b"cookie", cookies.encode())], body=came.body)
    answer.params = {"status": str(came.status)}
    for condition in wanted.status:
        seen = match.observe(condition, answer)
        yield Check("status", wanted.shown or seen.expected, str(came.status), seen.ok)
    for condition in wanted.conditions:
        seen = match.observe(condition, answer)
        what = " ".join(filter(None, (seen.where.removeprefix("body."), seen.name)))
        yield Check(what, seen.expected, seen.actual, seen.ok)
    if wanted.within is not None:
        ok = came.seconds <= wanted.within
        yield Check("time", f"within {wanted.within * 1000:g} ms", f"{came.seconds * 1000:.0f} ms", ok)
